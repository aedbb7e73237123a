# The commands of the README. Each needs Python 3.11+ and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint corpus bench picture schemas clean

demo: $(VENV)/.run  ## install and look at the examples
	@$(BIN)/k8slint check examples/ || [ $$? -eq 1 ]

test: $(VENV)/.dev  ## every test
	$(BIN)/pytest -n auto -q

lint: $(VENV)/.dev  ## format, style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

corpus: $(VENV)/.run  ## findings by rule on the manifests of others in K8SLINT_CORPUS; RULE=id lists them
	$(BIN)/python scripts/corpus.py $(RULE)

bench: $(VENV)/.run  ## whole-process times, paired with peers found on PATH
	$(BIN)/python benchmarks/check.py

picture: $(VENV)/.run  ## docs/check.svg, from what the program prints
	$(BIN)/python scripts/picture.py

schemas: $(VENV)/.dev  ## schemas/kubernetes/*.json from the kubernetes-validate wheel
	$(BIN)/python scripts/build_schemas.py

clean:
	rm -rf $(VENV)

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "k8slint needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@
