.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
.PHONY: help up down wipe alert-routes alert-test backup restore upgrade sbom version test test-long lint bench lock types contracts venv venv-dev

help: ## List what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: venv ## Start the whole system on this machine and print its address
	@$(PY) -m vitrina_embedded up

down: ## Stop it; data stays
	@if [ -x $(PY) ]; then $(PY) -m vitrina_embedded down; else echo "Nothing is installed here, so nothing runs."; fi

wipe: ## Stop it and delete its data, logs and secrets
	@if [ -x $(PY) ]; then $(PY) -m vitrina_embedded wipe; else rm -rf .vitrina; fi

alert-routes: ## Put a changed VITRINA_ALERT_ROUTES_FILE into effect; what does not fit changes nothing
	@$(PY) -m vitrina_embedded alert-routes

alert-test: ## Send a test message to each of its receivers
	@$(PY) -m vitrina_embedded alert-test

backup: venv ## Everything in one encrypted file, while it runs: make backup FILE=vitrina.backup
	@$(PY) -m vitrina_cli backup "$(FILE)"

restore: venv ## Restore that file into an empty VITRINA_HOME: make restore FILE=vitrina.backup
	@$(PY) -m vitrina_cli restore "$(FILE)"

upgrade: venv ## To this folder's version, over the data of the one that runs: make upgrade FROM=../vitrina-1.2.3
	@$(PY) -m vitrina_cli upgrade "$(FROM)"

test: venv-dev ## Lint, types, unit, integration and end-to-end tests: what CI runs
	@$(PY) infra/scripts/run_tests.py

test-long: venv-dev ## The same with full seeds and the slow scenarios
	@$(PY) infra/scripts/run_tests.py --long

lint: venv-dev ## Formatting, lint, types, layers, generated files
	@$(PY) infra/scripts/run_tests.py --lint-only

bench: venv-dev ## Measure exporters beside a prometheus-client Collector, then a system of its own: start, idle cost, answers
	@$(PY) infra/scripts/bench_exporters.py
	@$(PY) infra/scripts/bench_outbox.py
	@$(PY) infra/scripts/bench_containers.py
	@$(PY) infra/scripts/bench_gateway.py
	@$(PY) infra/scripts/bench_gateway_burst.py
	@$(PY) infra/scripts/bench_gateway_serving.py
	@$(PY) infra/scripts/bench.py

contracts: venv-dev ## Generate OpenAPI, the web's types and the manifest schema
	@$(PY) infra/scripts/generate_contracts.py

sbom: venv-dev ## What each image is made of (CycloneDX) and under which licences, into dist/sbom
	@$(PY) infra/scripts/sbom.py

version: venv-dev ## Write a new version everywhere: make version TO=1.2.3; without TO compare
	@$(PY) infra/scripts/version.py $(TO)

lock: venv-dev ## Resolve the Python dependencies anew, with hashes and no URLs
	@$(PY) infra/scripts/lock.py

venv:
	@python3 infra/scripts/bootstrap.py requirements.lock

venv-dev:
	@python3 infra/scripts/bootstrap.py requirements-dev.lock
