# Everything sets itself up: a virtual environment, uv, the locked dependencies, the servers, the demo data.
.PHONY: up down test test-long check interleavings crash-points chaos bench demo clean eval provision keys
.DEFAULT_GOAL := up
SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.synced
LAYERS := domain activities workflows adapters runtime temporal_worker voice_worker mcp_tools api cli

up: $(STAMP)
	@$(BIN)/countersign up

down: $(STAMP)
	@$(BIN)/countersign down

demo: $(STAMP)
	@$(BIN)/countersign up
	@$(BIN)/countersign demo $(if $(STORY),--story $(STORY))

check: $(STAMP)
	@echo "ruff, basedpyright, import-linter, compose schema"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

provision: $(STAMP)
	@$(BIN)/python -m runtime.local.provision

keys: $(STAMP)
	@$(BIN)/python -m runtime.keys .countersign/keys

test: provision
	@$(BIN)/python -m pytest

# `@pytest.mark.timeout` at a test is a bound of its own; this is for the others.
test-long: provision
	@$(BIN)/python -m pytest -m long --timeout 7200

# How many, and which: make interleavings COUNTERSIGN_INTERLEAVINGS=5000 COUNTERSIGN_SEED=7
interleavings: provision
	@COUNTERSIGN_INTERLEAVINGS=$${COUNTERSIGN_INTERLEAVINGS:-2000} $(BIN)/python -m pytest -q tests/interleavings

crash-points: provision
	@COUNTERSIGN_CRASH_TABLE=docs/crash-points.md $(BIN)/python -m pytest -m long --timeout 7200 tests/crashes

# How many, and which: make chaos N=5000 SEED=7. The seed that it prints has the same things break again.
chaos: provision
	@$(BIN)/python -m chaos --count $(or $(N),200) $(if $(SEED),--seed $(SEED))

bench: provision
	@$(BIN)/python -m bench

eval: provision
	@status=0; for part in '' --spoken; do $(BIN)/python -m bench eval $$part || status=1; done; exit $$status

clean:
	@if [ -x $(BIN)/countersign ]; then $(BIN)/countersign down; fi
	@rm -rf .venv .countersign .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache htmlcov .coverage
	@echo "Clean. Server programs built for this user stay in $${XDG_CACHE_HOME:-$$HOME/.cache}/countersign."

# The environment is complete when this file is newer than the lock.
$(STAMP): uv.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python 3.11 or newer is missing. Debian/Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13"; \
	  echo "or see https://www.python.org/downloads, then: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "`$(PYTHON) --version` is too old: 3.11 or newer is needed. Point to one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. Debian/Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with `$(PYTHON) --version`"; $(PYTHON) -m venv .venv; }
	@test -x $(BIN)/uv || { echo "Installing uv $(UV_VERSION)"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
	@echo "Installing what uv.lock names"
	@if [ -t 2 ]; then $(BIN)/uv sync --frozen; else $(BIN)/uv sync --frozen --quiet; fi
	@touch $(STAMP)
