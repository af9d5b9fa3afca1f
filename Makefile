# Everything here works from a fresh clone: the first command makes .venv from the pinned, hashed requirements.txt.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := core adapters storage jobs config

# The first of these that is Python 3.11 or later; `make PYTHON=python3.13 …` chooses another.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

MAKEFLAGS += --no-print-directory

# Compiled files are kept: without them every worker of a test run and every program that a test starts compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help install demo sandbox run test check bench faults soak lock format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: $(READY) ## Make .venv from requirements.txt; every other target does it by itself

# Some systems' Python comes without ensurepip; their pip can then fill the new environment from outside.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Sidestage needs Python 3.11 or later, and none was found." >&2; exit 2; }
	@test -x $(BIN)/python || { echo "Making $(VENV) with $(PYTHON); this takes about a minute, once."; \
		$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV); }
	@pip="$(BIN)/python -m pip"; $$pip --version >/dev/null 2>&1 || pip="$(PYTHON) -m pip --python $(BIN)/python"; \
		$$pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt && \
		$$pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## See a whole session on stand-in Slack and Discord servers; needs no account
	@$(BIN)/python -m config demo

sandbox: $(READY) ## Start the bot with stand-in Slack and Discord servers and a page to play in
	@$(BIN)/python -m config sandbox

run: $(READY) ## Start the bot with your own settings
	@$(BIN)/python -m config run

test: $(READY) ## Run every quick test; takes about three minutes on two cores
	@bash .ci/postgresql
	@$(BIN)/python -m pytest -n 6 --dist worksteal -q

check: $(READY) ## Check style, types, import contracts and the documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/contract

format: $(READY) ## Put the code into its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## Measure against the plain libraries, side by side
	@$(BIN)/python tests/bench/run.py

faults: $(READY) ## Run the full fault matrix; takes at most 15 minutes
	@bash .ci/postgresql
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not soak" --timeout 900 --hypothesis-profile faults tests/faults tests/flow
	@$(BIN)/python -m pytest -n 4 --dist worksteal -m long --timeout 900 tests/wire

soak: $(READY) ## Run for hours, watching memory and lateness
	@bash .ci/postgresql
	@$(BIN)/python -m pytest -m soak --timeout 0 --hypothesis-profile soak -s

lock: ## Choose new versions for requirements.txt; the only command that needs uv
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --upgrade --output-file requirements.txt

clean: ## Remove .venv and everything that tools left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist build
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
