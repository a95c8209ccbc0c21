# Everything a person or a machine does here, from a fresh clone: `make help`.
# Needs Python 3.11 or newer, pip and make. All of it happens in .venv, which any target makes when it is missing.

HOST := 127.0.0.1
PORT ?= 8000
WORKERS := 2
VENV := .venv
BIN := $(VENV)/bin

# The first Python new enough; `make PYTHON=/path/to/python` takes another.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

# One thread per process: the arrays are small, and threads of several processes only fight for the cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Another active environment must not leak in.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PIP_INSTALL := $(BIN)/python -m pip install -qq --require-hashes
INSTALL_SELF := $(BIN)/python -m pip install -qq --no-deps --no-build-isolation --no-index --editable .

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Debian's python3 comes without ensurepip unless python3-venv is installed; pip itself can fill the gap.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV) >/dev/null 2>&1 || { \
		"$(PYTHON)" -m venv --clear --without-pip $(VENV) && \
		"$(PYTHON)" -m pip --python $(BIN)/python install --quiet pip; }

# What the service needs.
$(VENV)/.installed: requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "installing what the service needs"
	@$(PIP_INSTALL) -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL_SELF)
	@touch $@

# What the tests need on top.
$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	@echo "installing what the tests need"
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

# What the tests of the page need besides Python: a browser, and the checker of accessibility.
$(VENV)/.installed-page: tests/web/page/tools/package-lock.json $(VENV)/.installed-dev
	@for need in chromium:chromium npm:npm; do command -v $${need%:*} >/dev/null || missing="$$missing $${need#*:}"; done; \
	fc-list 2>/dev/null | grep -q DejaVuSans || missing="$$missing fonts-dejavu-core fontconfig"; \
	ldconfig -p | grep -q libpangoft2-1.0 || missing="$$missing libpango-1.0-0 libpangoft2-1.0-0"; \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing$$missing" && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || { \
		echo "the tests of the page need$$missing (Debian: apt-get install$$missing)" >&2; exit 1; }
	@command -v nginx >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ ! -d /run/systemd/system ] && \
		echo "installing nginx" && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; } || \
		echo "without nginx the tests behind a proxy are skipped (Debian: apt-get install nginx-light)"
	@npm ci --silent --no-audit --no-fund --prefix tests/web/page/tools
	@touch $@

# What the tests of FHIR need besides Python: two validators from npm.
$(VENV)/.installed-fhir: tests/fhir/tools/package-lock.json $(VENV)/.installed-page
	@npm ci --silent --no-audit --no-fund --prefix tests/fhir/tools
	@touch $@

# What the tests of the jobs need besides Python: a PostgreSQL server. Debian would start one of its own; the tests start theirs.
$(VENV)/.installed-postgres: $(VENV)/.installed-dev
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing postgresql" && \
		mkdir -p /etc/postgresql-common && { [ -e /etc/postgresql-common/createcluster.conf ] || \
			echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; } && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 >/dev/null; } || { \
		echo "the tests of the jobs need a PostgreSQL server (Debian: apt-get install postgresql-15)" >&2; exit 1; }
	@touch $@

# What the benchmarks need on top: their peer is built from Fortran source.
$(VENV)/.installed-bench: requirements/bench.txt $(VENV)/.installed-dev
	@command -v gfortran >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gfortran g++ >/dev/null; } || { \
		echo "make bench needs gfortran (Debian: apt-get install gfortran g++)" >&2; exit 1; }
	@echo "installing what the benchmarks need"
	@$(PIP_INSTALL) -r requirements/bench.txt
	@touch $@

.PHONY: setup run check test test-fast search mutants bench lint types docs wheel site hooks format lock clean
setup: $(VENV)/.installed-dev ## set up .venv (the other targets do it by themselves)

run: $(VENV)/.installed ## start the service on http://127.0.0.1:8000 (HOST, PORT, WORKERS)
	@exec $(BIN)/detectapi serve --host $(HOST) --port $(PORT) --workers $(WORKERS)

check: $(VENV)/.installed-dev ## lint, types and the fast tests: about 90 seconds, and no browser and no PostgreSQL
	@$(MAKE) --no-print-directory --jobs 2 lint types test-fast

# The order of the prerequisites is the order of the work: what fails soonest comes first.
test: lint types site $(VENV)/.installed-page $(VENV)/.installed-fhir $(VENV)/.installed-postgres ## lint, types, the site and every test, the slow ones too
	@$(BIN)/python -m pytest -m "slow or not slow" -n 2 $(PYTEST_ARGS)

test-fast: $(VENV)/.installed-dev ## the tests without the slow ones
	@$(BIN)/python -m pytest -n 2 -p no:schemathesis $(PYTEST_ARGS)

search: $(VENV)/.installed-dev ## the property tests with new random examples
	@$(BIN)/python -m pytest -m "slow or not slow" -n 2 --hypothesis-profile=search tests/exponentials $(PYTEST_ARGS)

mutants: $(VENV)/.installed-dev ## change the code on purpose, see whether tests notice, and write docs/mutants.md
	@$(BIN)/python tools/mutants.py

bench: $(VENV)/.installed-bench ## measure, and write bench/RESULTS.md
	@$(BIN)/python bench/run.py

lint: $(VENV)/.installed-dev ## ruff and hadolint
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/hadolint Dockerfile

types: $(VENV)/.installed-dev ## mypy: strict in some rooms, a count of errors elsewhere
	@$(BIN)/python tools/check_types.py

docs: $(VENV)/.installed-postgres ## write the answers shown in README.md, the docs and /docs anew
	@PYTHONPATH=.:tools:tests/support $(BIN)/python docs/refresh.py

DIST := dist
wheel: $(VENV)/.installed ## build the package: dist/detectapi-….whl
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir $(DIST) .

site: $(VENV)/.installed-dev ## build the documentation as a site: build/site/index.html
	@$(BIN)/python -m sphinx --builder html --fail-on-warning --keep-going --quiet docs build/site

hooks: $(VENV)/.installed-dev ## let every `git commit` check what it changes
	@$(BIN)/python -m pre_commit install

format: $(VENV)/.installed-dev ## let ruff put the code in order
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

# The lock files are for every platform and every Python from 3.11; `make lock UPGRADE=--upgrade` takes newer versions.
UV := build/uv/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)
# One set of packages for the server, its workers and those of a cluster: they must agree to the byte.
EXTRAS := --extra report --extra batch --extra postgres --extra cluster --extra metrics --extra limits
$(UV): requirements/uv.txt
	@"$(PYTHON)" -m venv build/uv
	@build/uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

lock: $(UV) ## write requirements/*.txt anew from pyproject.toml
	@$(COMPILE) pyproject.toml --extra dev $(EXTRAS) -o requirements/dev.txt
	@$(COMPILE) pyproject.toml $(EXTRAS) -c requirements/dev.txt -o requirements/run.txt
	@printf 'hatchling\neditables\n' | $(COMPILE) - -c requirements/dev.txt -o requirements/build.txt
	@$(COMPILE) pyproject.toml --extra bench -c requirements/dev.txt -o requirements/bench.txt
	@printf 'uv\n' | $(COMPILE) - -o requirements/uv.txt

.PHONY: translations
translations: $(VENV)/.installed-dev ## collect every sentence for people into the catalogues
	@$(BIN)/python tools/translations.py

.PHONY: pictures
pictures: $(VENV)/.installed-page ## take the pictures of the page anew
	@PYTHONPATH=. $(BIN)/python tools/pictures.py

clean: ## remove everything that was made here
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .schemathesis *.egg-info
	find detectapi schemas tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
