# rnnedu: `make help` lists the targets. Everything is installed into .venv; nothing needs root.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif

.DEFAULT_GOAL := help
.PHONY: help lab test demo bench lessons clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

lab: $(VENV)/.lab  ## install what the lessons need and open JupyterLab on them
	$(BIN)/rnnedu lab my-lessons $(ARGS)

test: $(VENV)/.test  ## install what the tests need and run everything that CI runs
	$(BIN)/ruff check .
	$(BIN)/python -m pytest
	RNNEDU_SHORT=1 $(BIN)/python -m pytest --nbval-lax --nbval-cell-timeout=120 $(wildcard notebooks/*.ipynb notebooks/instructor/*.ipynb)

demo: $(VENV)/.demo  ## show every widget as a page without code (Voila)
	$(BIN)/rnnedu demo $(ARGS)

bench: $(VENV)/.bench $(if $(PEERS),$(VENV)/.peers)  ## measure speed; PEERS=1: against PyTorch, TensorFlow, JAX (3 GB); ARGS="layers --quick"
	$(BIN)/python -m bench $(ARGS)

lessons: $(VENV)/.test  ## build notebooks/*.ipynb from notebooks/source/*.py
	$(BIN)/python notebooks/build.py

clean:  ## remove .venv and build products
	rm -rf $(VENV) dist build

# PyTorch without CUDA: 0.2 GB instead of 3. Empty, or where it cannot be reached: what the usual index has.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
$(VENV)/.peers: INDEX = $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# One stamp for each set of extras: `.venv/.test` is newer than pyproject.toml once [test] is installed.
$(VENV)/.%: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --disable-pip-version-check --quiet $(INDEX) --editable ".[$*]"
	@$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

$(VENV)/.made:
	@$(PYTHON) -c "import sys; v = sys.version.split()[0]; sys.exit(None if sys.version_info >= (3, 11) else f'rnnedu needs Python 3.11 or newer, $(PYTHON) is {v}. Try: make PYTHON=python3.12 ...')"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"
