# One command each; `make help` lists them. All paths are relative: the folder may have spaces in its name.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough. Another one: make PYTHON=/path/to/python demo
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)

PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
# Nothing but the files whose hashes the lock has; where they come from, pip knows from its own settings.
INSTALL = $(PIP) --require-hashes --no-deps -r
# Stamps carry the checksum of what they stand for: a changed pin installs, a second start does not.
RUNTIME := .venv/runtime-$(firstword $(shell cksum < requirements.txt)).stamp
DEV := .venv/dev-$(firstword $(shell cat requirements.txt requirements-dev.txt | cksum)).stamp
# In an environment of their own: chardet, which comes with one of them, would change how we read pages.
TOOLS := .venv/tools/$(firstword $(shell cksum < requirements-tools.txt)).stamp
# Apart for the same reason: libcoveoc4ids and frictionless, with which the tests check the open data.
STANDARDS := .venv/standards/$(firstword $(shell cksum < requirements-standards.txt)).stamp
SBOM ?= var/sbom/buka-amanzi.cdx.json
WITH_SERVERS := $(PY) -m buka.dev.supervisor exec --
JOBS ?= 2
# In chunks: what tests of one file share (a web process, a writer) is mostly started once.
PYTEST = $(PY) -m pytest -n $(JOBS) --dist worksteal
# Where it is set, every process of the tests compiles all of its modules anew: a tenth of the whole time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test soak truth bench lint lock sbom clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(RUNTIME) ## everything, with a replica of the DWS site as the source (PORT=8000)
	@exec $(PY) -m buka.dev.supervisor demo

run: $(RUNTIME) ## everything, with the real sources (PORT=8000)
	@exec $(PY) -m buka.dev.supervisor run

# Both passes run, and both print their summary; either failing fails the target.
test: $(DEV) $(STANDARDS) ## the whole suite on SQLite, then on PostgreSQL what a database can tell apart
	@$(WITH_SERVERS) sh -c '\
	  echo "== SQLite =="; $(PYTEST) $(ARGS); sqlite=$$?; \
	  echo "== PostgreSQL =="; $(PYTEST) --pg $(ARGS) && exit $$sqlite'

soak: export FULL := $(FULL)
# In the order of buka/dev/testing.py: the one of two hundred polls comes first, and no worker waits for it alone.
# These start whole sites side by side: what fails is tried once more with the machine to itself, and named.
soak: $(DEV) ## the long tests: every fault, kills, restarts, 200 polls of a misbehaving site (FULL=1: all pages)
	@$(WITH_SERVERS) sh -c '$(PY) -m pytest -m soak -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS) && exit; \
	  echo "== What failed beside the others, once more alone =="; \
	  $(PY) -m pytest -m soak -v --last-failed --last-failed-no-failures none $(ARGS)'

truth: $(DEV) ## reading and change detection over generated renderings: precision and recall as a table
	@$(PY) -m etl.tests.truth $(ARGS)

bench: $(DEV) ## the benchmarks, as ratios (ARGS="log --postgres 200000": some of them)
	@$(WITH_SERVERS) $(PY) -m benchmarks $(ARGS)

# For settings and migrations alone: a database in memory, and values that production would have.
PRODUCTION := DEBUG=0 SECRET_KEY=3f9Qm-Zk7vT1xR8wLp5cYh2Nd6Gs4Jb0Aa9Ue3Ki7Wo1Xq5MfQ8rT2vB6 ALLOWED_HOSTS=buka.example.org \
	CSRF_TRUSTED_ORIGINS=https://buka.example.org
lint: export VAR_DIR = var/lint
lint: export DATABASE_URL = sqlite://
lint: $(DEV) ## ruff, format, mypy, who imports whom, the measured ceilings, migrations, check --deploy
	@fail=0; try() { echo "$$*"; "$$@" || fail=1; }; \
	  try $(PY) -m ruff check .; \
	  try $(PY) -m ruff format --check .; \
	  try $(PY) -m mypy; \
	  try .venv/bin/lint-imports; \
	  try $(PY) -m buka.dev.ceilings; \
	  try $(PY) manage.py makemigrations --check --dry-run; \
	  try env $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING; \
	  exit $$fail

COMPILE = .venv/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock"
# All that is not pinned in pyproject.toml stays as it is locked, unless it is asked for: UPGRADE="-P idna", "-U".
lock: $(TOOLS) ## write requirements*.txt anew from the pins in pyproject.toml (UPGRADE="-P name" or -U)
	@$(COMPILE) $(UPGRADE) --group runtime -o requirements.txt
	@$(COMPILE) $(UPGRADE) --group s3 -c requirements.txt -o requirements-s3.txt
	@$(COMPILE) $(UPGRADE) --group dev -c requirements.txt -o requirements-dev.txt
	@$(COMPILE) $(UPGRADE) --group tools -o requirements-tools.txt
	@$(COMPILE) $(UPGRADE) --group standards -o requirements-standards.txt

# Of what is installed to run the site and of nothing else: only an environment knows the licences.
sbom: $(TOOLS) ## the bill of materials with licences, as CycloneDX: var/sbom/buka-amanzi.cdx.json (SBOM=)
	@mkdir -p "$(dir $(SBOM))"
	@$(PY) -m venv --clear --without-pip .venv/bare
	@$(PY) -m pip --python .venv/bare/bin/python install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps -r requirements.txt
	@.venv/tools/bin/cyclonedx-py environment --output-reproducible --of JSON -o "$(SBOM)" .venv/bare/bin/python
	@rm -rf .venv/bare; echo "$(SBOM)"

clean: ## remove .venv and caches; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found on PATH."; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.12 demo"; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "Python 3.11 or newer is needed: $(PYTHON) is older."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing:" \
	  "install it first (Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Making the virtual environment .venv …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUNTIME): | $(PY)
	@echo "Installing what requirements.txt names …"
	@$(INSTALL) requirements.txt
	@touch $@

$(DEV): | $(PY)
	@echo "Installing what requirements-dev.txt names …"
	@$(INSTALL) requirements-dev.txt
	@touch $@ $(RUNTIME)

$(TOOLS): | $(PY)
	@echo "Installing what requirements-tools.txt names …"
	@$(PY) -m venv --clear .venv/tools
	@.venv/tools/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps -r requirements-tools.txt
	@touch $@

$(STANDARDS): | $(PY)
	@echo "Installing what requirements-standards.txt names …"
	@$(PY) -m venv --clear .venv/standards
	@.venv/standards/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps -r requirements-standards.txt
	@touch $@
