# Everything runs inside .venv, which the first target that needs it creates.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: demo test test-fast test-jax check fmt lint types imports coverage clean help

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.base: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP) -c constraints.txt -e ".[dev]"
	@touch $@

demo: $(VENV)/.base ## train on real penguins, export, call the exported model
	$(BIN)/mlpkit train configs/penguins.toml --export
	@mkdir -p runs  # TensorFlow greets on standard error; show it only if it fails
	@$(BIN)/python configs/data/call_penguins.py 2> runs/call.log || (cat runs/call.log; false)

test: $(VENV)/.dev ## every test, as CI runs them
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(VENV)/.dev ## those that are not marked slow, for every day
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-jax: $(VENV)/.dev ## the components on Keras' JAX backend
	$(PIP) -c constraints.txt -e ".[dev,jax]"
	KERAS_BACKEND=jax JAX_ENABLE_X64=1 $(BIN)/python -m pytest tests/jax_backend

check: fmt lint types imports test ## what to run before a commit

fmt: $(VENV)/.dev ## format the code
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix --quiet src tests benchmarks

lint: $(VENV)/.dev
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

coverage: $(VENV)/.dev ## tests with branch coverage
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

clean: ## remove .venv, caches and runs
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
