# Everything this project does, one line each: `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
# Each process has its own PostgreSQL and Redis; a file's tests stay in one.
JOBS ?= 2
PYTEST := $(BIN)/pytest --numprocesses $(JOBS) --dist loadfile
PACKAGES := contactcenter channels routing migrations

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format screenshots bench lock

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready  ## make .venv with everything pinned (again only when the pins change)

demo: setup  ## run the whole system with sample customers and agents (ONCE=1: one pass, then stop)
	@$(BIN)/contactcenter demo $(if $(ONCE),--once)

test: setup  ## run the tests (ARGS=... goes to pytest; JOBS=2 at once)
	@command -v chromium >/dev/null || \
		echo "make test: the pages are not tested without a browser; needs root: apt-get install chromium"
	@$(PYTEST) $(ARGS)

check: setup  ## all that must hold: format, lint, import contracts, types, dependencies, tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/basedpyright
	$(BIN)/deptry $(PACKAGES)
	$(PYTEST)

format: setup  ## write the code in the one format
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

screenshots: setup  ## make the pictures of docs/screenshots anew
	@rm -f docs/screenshots/*.png
	@$(BIN)/pytest --quiet tests/browser/pictures.py

bench: setup  ## measure (ONLY=name: one measurement)
	@$(BIN)/contactcenter bench $(if $(ONLY),--only $(ONLY))

lock: setup  ## pin requirements*.in anew, with hashes (needs uv)
	@for name in requirements requirements-dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --upgrade \
			--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
			$$name.in --output-file $$name.txt; done

.venv/.ready: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "make setup: needs Python 3.11 or later as '$(PYTHON)'; install python3, or say make setup PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "make setup: '$(PYTHON)' cannot make a virtual environment; install the package python3-venv" >&2; exit 1; }
	@echo "make setup: virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@echo "make setup: installing the pinned packages (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "make setup: ready"
