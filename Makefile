# The commands of the README. Each needs Python 3.11+ and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint fuzz corpus bench parity picture schemas lock clean

demo: $(VENV)/.run  ## install and look at the examples
	@$(BIN)/k8slint check examples/ || [ $$? -eq 1 ]

test: $(VENV)/.dev  ## every test
	$(BIN)/pytest -n auto -q

lint: $(VENV)/.dev  ## format, style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.dev  ## look for inputs that break it for SECONDS, better with the extra fuzz; they go to tests/fuzz/found
	$(BIN)/python -m tests.fuzz.drive $(or $(SECONDS),600)

corpus: $(VENV)/.run  ## findings by rule on the manifests of others in K8SLINT_CORPUS; RULE=id lists them
	$(BIN)/python scripts/corpus.py $(RULE)

bench: $(VENV)/.run  ## whole-process times, paired with peers found on PATH
	$(BIN)/python benchmarks/check.py

parity: $(VENV)/.dev  ## docs/api-server.md, from the validators and their cases
	$(BIN)/python -m scripts.parity

picture: $(VENV)/.run  ## docs/check.svg, from what the program prints
	$(BIN)/python scripts/picture.py

schemas: $(VENV)/.dev  ## schemas/kubernetes/*.json from the kubernetes-validate wheel
	$(BIN)/python scripts/build_schemas.py

lock: $(VENV)/.run  ## requirements-dev.lock anew, for every Python and system
	$(BIN)/pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV)

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "k8slint needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.lock
	@touch $@
