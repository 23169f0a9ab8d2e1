# Two commands on a fresh Debian or Ubuntu machine with python3, make and git: `make run` and `make test`.
# Each does its own set-up first; a second run does no set-up work. Everything is offline once installed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
FUZZ_SECONDS ?= 120
LAWS_RUNS ?= 5
SOAK_RUNS ?= 200
FOLDER ?=

# A lock file's exact versions, each checked against its hash, and nothing else.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# The project itself, from this checkout, with the build tools of the lock file: needs no network.
INSTALL_PROJECT := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--no-deps --no-index --no-build-isolation --editable .

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --quiet --custom-compile-command "make lock" pyproject.toml

.PHONY: help
help: ## what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- set-up --------------------------------------------------------------------------------------

.PHONY: setup
setup: tesseract $(VENV)/.setup ## virtual environment, system packages, the command at .venv/bin/billclerk

.PHONY: setup-dev
setup-dev: tesseract postgresql $(VENV)/.setup-dev ## what setup does, and what the tests need

.PHONY: tesseract
tesseract:
	@.ci/setup tesseract

.PHONY: postgresql
postgresql:
	@.ci/setup postgresql

$(BIN)/pip:
	@.ci/setup venv $(VENV)

# The stamps hang on what they were made from; the virtual environment only has to be there, whole (pip comes last).
$(VENV)/.setup: pyproject.toml requirements.lock | $(BIN)/pip
	@echo "setup: installing requirements.lock"
	@$(INSTALL) -r requirements.lock
	@$(INSTALL_PROJECT)
	@$(BIN)/python -m compileall -q extractor requests
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock $(VENV)/.setup
	@echo "setup: installing requirements-dev.lock"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

# --- the main job --------------------------------------------------------------------------------

.PHONY: run
run: setup ## a home (in FOLDER, else a temporary one), the sample bills watched through its inbox, what came of them, readings
	@.ci/show $(BIN)/billclerk $(FOLDER)

# --- checks --------------------------------------------------------------------------------------

.PHONY: test
test: setup-dev lint ## lint, types, import rules, doctests and all tests
	@$(BIN)/python -m pytest -q -n $(JOBS)

.PHONY: lint
lint: setup-dev ## ruff, mypy --strict and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: fmt
fmt: setup-dev ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: setup-dev ## speed against pdfplumber and bare pypdfium2, and the undetected share per field
	@$(BIN)/python -m tests.bench

.PHONY: fuzz
fuzz: setup-dev ## read broken bills for FUZZ_SECONDS (120); what breaks a law is kept under build/fuzz/
	@$(BIN)/python -m tests.fuzz $(FUZZ_SECONDS)

.PHONY: laws
laws: setup-dev ## the tests of laws LAWS_RUNS (5) times, on other examples each time; `make test` has the same ones always
	@for run in $$(seq $(LAWS_RUNS)); do \
		$(BIN)/python -m pytest -q -n $(JOBS) -m hypothesis --hypothesis-profile=anew; done

.PHONY: soak
soak: setup-dev ## the inbox killed SOAK_RUNS (200) times at random, on SQLite and PostgreSQL: nothing lost, nothing doubled
	@$(BIN)/python -m tests.soak $(SOAK_RUNS)

# --- made files ----------------------------------------------------------------------------------

.PHONY: corpus
corpus: setup-dev ## make the sample bills and their golden records again
	@$(BIN)/python -m corpus

.PHONY: lock
lock: setup-dev ## resolve the lock files again from pyproject.toml (needs the network)
	@$(LOCK) --group build --output-file requirements.lock
	@$(LOCK) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock

.PHONY: clean
clean: ## remove caches and built files; the virtual environment stays
	@rm -rf build dist .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 -r rm -rf
