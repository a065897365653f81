#!/usr/bin/env bash
# Makes .venv-test, the Python in which the examples of docs/python.md are run; does nothing if it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=scripts/python-tests.txt
made=.venv-test/made-for.txt
if cmp -s "$wanted" "$made"; then
  exit 0
fi
command -v python3 >/dev/null || { echo "python-tests: python3 is missing; apt-get install python3" >&2; exit 1; }
python3 -c 'import ensurepip, venv' 2>/dev/null ||
  { echo "python-tests: python3 has no venv; apt-get install python3-venv" >&2; exit 1; }
echo "python-tests: making .venv-test (about 400 MB, once)" >&2
rm -rf .venv-test
python3 -m venv .venv-test
.venv-test/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
# Last, so that an interrupted installation is made anew.
cp "$wanted" "$made"
