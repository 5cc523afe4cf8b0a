# make demo    serve the API and the demo page at http://127.0.0.1:8000 (PORT=)
# make test    lint, types, unit, API and browser tests
# make help    the rest

# The first Python that is new enough; 3.13 is what Lambda runs.
PYTHON ?= $(shell for python in python3.13 python3.14 python3.12 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	&& { command -v $$python; break; }; done)

PORT ?= 8000
VENV := .venv
BENCH := .venv-bench
BIN := $(VENV)/bin
PIP_INSTALL := pip install --quiet --disable-pip-version-check --require-hashes -r

# Node.js of the machine, else the one that comes as a Python wheel.
NODE_STAMP := $(if $(shell command -v npm),,$(VENV)/node.stamp)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend
PAGE_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' \
	-not -path '*/dist/*') $(wildcard sample/*.geojson)

.PHONY: demo test lint types unit page-test browser-test screenshot bench-tiles bench-zonal sample lock clean help

help:
	@sed -n 's/^# \(make .*\)/\1/p' $(MAKEFILE_LIST)

demo: $(VENV)/server.stamp frontend/dist/index.html
	@exec $(BIN)/python scripts/serve.py --port $(PORT)

test: lint types unit page-test browser-test

# make lint    ruff: rules and format
lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# make types   mypy --strict
types: $(VENV)/dev.stamp
	$(BIN)/mypy

# make unit    unit and API tests
unit: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m "not browser"

# make page-test  the page's own tests
page-test: frontend/dist/index.html
	$(NPM) test

# make browser-test  the demo page in Chromium
browser-test: $(VENV)/dev.stamp frontend/dist/index.html
	$(BIN)/python -m pytest -m browser

# make screenshot  take the README's picture from the real page
screenshot: $(VENV)/dev.stamp frontend/dist/index.html
	SCREENSHOT=docs/images/demo.png $(BIN)/python -m pytest -m browser -k brazil

# make bench-tiles  the tile handler beside titiler
bench-tiles: $(BENCH)/bench.stamp
	$(BENCH)/bin/python benchmarks/tiles.py

# make bench-zonal  zonal statistics beside exactextract, rasterstats, rio-tiler
bench-zonal: $(BENCH)/bench.stamp
	$(BENCH)/bin/python benchmarks/zonal.py

# make sample  write sample/catalog.json anew
sample: $(VENV)/server.stamp
	PYTHON=$(BIN)/python scripts/build_sample.sh

# make lock    resolve the dependencies anew
lock: $(VENV)/dev.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lock.sh

# make clean   remove what make has made
clean:
	rm -rf $(VENV) $(BENCH) frontend/node_modules frontend/dist build

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Rasterlet needs Python 3.12 or newer" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/server.stamp: locks/server.txt | $(VENV)/bin/python
	$(BIN)/$(PIP_INSTALL) $<
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/server.stamp
	$(BIN)/$(PIP_INSTALL) $<
	@touch $@

$(VENV)/node.stamp: locks/node.txt | $(VENV)/bin/python
	$(BIN)/$(PIP_INSTALL) $<
	@touch $@

$(BENCH)/bench.stamp: locks/bench.txt
	@test -n "$(PYTHON)" || { echo "Rasterlet needs Python 3.12 or newer" >&2; exit 1; }
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/$(PIP_INSTALL) $<
	@touch $@

frontend/dist/index.html: $(NODE_STAMP) $(PAGE_SOURCES)
	$(NPM) ci --no-audit --no-fund --loglevel=error
	$(NPM) run build
	@touch $@
