# Two commands are enough: make demo, make test.
SHELL := /bin/sh
PYTHON_IN_VENV := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo test check scan bench handbook pins drill

help: ## what can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: ## install, start everything, load the demo county, serve on 127.0.0.1:8000 (BIHUAN_PORT, BIHUAN_DATA)
	@bin/setup.sh run
	@pdf=$${BIHUAN_PDF:-on}; [ "$$pdf" = off ] || bin/syslibs.sh pdf || pdf=off; \
	BIHUAN_PDF=$$pdf exec $(PYTHON_IN_VENV) -m app.core.servers

test: ## install what tests need, then all checks and all tests
	@bin/setup.sh dev
	@bin/syslibs.sh pdf browser signing
	@bin/check.sh scan
	@$(PYTHON_IN_VENV) -m pytest -n 2 --dist worksteal

check: ## lint, format, types, imports, templates, handbook fresh
	@bin/setup.sh dev
	@bin/check.sh

scan: ## flaws in the code, known holes of the packages, the bill of materials in .venv-scan
	@bin/setup.sh dev
	@$(PYTHON_IN_VENV) bin/scan.py

bench: ## measure speed against a partner in the same run; one JSON object per figure
	@bin/setup.sh dev
	@bin/syslibs.sh pdf
	@$(PYTHON_IN_VENV) -m bench

handbook: ## write docs/handbook from the state machines and the policy
	@bin/setup.sh dev
	@$(PYTHON_IN_VENV) -m workflows.handbook
	@$(PYTHON_IN_VENV) -m app.core.policy.handbook

pins: ## pin direct and indirect dependencies with hashes
	@bin/setup.sh dev
	@bin/pins.sh

drill: ## the long races, random runs and removed guards (not in CI)
	@bin/setup.sh dev
	@bin/syslibs.sh pdf browser signing
	@$(PYTHON_IN_VENV) -m pytest -n 2 -m drill
