# Every target can be run again; the environment is built once and when pyproject.toml changes.

PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?=
MINUTES ?= 10

.DEFAULT_GOAL := help
.PHONY: help demo test conformance integration soak codegen codegen-check lint format bench bench-peers fuzz compose-env compose-secrets stack stack-build stack-down demo-stack pictures clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; name one: make PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@

demo: $(READY)  ## three real results: encoded, stored, delivered, read back
	$(BIN)/vqe-stream demo

test: $(READY)  ## everything that needs no server
	$(BIN)/python -m pytest -n auto -m "not conformance and not integration" $(PYTEST_ARGS)

conformance: $(READY)  ## the slower runs over the oracle files in AVROFORGE_SHARED
	$(BIN)/python -m pytest -n auto -m conformance $(PYTEST_ARGS)

integration: $(READY)  ## against real brokers and a real registry, started from jars of Maven without containers
	$(BIN)/python -m pytest -n 2 --dist loadfile --timeout 300 -m integration $(PYTEST_ARGS)

soak: $(READY)  ## the same with the long counts
	$(BIN)/python -m pytest -m integration tests/integration --soak $(PYTEST_ARGS)

codegen: $(READY)  ## regenerate generated/ from schemas/
	$(BIN)/avroforge generate

codegen-check: $(READY)  ## fail if generated/ is not what schemas/ say
	$(BIN)/avroforge generate --check

fuzz: $(READY)  ## damaged input to every reading; make fuzz MINUTES=60
	nice $(BIN)/python -m tests.fuzz.run --minutes $(MINUTES)

lint: $(READY)  ## ruff, mypy --strict, the schema rules, and what would break
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/avroforge lint --strict
	$(BIN)/avroforge fmt --check
	$(BIN)/avroforge breaking

format: $(READY)  ## ruff format
	$(BIN)/ruff format

bench: $(READY)  ## ratios against the other libraries, side by side
	$(BIN)/python benchmarks/vqe.py
	$(BIN)/python benchmarks/shapes.py

bench-peers: $(READY)  ## the same bytes in Java, Go, Rust and JavaScript, where their toolchains are
	$(BIN)/python benchmarks/peers/run.py

compose-env: $(READY)  ## keys and passwords for the compose files, into compose/.env, once
	$(BIN)/python compose/environment.py

compose-secrets: $(READY)  ## certificates for the secured compose file, into compose/secrets, once; HOSTS="name ..." for more
	$(BIN)/python compose/certificates.py $(HOSTS)

stack-build: $(READY)  ## build the S3 server and the sink for `make stack`, once, for minutes
	$(BIN)/python compose/build.py

stack: $(READY)  ## the real Kafka, registry, S3 and sink, in the background on loopback
	$(BIN)/python compose/stack.py up

stack-down: $(READY)  ## stop it
	$(BIN)/python compose/stack.py down

demo-stack: $(READY)  ## three real results through it: produced, stored in S3, fetched, compared
	compose/demo_stack.sh

pictures: $(READY)  ## the pictures of the demo in docs/, from a run of it
	$(BIN)/python compose/picture.py docs/pictures/demo-stack.svg
	$(BIN)/vqe-stream results plot data/vqe --out docs/pictures/convergence.svg

clean:  ## remove the environment and the caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build
