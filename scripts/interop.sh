#!/usr/bin/env bash
# Compares models, tokenizers, folders and what counts as Python with the Python libraries themselves, in a virtual
# environment of its own. Where python3.12 or python3.13 is missing, the tests that need it are named and left out.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -e .venv/bin/transformers ] || [ ! -e .venv/ready ]; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet 'torch==2.11.0' 'transformers[serving]==5.24.0' 'peft==0.18.0' safetensors tokenizers numpy
  touch .venv/ready
fi

tests=(
  the_library_loads_exported_adapters
  the_reference_encodes_alike
  the_reference_reads_the_folder_and_continues_alike
  a_real_server_gives_what_the_model_itself_writes
  the_library_writes_the_text_of_predict
  the_rules_give_the_numbers_of_adapt
)
live=(
  "python3.12 trees_are_equal_when_their_dumps_are"
  "python3.12 expressions_are_those_of_cpython_3_12"
  "python3.13 expressions_are_those_of_cpython_3_13"
  "python3.12 classes_are_those_of_the_model"
  "python3.12 python_agrees_about_what_is_valid"
)
for line in "${live[@]}"; do
  read -r python name <<< "$line"
  if command -v "$python" > /dev/null; then tests+=("$name"); else echo "left out, no $python: $name"; fi
done
PYTHON="$PWD/.venv/bin/python" cargo test --locked --workspace -- --ignored "${tests[@]}"
