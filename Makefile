# `make demo` and `make test` need Python 3.11 or newer (Debian: python3-venv) and nothing else.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEV := .venv/.dev

.PHONY: demo test run setup check faults bench lint types contracts tests lock clean

demo: $(RUNTIME)
	$(BIN)/python -m bot demo

run: $(RUNTIME)
	$(BIN)/python -m bot run

setup check: $(RUNTIME)
	$(BIN)/python -m bot $@

# The types are looked at beside the tests, which wait for Chromium and databases now and then. Whatever fails, fails it.
test: $(DEV)
	$(MAKE) --no-print-directory -j2 lint types contracts tests

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports --no-logo

tests: $(DEV)
	$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not faults and not bench"

faults: $(DEV)
	$(BIN)/python -m pytest -m faults -s

bench: $(DEV)
	$(BIN)/python -m pytest -m bench -s

# What is installed is exactly what the lock files name, by hash.
$(RUNTIME): requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

lock:
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis
