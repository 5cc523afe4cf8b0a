# make demo    serve the API and the demo page at http://127.0.0.1:8000 (PORT=)
# make test    lint, types, unit, API and browser tests
# make help    the rest

# The first Python that is new enough; 3.13 is what Lambda runs.
PYTHON ?= $(shell for python in python3.13 python3.14 python3.12 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	&& { command -v $$python; break; }; done)

# Default: the first free one from 8000.
PORT ?=

# Parameters of a deployment; see docs/operations.md.
STAGE ?= dev
REGION ?= eu-central-1
PARAMS ?=
STACK = --stage $(STAGE) --region $(REGION) \
	$(if $(ARCH),--param architecture=$(ARCH)) $(PARAMS)
LAYER_ZIPS = $(foreach name,numerics raster,layers/dist/$(name)-$(or $(ARCH),arm64).zip)
VENV := .venv
BENCH := .venv-bench
BIN := $(VENV)/bin
PIP_INSTALL := pip install --quiet --disable-pip-version-check --require-hashes -r

# Node.js of the machine, else the one that comes as a Python wheel.
NODE_STAMP := $(if $(shell command -v npm),,$(VENV)/node.stamp)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend
NODE := PATH="$(CURDIR)/$(BIN):$$PATH" node
OSLS := deploy/node_modules/.package-lock.json
CLIENTS := tests/clients/node_modules/.package-lock.json
PAGE_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' \
	-not -path '*/dist/*' -not -path '*/build/*') $(wildcard sample/*.geojson)

.PHONY: demo test native sanitize lint types unit page-test browser-test client-test wheel wheels wheel-test screenshot pictures bench-tiles bench-zonal bench-remote bench-command bench-frames bench-cold sample layers test-layers package deploy undeploy deploy-firewall costs lock clean help

help:
	@sed -n 's/^# \(make .*\)/\1/p' $(MAKEFILE_LIST)

demo: $(VENV)/server.stamp native frontend/dist/index.html
	@exec $(BIN)/python -m rasterlet serve "$(or $(RASTERLET_CATALOG),sample/catalog.json)" \
		$(if $(PORT),--port $(PORT))

# make native  compile the kernels in C, unless they are or there is no compiler
native: $(VENV)/bin/python
	@$(BIN)/python -m raster_core.native.compile

test: lint types unit page-test browser-test wheel-test

# make lint    ruff: rules and format
lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# make types   mypy --strict
types: $(VENV)/dev.stamp
	$(BIN)/mypy

# make unit    unit and API tests
unit: $(VENV)/dev.stamp native $(OSLS) frontend/dist/index.html
	$(BIN)/python -m pytest -n auto -m "not browser and not layers and not wheel"

# make sanitize  the kernels' tests, and a fuzz of calls and files, under sanitizers (SEED=)
sanitize: $(VENV)/dev.stamp
	$(BIN)/python -m testing.sanitizing $(if $(SEED),--seed $(SEED))

# make page-test  the page's own tests
page-test: frontend/dist/index.html
	$(NPM) test

# make browser-test  the demo page in Chromium
browser-test: $(VENV)/dev.stamp native frontend/dist/index.html
	$(BIN)/python -m pytest -m browser --ignore=tests/clients

# make client-test  MapLibre, Leaflet, OpenLayers and the API page in Chromium
client-test: $(VENV)/dev.stamp native frontend/dist/index.html $(CLIENTS)
	$(BIN)/python -m pytest -m browser tests/clients

# make wheel   rasterlet-*.whl and its sources, in build/dist
wheel: $(VENV)/dev.stamp frontend/dist/index.html
	$(BIN)/python -m hatchling build -d build/dist

# make wheels  wheels for Linux on x86_64 and aarch64, with compiled kernels, in build/dist
wheels: $(VENV)/dev.stamp $(VENV)/layers.stamp frontend/dist/index.html
	$(BIN)/python -m scripts.build_wheels

# make wheel-test  install the wheel into an empty environment of each Python, and use it
wheel-test: $(VENV)/dev.stamp $(VENV)/layers.stamp frontend/dist/index.html
	$(BIN)/python -m pytest -m wheel tests/wheel

# make screenshot  take the pictures of the documentation from the real page
screenshot: $(VENV)/dev.stamp native frontend/dist/index.html
	SCREENSHOT=1 $(BIN)/python -m pytest tests/browser/test_page_pictures.py

# make pictures  draw the pictures of docs/tiles.md from the sample
pictures: $(VENV)/dev.stamp native
	$(BIN)/python -m scripts.draw_docs

# make bench-tiles  the tile handler beside titiler, MapServer, cog-tiles
bench-tiles: $(BENCH)/bench.stamp native
	$(BENCH)/bin/python -m benchmarks.tiles

# make bench-zonal  zonal statistics beside exactextract, GDAL and others
bench-zonal: $(BENCH)/bench.stamp native
	$(BENCH)/bin/python -m benchmarks.zonal

# make bench-remote  statistics and tiles of a file in a store, 30 ms away
bench-remote: $(BENCH)/bench.stamp native
	$(BENCH)/bin/python -m benchmarks.remote

# make bench-frames  a frame of parcels to a table, beside exactextract
bench-frames: $(BENCH)/bench.stamp native
	$(BENCH)/bin/python -m benchmarks.frames

# make bench-command  the command's cold starts beside rasterio's
bench-command: $(VENV)/dev.stamp native
	$(BIN)/python -m benchmarks.cold.command

# make bench-cold  cold starts beside titiler, on a machine like Lambda's
bench-cold: $(VENV)/dev.stamp native $(BENCH)/bench.stamp
	$(BIN)/python -m benchmarks.cold

# make sample  write sample/catalog.json again
sample: $(VENV)/server.stamp native
	PYTHON=$(BIN)/python scripts/build_sample.sh

# make layers  the zips of the Lambda layers (ARCH=x86_64 or ARCH=arm64: that one)
layers: $(VENV)/layers.stamp
	$(BIN)/python -m layers.build $(ARCH)

# make test-layers  build the layers, verify them, answer events from the zips
test-layers: $(VENV)/dev.stamp layers
	$(BIN)/python -m pytest -m layers tests/layers tests/lambda_root

# make package  the stack's template and zips, without an account (STAGE=dev ARCH=arm64)
package: $(VENV)/dev.stamp $(OSLS) $(LAYER_ZIPS)
	$(BIN)/python deploy/pack_code.py
	$(NODE) deploy/package.mjs $(STACK) --package build/deploy/$(STAGE)

# make deploy  layers, stack and page into your AWS account (STAGE=dev PARAMS=...)
deploy: $(VENV)/dev.stamp $(OSLS) $(LAYER_ZIPS) frontend/dist/index.html
	$(BIN)/python deploy/pack_code.py
	$(NODE) deploy/node_modules/osls/bin/serverless.js deploy $(STACK)
	$(BIN)/python deploy/publish.py $(STAGE) --region $(REGION) --page \
		--invalidate / /index.html $(PUBLISH)

# make undeploy  take stack and page away again; the rasters stay (STAGE=dev)
undeploy: $(VENV)/dev.stamp $(OSLS)
	$(BIN)/python deploy/publish.py $(STAGE) --region $(REGION) --empty
	$(NODE) deploy/node_modules/osls/bin/serverless.js remove $(STACK)

# make deploy-firewall  a limit of requests by address, in front of a stage (STAGE=dev)
deploy-firewall: $(OSLS)
	cd deploy && $(NODE) node_modules/osls/bin/serverless.js deploy \
		--config firewall.yml --stage $(STAGE) --verbose

# make costs   dollars per million tiles and thousand statistics
costs: $(VENV)/dev.stamp
	@$(BIN)/python scripts/costs.py $(if $(ARCH),--architecture $(ARCH))

# make lock    resolve the dependencies again
lock: $(VENV)/dev.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lock.sh

# make clean   remove what make has made
clean:
	rm -rf $(VENV) $(BENCH) frontend/node_modules frontend/dist build \
		raster_core/native/librasterlet.* \
		tests/clients/node_modules layers/dist deploy/node_modules

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Rasterlet needs Python 3.12 or newer" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/server.stamp: locks/server.txt | $(VENV)/bin/python
	$(BIN)/$(PIP_INSTALL) $<
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/server.stamp
	$(BIN)/$(PIP_INSTALL) $<
	@touch $@

$(VENV)/layers.stamp: locks/layers.txt | $(VENV)/bin/python
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

$(CLIENTS): $(NODE_STAMP) tests/clients/package-lock.json
	$(NPM:frontend=tests/clients) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(OSLS): $(NODE_STAMP) deploy/package-lock.json
	$(NPM:frontend=deploy) ci --no-audit --no-fund --loglevel=error
	@touch $@

# One run builds both.
layers/dist/%.zip: layers/recipe.toml layers/requirements.txt \
		$(wildcard layers/*.py layers/blas/* raster_core/native/c/*) | $(VENV)/layers.stamp
	$(BIN)/python -m layers.build $(or $(ARCH),arm64)
