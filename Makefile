# Each target makes .venv first if it is not there, or older than what it is made from.
PYTHON ?= python3
BIN := .venv/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help report test lint bench calibrate lab messages constraints clean

help:  ## these lines
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

report: .venv/made  ## run the bundled restaurant case and say where its report is
	$(BIN)/casebook run data/restaurant

test: .venv/made  ## what CI runs: lint, then every test; browser tests skip without Chromium
	@status=0; $(MAKE) --no-print-directory lint || { status=1; echo "lint failed; the tests follow"; }; \
		$(BIN)/python -m pytest || status=1; exit $$status

lint: .venv/made  ## style, format, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

lab: .venv/made  ## open the notebooks in JupyterLab
	$(BIN)/casebook lab data/restaurant

bench: .venv/made  ## what runs, pages, kernels and phases cost, against others
	$(BIN)/python -m compileall -q casebook widgets
	$(BIN)/python tests/bench/bench_run.py
	$(BIN)/python tests/bench/bench_voila.py
	$(BIN)/python tests/bench/bench_page.py
	$(BIN)/python tests/bench/bench_prototype.py
	$(BIN)/python tests/bench/bench_kernels.py
	$(BIN)/python tests/bench/bench_evidence.py
	$(BIN)/python tests/bench/bench_baseline.py
	$(BIN)/python tests/bench/bench_latency.py
	$(BIN)/python tests/bench/bench_symptom.py
	$(BIN)/python tests/bench/bench_feedback.py

calibrate: .venv/made  ## how often phases are wrong where the truth is planted; many minutes
	$(BIN)/python tests/bench/calibrate_baseline.py
	$(BIN)/python tests/bench/calibrate_evidence.py
	$(BIN)/python tests/bench/calibrate_problem.py
	$(BIN)/python tests/bench/calibrate_prototype.py
	$(BIN)/python tests/bench/calibrate_recommend.py
	$(BIN)/python tests/bench/calibrate_rules.py
	$(BIN)/python tests/bench/calibrate_symptom.py
	$(BIN)/python tests/bench/calibrate_threshold.py

messages: .venv/made  ## bring the catalogue up to the texts, keeping translations; then compile it
	$(BIN)/python -m casebook.locale.catalogue update

constraints:  ## move every pin to the newest version that pyproject.toml allows
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --upgrade --upgrade-strategy eager hatchling editables -e ".[dev]"
	$(BIN)/pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==[^ ]+$$' | sort -f > constraints.txt

clean:  ## remove .venv and the caches of the tools
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The build tools are installed under constraints too, hence no build isolation.
.venv/made: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Casebook needs Python 3.11 or newer; say which with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv; this takes a minute or two"
	$(BIN)/pip install -qq -c constraints.txt hatchling editables
	$(BIN)/pip install -qq -c constraints.txt --no-build-isolation -e ".[dev]"
	$(BIN)/python -m compileall -q casebook widgets  # pip compiled all others
	@touch $@
