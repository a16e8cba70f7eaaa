# Everything here sets up what it needs: a fresh machine has Python 3.11 (or newer) and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CPU := $(VENV)/.cpu.lock.installed
DEV := $(VENV)/.dev.lock.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

export PYTHONPATH := $(CURDIR):$(CURDIR)/platform

.DEFAULT_GOAL := help
.PHONY: help run demo test test-fast lint fix docs bench bench-operations bench-models bench-inference bench-memory corpus nightly lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: $(CPU) ## the platform on http://127.0.0.1:8000 (PORT=…), all state below ./var (DATA_DIR=…)
	@exec $(BIN)/python manage.py serve

demo: $(CPU) ## fill an empty instance with pictures that are drawn here
	@$(BIN)/python manage.py demo

test: $(DEV) ## every test that can run here (ARGS='-k name' for some); CI=true fails where a service is absent
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && DATA_DIR="$$data" $(BIN)/python -m pytest $(ARGS)

test-fast: ARGS += -m 'not slow and not browser'
test-fast: test ## the tests that take a moment each

lint: $(DEV) ## ruff, mypy, import-linter, missing migrations, Django's own checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && export DATA_DIR="$$data" && set -x && \
		$(BIN)/python manage.py makemigrations --check --dry-run && $(BIN)/python manage.py check --fail-level WARNING

fix: $(DEV) ## what ruff can mend by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(DEV) ## write the generated pages of docs/ anew
	$(BIN)/python -m variants.notation.manual

bench: $(DEV) ## what a 304, a hit and a miss cost, side by side (ARGS=--check fails on a bad ratio)
	$(BIN)/python benchmarks/delivery.py $(ARGS)

bench-operations: $(DEV) ## what every option costs beside the bare libvips call, and encoder settings (ARGS=--quick)
	$(BIN)/python benchmarks/operations.py $(ARGS)

bench-models: $(DEV) ## how good models are, and what they cost, on labelled photos (ARGS=FOLDER)
	$(BIN)/python benchmarks/models.py $(ARGS)

bench-memory: $(DEV) ## what delivery and its children hold after 2,000 renders (ARGS=--check fails above the limits)
	$(BIN)/python benchmarks/memory.py $(ARGS)

bench-inference: $(DEV) ## what a look costs here and through the service (ARGS=--check fails on a bad ratio; --quick)
	$(BIN)/python benchmarks/service.py $(ARGS)

corpus: $(DEV) ## the shared corpus against a running server (ARGS=var/credentials.json), or one of its own
	$(BIN)/python tests/support/corpus_run.py $(ARGS)

nightly: $(DEV) ## the tests with many more generated cases and the whole corpus, then the benchmark with its limits
	WHOLE_CORPUS=1 $(MAKE) test ARGS=--hypothesis-profile=nightly
	$(MAKE) bench ARGS=--check
	$(MAKE) bench-memory ARGS=--check

lock: ## write requirements/*.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		pyproject.toml -o requirements/base.lock
	for extra in cpu gpu; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header -q pyproject.toml --extra $$extra -c requirements/base.lock -o requirements/$$extra.lock; done
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		pyproject.toml --extra cpu --group dev -c requirements/cpu.lock -o requirements/dev.lock

clean: ## remove the virtual environment and caches; ./var stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Tintype needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 …")'
	@echo "Making the virtual environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

# What looks at pictures is not built for every machine; all the rest works without it.
$(CPU): requirements/cpu.lock requirements/base.lock | $(BIN)/pip
	@echo "Installing requirements/cpu.lock …"
	@$(PIP) -r requirements/cpu.lock || { \
		echo "onnxruntime cannot be had here: nobody will look at pictures. Installing requirements/base.lock …" && \
		$(PIP) -r requirements/base.lock; }
	@touch $@

$(DEV): requirements/dev.lock | $(BIN)/pip
	@echo "Installing requirements/dev.lock …"
	@$(PIP) -r requirements/dev.lock
	@touch $@
