# The same commands on a laptop and in CI. Everything is installed into .venv and web/node_modules; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
# Tests run on every core, four at most, each with servers of its own; `make test SPREAD=` runs them one by one.
SPREAD ?= -n auto --maxprocesses 4 --dist loadfile
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
WEB_READY := web/dist/manifest.json
CODE := $(wildcard src tests migrations bench)
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

.PHONY: run test check audit lint format types bench clean
.DELETE_ON_ERROR:

run: $(RUN_READY) $(WEB_READY)
	$(BIN)/hospes up

test: $(DEV_READY) $(WEB_READY)
	$(BIN)/python -m pytest $(SPREAD) $(ARGS)

check: $(DEV_READY)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known faults of what is installed; asks the package index, so it needs the network. --strict: what could not be looked up fails too.
# An exception is one more --ignore-vuln, with its reason in docs/security.md.
audit: $(DEV_READY)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements/run.txt

lint: $(DEV_READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/lint-imports

format: $(DEV_READY)
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(RUN_READY) $(WEB_READY)
	$(BIN)/hospes bench

clean:
	rm -rf .venv web/node_modules web/dist

.venv/bin/uv: requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit("Hospes needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

$(RUN_READY): .venv/bin/uv requirements/run.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/build.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(DEV_READY): $(RUN_READY) requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	touch $@

$(WEB_READY): $(RUN_READY) $(WEB_SOURCES)
	$(BIN)/python web/build.py
