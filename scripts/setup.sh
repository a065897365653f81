#!/usr/bin/env bash
# Brings what a bare Debian or Ubuntu machine lacks: a C++ compiler, git, pip, and libtorch.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v cargo >/dev/null || { echo "setup: cargo is missing; install Rust from https://rustup.rs" >&2; exit 1; }
command -v python3 >/dev/null || { echo "setup: python3 is missing; apt-get install python3" >&2; exit 1; }

missing=()
command -v c++ >/dev/null || missing+=(g++)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v git >/dev/null || missing+=(git)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
if [ ${#missing[@]} -gt 0 ]; then
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  command -v apt-get >/dev/null || { echo "setup: install ${missing[*]} with your package manager" >&2; exit 1; }
  echo "setup: installing ${missing[*]}" >&2
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

python3 scripts/libtorch.py
