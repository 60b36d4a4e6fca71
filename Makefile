# Every target makes .venv first when it is not there or the lock changed. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo serve hub lab voila test lint bench pentest screenshot lock wheel clean

BIN := .venv/bin
# Where Jupyter finds how notebooks are shown as apps.
APPS := JUPYTER_PATH=$(CURDIR)/catalynx/hub/jupyter JUPYTER_CONFIG_PATH=$(CURDIR)/catalynx/hub/jupyter

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

setup: ## make .venv from the lock (PYTHON=path chooses the interpreter)
	@deploy/setup.sh

demo: setup ## from the shipped data to a ranked table and a report
	@$(BIN)/catalynx demo

serve: setup ## dashboards for one local user, at a link with a token
	@$(BIN)/catalynx serve

hub: setup ## hub, log-in and four people on this machine, to try what each role sees
	@deploy/node-packages.sh proxy && deploy/node-packages.sh demo-provider
	@[ -d "$${CATALYNX_HOME:-$$HOME/catalynx}/lake" ] || $(BIN)/catalynx demo
	@$(BIN)/catalynx hub-demo

lab: setup ## JupyterLab with the explore notebooks
	@$(APPS) $(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

voila: setup ## the explore notebooks as apps, without their code, at a link with a token (ARGS=--port=9000)
	@$(BIN)/python -m catalynx.hub.local_apps notebooks/explore $(ARGS)

test: setup ## every test, with the browser and servers that it needs (ARGS="-k name" and other pytest options)
	@deploy/chromium.sh install >/dev/null || [ -z "$$CI" ]
	@(for each in proxy demo-provider observatory; do deploy/node-packages.sh $$each || exit; done) || [ -z "$$CI" ]
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: setup ## ruff, formatting and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: setup ## speed and memory against peers, into build/bench.json (ONLY=name runs one)
	@$(BIN)/python tests/bench $(ONLY)

pentest: setup ## attack the running service with the tools of others, two hours, into build/pentest (ARGS=headers for a part)
	@$(BIN)/python tests/pentest $(ARGS)

screenshot: setup ## the picture of the dashboard in the README
	@deploy/chromium.sh install >/dev/null
	@$(BIN)/python docs/screenshot.py

lock: ## write the lock anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	@deploy/setup.sh lock $(ARGS)

wheel: setup ## the package as a wheel, in dist/
	@$(BIN)/hatchling build -t wheel

clean: ## remove what was made, .venv among it
	rm -rf .venv .venv-tools build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
