# Throughline. `make` alone lists what there is.
# Needs: Python 3.11 or newer, make. Everything else is installed into .venv from the locks in requirements/.

.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help install demo test check bench lock clean

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PORT ?= 8000
PIP_OPTIONS := --disable-pip-version-check --no-input --quiet --require-hashes

# The stamps carry what was installed: a lock that did not change installs nothing.
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev

help: ## List the targets
	@echo "Throughline"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

install: $(DEV) ## Make .venv from the locks, with the tools for tests and checks

$(VENV)/bin/python:
	@sh requirements/make-venv.sh $(VENV)

$(BASE): requirements/base.txt | $(VENV)/bin/python
	@echo "Installing what Throughline needs into $(VENV) ..."
	@$(BIN)/python -m pip install $(PIP_OPTIONS) -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt requirements/base.txt | $(VENV)/bin/python
	@echo "Installing Throughline with the tools for tests and checks into $(VENV) ..."
	@$(BIN)/python -m pip install $(PIP_OPTIONS) -r requirements/dev.txt
	@touch $(BASE) $@
