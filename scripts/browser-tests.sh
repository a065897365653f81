#!/usr/bin/env bash
# Brings what the tests in a browser need: chromium and its driver, a Java runtime, and in .browser-test the accessibility
# checker and the HTML validator, of the versions in scripts/browser-tests.json.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
command -v java >/dev/null || missing+=(default-jre-headless)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  command -v apt-get >/dev/null || { echo "browser-tests: install ${missing[*]} with your package manager" >&2; exit 1; }
  echo "browser-tests: installing ${missing[*]}" >&2
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

wanted=scripts/browser-tests.json
made=.browser-test/made-for.json
if cmp -s "$wanted" "$made"; then
  exit 0
fi
rm -rf .browser-test
mkdir .browser-test
cp "$wanted" .browser-test/package.json
npm install --prefix .browser-test --no-audit --no-fund --ignore-scripts --silent
# Last, so that an interrupted installation is made anew.
cp "$wanted" "$made"
