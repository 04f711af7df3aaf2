# Needs Python 3.11 or newer (with venv) and make; everything else is installed into .venv, pinned by hash.
# Works with GNU make 3.81 (macOS) and in folders with spaces: every path here is relative.

.DEFAULT_GOAL := help
SHELL := /bin/sh

# Arguments for the program (make run ARGS="run spec.py") or for pytest (make test ARGS="-k sandbox").
ARGS ?=
# Test processes; at most 8, as a test run starts programs of its own.
JOBS ?= auto
UV_VERSION := 0.13.9

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_USER := 0
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

PIP := .venv/bin/python -m pip install --quiet
LOCKED := $(PIP) --require-hashes

# What is installed is known by the locks it was installed from (and by the folder: an editable install holds its
# path), so a second run installs nothing and a changed lock is noticed whatever the dates of the files are.
key = $(shell { pwd; cat pyproject.toml $(1); } | cksum | tr ' ' '-')
RUN := .venv/.run-$(call key,requirements/bench.txt requirements/build.txt)
DEV := .venv/.dev-$(call key,requirements/dev.txt)

.PHONY: help run test lint types check check-real-engine fuzz audit lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

# The development packages contain those of the program and its bench.
run: $(firstword $(wildcard $(DEV)) $(RUN)) ## open the program (ARGS="run spec.py" and so on)
	@.venv/bin/secondpass $(ARGS)

# A file's tests share a process (loadfile), so what a module sets up is set up once.
test: $(DEV) ## run the tests (ARGS="-k name", JOBS=4)
	@.venv/bin/python -m pytest -n $(JOBS) --maxprocesses 8 --dist loadfile $(ARGS)

lint: $(DEV) ## ruff (rules, format) and the import contracts
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/lint-imports

types: $(DEV) ## mypy --strict
	@.venv/bin/python -m mypy

check: lint types test ## everything that must hold before a commit

SECONDS ?= 600
fuzz: $(DEV) ## fuzz all that reads what others wrote, then the screens (SECONDS=600 each, SEED=0)
	@.venv/bin/python benchmarks/fuzz.py --seconds $(SECONDS) --seed $(or $(SEED),0) --keep .fuzz-finds
	@.venv/bin/python benchmarks/fuzz_keys.py --seconds $(SECONDS) --seed $(or $(SEED),0)

# Needs torch, in an environment of its own (.env-real-engine); says what it is about to download. ENGINE=mlc: through
# MLC-LLM, where it is installed. See docs/real-engine.md.
ENGINE ?= openai
check-real-engine: $(DEV) ## drive a real, tiny model through a real server (ENGINE=mlc)
	@.venv/bin/python tests/real_engine/check.py --engine "$(ENGINE)"

audit: ## look for known holes in what the locks pin, where the advisory service can be reached
	@$(find_python); PYTHON="$$python" .ci/audit

# With EvalPlus, which the bench judges with: 0.8 GB, nearly all of the time that this takes.
$(RUN):
	@$(find_python); $(make_venv)
	@echo "Installing secondpass and its bench into .venv (this takes a minute or two)"
	@$(LOCKED) -r requirements/bench.txt -r requirements/build.txt
	@$(install_here)
	@rm -f .venv/.run-*; touch $@

$(DEV):
	@$(find_python); $(make_venv)
	@echo "Installing secondpass and its development tools into .venv"
	@$(LOCKED) -r requirements/dev.txt
	@$(install_here)
	@rm -f .venv/.dev-*; touch $@

# hatchling and editables come from the lock: with build isolation pip would fetch them unpinned.
install_here = $(PIP) --no-build-isolation --no-deps --editable .

# Sets $$python. PYTHON=... names an interpreter; otherwise the first that is new enough and can make environments.
define find_python
python=; \
for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11); do \
  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then python=$$candidate; break; fi; \
    without_venv=$$candidate; \
  fi; \
done; \
if [ -z "$$python" ] && [ -n "$$without_venv" ]; then \
  echo "$$without_venv cannot make virtual environments; install its venv package" \
    "(Debian, Ubuntu: apt install python3-venv)." >&2; exit 2; \
elif [ -z "$$python" ]; then \
  echo "No Python 3.11 or newer was found; install one, or name it: make PYTHON=/path/to/python3.11." >&2; exit 2; \
fi
endef

# An environment that still works is kept; one whose interpreter is gone is made again.
define make_venv
.venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
  "$$python" -m venv --clear .venv
endef

COMPILE = .env-lock/bin/uv pip compile --quiet --no-config --universal \
  --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-package secondpass \
  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: ## resolve the locks in requirements/ again (UPGRADE=1: newest versions)
	@$(find_python); [ -x .env-lock/bin/uv ] || "$$python" -m venv --clear .env-lock
	@.env-lock/bin/python -m pip install --quiet uv==$(UV_VERSION)
	@$(COMPILE) pyproject.toml -o requirements/core.txt
	@$(COMPILE) --group build -c requirements/core.txt -o requirements/build.txt
	@$(COMPILE) pyproject.toml --extra bench -c requirements/core.txt -c requirements/build.txt -o requirements/bench.txt
	@$(COMPILE) pyproject.toml --extra bench --extra ray -c requirements/bench.txt -o requirements/ray.txt
	@$(COMPILE) pyproject.toml --extra bench --extra ray --group dev -c requirements/ray.txt -c requirements/build.txt -o requirements/dev.txt
	@$(COMPILE) --group audit -o requirements/audit.txt
	@$(COMPILE) requirements/real-engine.in --override requirements/real-engine-overrides.txt \
	  --no-emit-package torch -o requirements/real-engine.txt

clean: ## remove the environments and everything that was built
	rm -rf .venv .env-* .make build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
