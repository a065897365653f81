#!/usr/bin/env bash
# Compares models, tokenizers and folders with the Python libraries themselves, in a virtual environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -e .venv/bin/transformers ] || [ ! -e .venv/ready ]; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet 'torch==2.11.0' 'transformers[serving]==5.24.0' 'peft==0.18.0' safetensors tokenizers numpy
  touch .venv/ready
fi
PYTHON="$PWD/.venv/bin/python" cargo test --locked --workspace -- --ignored
