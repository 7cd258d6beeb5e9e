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

# pip comes last into a new environment: one that was interrupted half-way is made anew.
$(VENV)/bin/pip:
	@sh requirements/make-venv.sh $(VENV)

$(BASE): requirements/base.txt | $(VENV)/bin/pip
	@echo "Installing what Throughline needs into $(VENV) ..."
	@$(BIN)/python -m pip install $(PIP_OPTIONS) -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt requirements/base.txt | $(VENV)/bin/pip
	@echo "Installing Throughline with the tools for tests and checks into $(VENV) ..."
	@$(BIN)/python -m pip install $(PIP_OPTIONS) -r requirements/dev.txt
	@touch $(BASE) $@

# load_demo tells its progress on stderr, and the sign-ins, which are to be the last thing on the screen, on stdout.
DATA ?= $(or $(DATA_DIR),var)
SIGN_INS := $(DATA)/demo-sign-ins.txt

demo: $(BASE) ## Load the demo organisation and start everything (PORT=8000)
	@$(MANAGE) up --check --port $(PORT)
	@echo "Preparing the database ..."
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo > $(SIGN_INS)
	@exec $(MANAGE) up --port $(PORT) --announce $(SIGN_INS)

test: $(DEV) ## Run the tests, on SQLite or on DATABASE_URL and REDIS_URL (ARGS= for pytest)
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: $(DEV) ## Lint, types, imports, migrations, templates, deployment settings, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(MANAGE) makemigrations --check --dry-run
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(MANAGE) check --fail-level WARNING
	BASE_URL=https://throughline.example.com $(MANAGE) check --deploy --fail-level WARNING
	@$(BIN)/python requirements/audit.py

bench: $(BASE) ## Measure the budgets (ARGS= for the benchmarks)
	@$(BIN)/python -m benchmarks $(ARGS)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

lock: ## Renew the locks from requirements/*.in (needs uv)
	cd requirements && $(LOCK) --upgrade base.in -o base.txt && $(LOCK) --upgrade dev.in -o dev.txt

clean: ## Remove .venv, caches and collected static files; var/, your data, stays
	rm -rf $(VENV) .static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
