#!/usr/bin/env bash
# Real results through the running stack: producer -> Kafka -> sink -> S3, then fetched and compared with what was sent.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
state="${STACK_STATE:-.state/stack}"
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

$bin/python compose/stack.py up
. "$state/env"

step "1. register the schemas: avroforge registry push --registry $SCHEMA_REGISTRY_URL"
$bin/avroforge registry push --registry "$SCHEMA_REGISTRY_URL"

step "2. look at everything before the run: vqe-stream doctor"
$bin/vqe-stream doctor --state "$state/producer"

step "3. publish three real results: vqe-stream publish data/vqe/*.json"
$bin/vqe-stream publish --state "$state/producer" --timeout 30 data/vqe/*.json

step "4. wait for their objects, and compare: vqe-stream results list $RESULTS"
$bin/python compose/compare.py "$RESULTS" data/vqe
$bin/vqe-stream results list "$RESULTS"

step "5. draw their convergence: vqe-stream results plot $RESULTS --out $state/convergence.png"
$bin/vqe-stream results plot "$RESULTS" --out "$state/convergence.png"

printf '\nThe stack goes on running: make stack-down stops it.\n'
