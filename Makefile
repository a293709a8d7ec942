# All the set-up there is, from a bare clone with Python 3.11 or later:
#   make run    reads the sample articles and writes a report
#   make test   runs the whole test suite
#   make lint   checks style, format and types
PYTHON ?= python3
VENV := .venv
OUTPUT := out/samples
ROOMS := configs data eval models train

.PHONY: run test lint
.DELETE_ON_ERROR:

run: $(VENV)/installed
	$(VENV)/bin/canbo run data/canbo-themes/samples --output $(OUTPUT) --overwrite
	@echo "Report: $(CURDIR)/$(OUTPUT)/report.html"

test: $(VENV)/installed-dev
	$(VENV)/bin/python -m pytest

# The rooms become sub-packages only when installed, in a way that mypy cannot follow, so it gets
# the package as a folder of links.
lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	rm -rf build/types && mkdir -p build/types/canbo
	cd build/types/canbo && ln -s ../../../canbo/* $(ROOMS:%=../../../%) .
	MYPYPATH=build/types $(VENV)/bin/mypy

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "canbo needs Python 3.11 or later: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing canbo into $(VENV); the first time takes some minutes."
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing the tools of the tests into $(VENV)."
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
