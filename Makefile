# Tessera. `make help` lists what there is. Two commands are enough: `make demo` and `make test`.

PYTHON ?= python3
PORT ?= 8000
SERVE ?= 1
VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint format bench lock clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.core .env ## the virtual environment, the native libraries, a development .env
	@$(MANAGE) migrate --verbosity 0

demo: setup ## set up, load the demo, release, build every output, serve (SERVE=0: do not serve; PORT=8000)
	@SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} $(MANAGE) demo --port $(PORT)
	@test "$(SERVE)" = 0 || $(MAKE) --no-print-directory run

# The shell becomes the server, so that the worker, begun by it, sees the server end and ends as well.
run: setup ## serve what is there on http://127.0.0.1:PORT, with a worker beside
	@export SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)}; \
		$(MANAGE) worker --beside $$$$ & \
		exec $(MANAGE) runserver 127.0.0.1:$(PORT)

test: $(VENV)/.dev .env ## run the tests (on the database that DATABASE_URL names, SQLite by default)
	@$(PY) -m pytest -n auto --maxschedchunk 8 $(ARGS)

lint: $(VENV)/.dev .env ## style, types, import contracts, migrations, deployment settings
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(MANAGE) makemigrations --check --dry-run
	@DEBUG=0 HTTPS=1 ALLOWED_HOSTS=pim.example.com SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
		$(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null

format: $(VENV)/.dev ## put code into the project's style
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(VENV)/.dev .env ## measure (NAME=feed for one, SIZE=0.1 for a quick look); writes bench/results/
	@$(PY) -m bench $(NAME)

COMPILE := uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
	--custom-compile-command 'make lock'

lock: ## compile the requirement locks anew from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra celery --extra s3 --extra scripts -c requirements.lock pyproject.toml -o .ci/scale.lock
	$(COMPILE) --extra dev --extra celery --extra s3 --extra scripts -c .ci/scale.lock pyproject.toml -o .ci/requirements.lock
	echo uv | $(COMPILE) - -o .ci/uv.lock

clean: ## remove the demo's database and files (not the virtual environment)
	rm -rf var

.env:
	@printf '# A development machine only: never deploy this file.\nDEBUG=1\nSECRET_KEY=%s\n' \
		"$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')" > .env

# The installer comes first, by its own hashed lock; it then installs everything in a few seconds.
$(VENV)/bin/uv: .ci/uv.lock .ci/native.py
	@$(PYTHON) .ci/native.py
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the requirements into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.lock
	@touch $@

$(VENV)/.core: requirements.lock | $(VENV)/bin/uv
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: .ci/requirements.lock | $(VENV)/bin/uv
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r .ci/requirements.lock
	@touch $@ $(VENV)/.core
