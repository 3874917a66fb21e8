# Two commands matter: `make run` shows a working CRM, `make test` proves it. Paths are relative on
# purpose: make cannot cope with a clone in a folder whose name has spaces otherwise.

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --constraint constraints.txt
WORKERS ?= 2

KILLS ?= 200

.PHONY: help run test kills check format-check lint types imports docs bench clean

help:
	@echo "make run     start the demo: a fitness club with clients, people and rights"
	@echo "make test    run the tests"
	@echo "make kills   kill servers and workers at random, KILLS times, and count what is left"
	@echo "make check   check format, lint, types, imports, house rules and docs"
	@echo "make bench   measure reads, writes and imports against hand-written SQL"
	@echo "make clean   remove the environment and the caches; data stays"

run: .venv/ready-to-run
	@$(BIN)/cardfile demo --serve

test: .venv/ready-to-test
	@$(BIN)/python -m pytest -n $(WORKERS)

kills: .venv/ready-to-test
	@CARDFILE_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest -s tests/core/test_crash_points.py \
		tests/core/test_crash_soak.py tests/core/test_rooms_killed.py

check: format-check lint types imports docs

format-check: .venv/ready-to-test
	@$(BIN)/ruff format --check .

lint: .venv/ready-to-test
	@$(BIN)/ruff check .

types: .venv/ready-to-test
	@$(BIN)/mypy

imports: .venv/ready-to-test
	@$(BIN)/lint-imports

# Rules of the house and docs are tests; told to make both, the run of all tests has them already.
HOUSE := tests/core/test_house_rules.py tests/core/test_house_names.py tests/core/test_house_docs.py \
	tests/graphql/test_docs_tables.py tests/graphql/test_docs_documents.py tests/graphql/test_schema_snapshot.py

docs: .venv/ready-to-test
	@$(if $(filter test,$(MAKECMDGOALS)),:,$(BIN)/python -m pytest -q $(HOUSE))

bench: .venv/ready-to-test
	@$(BIN)/cardfile bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The newest Python that can make environments; a name may exist and still not run (version managers
# leave such shims), so each one is asked.
.venv/made:
	@found=; \
	for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
		if "$$python" -c 'import ensurepip, sqlite3, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Cardfile needs Python 3.11 or newer with venv and sqlite3: install it (Debian, Ubuntu: python3 and python3-venv), or say make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	echo "Making .venv with $$("$$found" -V)"; \
	"$$found" -m venv --clear .venv
	@touch $@

.venv/ready-to-run: .venv/made pyproject.toml constraints.txt
	@echo "Installing Cardfile"
	@$(INSTALL) hatchling
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/ready-to-test: .venv/ready-to-run
	@echo "Installing what the tests and checks need"
	@$(INSTALL) --no-build-isolation --editable ".[dev,postgres,redis]"
	@touch $@
