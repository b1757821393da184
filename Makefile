# Everything a newcomer types. `make help` lists it; each target first installs what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
WORKERS ?= 2
ARGS ?=

.PHONY: help install demo test test-long check bench bench-full shots build clean

help: ## show this list
	@echo "颛桥网格 ZQ Grid: make TARGET [ARGS=…] [WORKERS=$(WORKERS)]"
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

install: ## make .venv with the program and its libraries; does nothing when up to date
	@.ci/setup.sh

demo: install ## build a demo town in build/demo by doing the main job, and say what was done
	@rm -rf build/demo
	$(BIN)/zq-grid --data build/demo demo $(ARGS)

test: install ## the tests, all but the long ones
	$(BIN)/python -m pytest -n $(WORKERS) -m "not long" $(ARGS)

test-long: install ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: install ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict db zq_grid ui
	$(BIN)/python -m pytest -q tests/test_layers.py

bench: install ## measure the promises about speed, at 10,000 and 100,000 cases
	$(BIN)/python -m tests.bench $(ARGS)

bench-full: install ## the same at 1,000,000 too; the first time it builds that store, some ten minutes
	$(BIN)/python -m tests.bench 10000 100000 1000000 $(ARGS)

shots: install ## pictures of every page and the week's PDF, in build/shots; those of the manual anew
	@rm -rf build/shots
	$(BIN)/zq-grid --data build/shots/demo demo --shots build/shots $(ARGS)
	$(BIN)/python -m tests.manual_pictures

build: install ## the program as one folder in build/dist that needs no Python, and its self-test
	$(BIN)/pyinstaller --noconfirm --log-level WARN --distpath build/dist --workpath build/pyinstaller build.spec
	build/dist/zq-grid/zq-grid self-test
	@du -sh build/dist/zq-grid

clean: ## remove what was made here: build, caches, .venv
	rm -rf build .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
