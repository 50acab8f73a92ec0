# Every command of the project. `make` alone lists them; ARGS="…" is handed on to the tool behind the target.

ARGS ?=
WORKERS ?= 2
BIN := .venv/bin

export RASA_TELEMETRY_ENABLED ?= false
export SQLALCHEMY_SILENCE_UBER_WARNING ?= 1
export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.PHONY: help run install train test lint check format bench lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Serve the assistant at http://localhost:8000 (PORT=9000 for another port); Ctrl-C stops it
	@exec $(BIN)/advisor run $(ARGS)

install: ## Make .venv from nothing: Python 3.10 and the locked packages
	@scripts/bootstrap

train: install ## Train the model again
	@$(BIN)/advisor train --force $(ARGS)

test: install ## Run every test (ARGS="-m 'not slow'" or ARGS=tests/advice for some of them)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: install ## Check style, types, import rules and the Rasa project
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/rasa data validate

check: lint test ## Everything that must pass before a change is handed in: lint, then test

format: install ## Put the code into its standard form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: install ## Measure speed, memory and quality against a stock bot
	@$(BIN)/python -m benchmarks $(ARGS)

lock: install ## Write requirements.lock from requirements.in (ARGS=--upgrade for newer versions)
	@scripts/lock $(ARGS)

clean: ## Remove what can be made again (.venv, models, caches); records and settings stay
	rm -rf .venv build dist models results reports .rasa .hypothesis
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} + -o -name '*.egg-info' -prune -exec rm -rf {} +
