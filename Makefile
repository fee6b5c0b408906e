# Teleconsult. `make` alone lists the targets. Needs git, make and Python 3.11–3.13; everything else is brought.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python on PATH that is new enough; PYTHON=/path/to/python overrides.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
SETUP = $(if $(PYTHON),$(PYTHON),$(error No Python 3.11, 3.12 or 3.13 found. Install one (Debian: apt-get install python3 python3-venv) or run make PYTHON=/path/to/python3)) -m tools.setup
BIN := .venv/bin

.PHONY: help
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

# ---------------------------------------------------------------- set-up

.PHONY: setup setup-dev ui lock export
setup:  ## make .venv with what running needs
	@$(SETUP) run

setup-dev:  ## make .venv with what developing and testing need
	@$(SETUP) dev

ui: setup  ## build the screens (reading_ui/dist)
	@$(SETUP) ui

lock: setup-dev  ## resolve requirements*.lock anew
	@$(BIN)/python -m tools.lock

export: setup-dev  ## write the OpenAPI document, the TypeScript client's types and the lifecycle page
	@$(BIN)/teleconsult export .
	@$(SETUP) client

# ---------------------------------------------------------------- running

.PHONY: demo demo-once demo-clean pictures
demo: ui  ## start the whole platform with a small alliance and simulated senders; Ctrl-C stops it
	@exec $(BIN)/teleconsult demo $(ARGS)

demo-once: ui  ## the same, carries out the main job once through the public doors and exits
	@exec $(BIN)/teleconsult demo --once $(ARGS)

pictures:  ## photograph every screen of the demo that runs at URL (default http://127.0.0.1:8080) into build/pictures
	@$(BIN)/python -m tools.pictures $(or $(URL),http://127.0.0.1:8080) build/pictures

demo-clean:  ## forget the demo's data
	@rm -rf .demo && echo "demo: data forgotten"

# ---------------------------------------------------------------- proving

.PHONY: check test soak bench-rooms bench-sync bench-ingest bench-find bench-previews
check:  ## linters, types and architecture only
	@$(SETUP) dev ui-packages
	@$(BIN)/python -m tools.check

test:  ## everything, headless; as root on Debian installs the packages that tests need
	@$(SETUP) system dev ui
	@$(BIN)/python -m tools.test

soak:  ## what needs hours: soaks, repeated kills, long fuzzing
	@$(SETUP) dev ui
	@$(BIN)/python -m tools.test --soak

bench-rooms:  ## what forwarding of rooms costs, beside Janus where it can be installed; JSON on the last line
	@$(SETUP) dev
	@$(BIN)/python -m tests.bench.rooms

bench-sync:  ## a presenter's slice to the pixels of three other seats; JSON on the last line
	@$(SETUP) dev ui
	@$(BIN)/python -m tests.bench.sync

bench-ingest:  ## instances a second by DCMTK into the node, beside Orthanc and storescp; JSON on the last line
	@$(SETUP) system dev
	@$(BIN)/python -m tests.bench.ingest

bench-find:  ## finding in a large archive, on SQLite and PostgreSQL (ARGS="--studies N" for another size); JSON on the last line
	@$(SETUP) dev
	@$(BIN)/python -m tests.bench.find $(ARGS)

bench-previews:  ## pictures of 512 pixels per second of a core, beside Orthanc's /rendered, by transfer syntax; JSON on the last line
	@$(SETUP) system dev
	@$(BIN)/python -m tests.bench.previews
