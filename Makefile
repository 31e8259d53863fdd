# `make repro` and `make test` do all the set-up that they need; `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
SUITE ?= pocket
WORKERS ?=
STAGE ?=
NAME ?= --help
BASE ?= main
HEAD ?= HEAD
ARGS ?=

BIN := $(VENV)/bin
READY := $(VENV)/ready
# The root dvc.yaml is the pocket suite; every other suite is a folder below suites/.
PIPELINE := $(if $(filter pocket,$(SUITE)),dvc.yaml,suites/$(SUITE)/dvc.yaml)
PARAMS := $(if $(filter pocket,$(SUITE)),params.yaml,suites/$(SUITE)/params.yaml)
SUITE_READY := $(if $(wildcard suites/$(SUITE)/requirements.txt),$(VENV)/ready-$(SUITE))
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup plan repro study why experiment plots review docs copies test test-all fuzz mutants lint \
  clean-scratch

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
	  awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(READY)  ## make the virtual environment with pinned packages

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m waystation.runner.offline_page --out .dvc/plots/offline.html
	touch $@

# Packages that a suite needs beyond those of all suites; their own dependencies are not needed.
$(VENV)/ready-%: suites/%/requirements.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	touch $@

repro: $(READY) $(SUITE_READY)  ## run what is out of date of a suite (SUITE=pocket, small, ...; WORKERS=2)
	@$(RUN) python -m waystation run --suite-file $(PIPELINE) $(if $(WORKERS),--workers $(WORKERS))

study: $(READY) $(SUITE_READY)  ## answer a question (NAME=model_scaling SUITE=small); without NAME report what has run
	@$(RUN) python -m waystation study $(NAME) --suite-file $(PIPELINE) $(ARGS)

why: $(READY)  ## say why stages are out of date (STAGE='target@tagging-* align')
	@set -f; $(RUN) python -m waystation why --suite-file $(PIPELINE) $(STAGE)

plan: $(READY)  ## say what a suite's run takes (SUITE=xtreme ARGS='--gpu h200')
	$(RUN) python -m waystation plan --params $(PARAMS) $(ARGS)

experiment: $(READY) $(SUITE_READY)  ## run a variant of a suite, e.g. ARGS='-S target.learning_rate=2e-5'
	$(RUN) python -m waystation experiment --suite-file $(PIPELINE) -- $(ARGS)

plots: $(READY)  ## draw a suite's tables beside a revision's (SUITE=small ARGS='HEAD~1')
	$(RUN) dvc plots diff $(ARGS) --targets $(PIPELINE)

review: $(READY)  ## say what a change did to the results (BASE=main HEAD=my-branch)
	@$(RUN) python -m waystation review $(BASE) $(HEAD) $(ARGS)

docs: $(READY)  ## fill the generated blocks of README.md and docs/ (ARGS=--check: only look)
	$(RUN) python -m waystation docs $(ARGS)

copies:  ## copy dvc.yaml into the folder of every suite
	@for folder in suites/*/; do cp dvc.yaml $$folder; done

# A file's tests share what is dear to make, so that a file stays with one process.
PYTEST := $(RUN) python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test: $(READY)  ## run the tests (minutes)
	$(PYTEST) $(ARGS)

test-all: $(READY)  ## run all tests, the slow ones too
	$(PYTEST) -m '' $(ARGS)

fuzz: $(READY)  ## try every reader on 100,000 broken inputs (ARGS='--inputs 1000 --seed 1')
	$(BIN)/python -m tests.fuzz $(ARGS)

mutants: $(READY)  ## mutate the parsers; 95 % must fail a test (minutes; ARGS=tasks/xcopa)
	$(RUN) python -m tests.mutants $(ARGS)

lint: $(READY)  ## check style, form and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean-scratch:  ## drop checkpoints and finished seeds that are kept for later runs
	rm -rf .scratch
