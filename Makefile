# The two commands that do all: `make quickstart` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo

.PHONY: help
help:
	@echo "make quickstart   from generated repositories to a leaderboard page, in ./quickstart"
	@echo "make test         formatting, lints, all tests, and the build without libtorch"
	@echo "make build        the optimised binary, target/release/repopeft"
	@echo "make browser-test the pages in a browser, the quickstart's too: use, accessibility, HTML, speed (installs chromium)"
	@echo "make interop      compare models and folders with the Python libraries (downloads them)"
	@echo "make bench        all benchmarks"

.PHONY: setup
setup:
	@scripts/setup.sh

.PHONY: python-tests
python-tests:
	@scripts/python-tests.sh

.PHONY: browser-tools
browser-tools:
	@scripts/browser-tests.sh

.PHONY: build
build: setup
	$(CARGO) build --locked --release

.PHONY: quickstart
quickstart: build
	target/release/repopeft quickstart

.PHONY: test
test: setup python-tests
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) test --locked --workspace
	$(CARGO) clippy --locked --no-default-features --all-targets -- -D warnings
	$(CARGO) test --locked --no-default-features

.PHONY: browser-test
browser-test: browser-tools quickstart
	$(CARGO) test --locked --no-default-features --test browser -- --ignored --test-threads 1

.PHONY: interop
interop: setup
	scripts/interop.sh

.PHONY: bench
bench: setup
	$(CARGO) bench --locked --workspace
