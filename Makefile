# Every target says what it does: `make help`.
# PORT, DATA_DIR, DATABASE_URL, DINGKAO_PROFILE and DINGKAO_CAPTCHA reach the program through the environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host \
        --no-emit-find-links --strip-extras --allow-unsafe --no-header
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

# --- What is installed: a stamp per step, so that nothing is done twice ---------------------

.PHONY: setup
setup: .venv/.assets $(BIN)/dingkao $(CATALOGUES) ## Install what the program needs into .venv

.PHONY: setup-dev
setup-dev: .venv/.dev ## Install what the tests and checks need as well
	@$(MAKE) --no-print-directory setup

$(BIN)/python:
	@echo 'Creating .venv …'
	@bash scripts/venv.sh

.venv/.run: requirements.txt | $(BIN)/python
	@echo 'Installing the locked packages …'
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

# The development lock contains the other one: its stamp stands for both.
.venv/.dev: requirements-dev.txt | $(BIN)/python
	@echo 'Installing the locked packages for development …'
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch .venv/.run $@

.venv/.assets: package.json package-lock.json .npmrc scripts/assets.py | .venv/.run
	@echo 'Fetching the browser assets …'
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python scripts/assets.py
	@touch $@

$(BIN)/dingkao: scripts/command.py | .venv/.run
	@$(BIN)/python scripts/command.py

%.mo: %.po | .venv/.run
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

# --- Use ------------------------------------------------------------------------------------

.PHONY: run
run: setup ## Start the program (http://127.0.0.1:PORT); the first start fills a demo
	@exec $(BIN)/dingkao run

.PHONY: restore
restore: setup ## Bring a backup back into an empty place and start: make restore BACKUP=folder
	@$(BIN)/dingkao backup restore "$(BACKUP)"
	@exec $(BIN)/dingkao run

.PHONY: bench
bench: setup-dev ## Run the benchmarks, or one of them: make bench ONLY=name
	@$(BIN)/python -m bench $(ONLY)

# --- Checks ---------------------------------------------------------------------------------

.PHONY: check
check: lint types messages-check ## Check style, layers, types, templates and translations

.PHONY: lint
lint: setup-dev ## Check style, layers and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	@$(if $(wildcard app/templates/*/*.html app/templates/*.html),$(BIN)/djlint --quiet --lint app/templates,:)

.PHONY: types
types: setup-dev ## Check types
	$(BIN)/mypy $(wildcard config.py) $(patsubst %/,%,$(sort $(dir $(wildcard app/*.py bench/*.py scripts/*.py tests/*.py))))

.PHONY: messages-check
messages-check: setup-dev ## Check that the translations are complete and fresh
	$(BIN)/dingkao messages --check

.PHONY: test
test: setup-dev check ## Check, then run every test on SQLite and on PostgreSQL, and the browser's
	@bash scripts/test.sh

# --- Generated files ------------------------------------------------------------------------

.PHONY: format
format: setup-dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: messages
messages: setup-dev ## Collect the texts to translate into translations/
	$(BIN)/dingkao messages

.PHONY: diagrams
diagrams: setup ## Draw docs/workflows from the declarations
	$(BIN)/dingkao diagrams

.PHONY: screenshots
screenshots: setup-dev ## Take the pictures of README.md from the demo
	@$(BIN)/python -m scripts.screenshots

.PHONY: manual
manual: setup-dev ## Take the pictures of docs/manual from the demo
	@$(BIN)/python -m scripts.manual

.PHONY: lock
lock: setup-dev ## Choose and lock the newest allowed packages
	$(LOCK) --upgrade --extra assets -o requirements.txt pyproject.toml
	$(LOCK) --upgrade --extra assets --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

.PHONY: clean
clean: ## Remove everything that was built; the data stay
	rm -rf .venv node_modules app/static/vendor build test-results *.egg-info \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests scripts bench translations \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +
