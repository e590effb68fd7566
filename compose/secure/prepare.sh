#!/usr/bin/env bash
# Topics, users and their rights on a secured broker. Running it again changes nothing but the passwords.
#
#   KAFKA_BIN       folder of Kafka's tools
#   BROKER          host:port of the listener for brokers
#   BROKER_CLIENT   properties to connect with; their certificate is that of a super user
#   PRODUCER_PASSWORD, REGISTRY_PASSWORD, SINK_PASSWORD
set -euo pipefail

on_broker() { "$KAFKA_BIN/$1" --bootstrap-server "$BROKER" --command-config "$BROKER_CLIENT" "${@:2}"; }
topic() { on_broker kafka-topics.sh --create --if-not-exists --replication-factor 1 --topic "$@"; }
allow() { on_broker kafka-acls.sh --add --force --allow-principal "$@" > /dev/null; }
# Not by the command line, which everybody on the machine can read.
user() {
  on_broker kafka-configs.sh --alter --entity-type users --entity-name "$1" \
    --add-config-file <(printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$2")
}

topic experiment.vqe --partitions 3 --config max.message.bytes=16777216 --config message.timestamp.type=LogAppendTime
topic experiment.vqe.claims --partitions 1 --config message.timestamp.type=LogAppendTime
topic experiment.vqe.dlq --partitions 1 --config max.message.bytes=20971520 --config retention.ms=-1

user producer "$PRODUCER_PASSWORD"
user registry "$REGISTRY_PASSWORD"
user sink "$SINK_PASSWORD"

# The relay reads, too: after an unknown outcome it looks for the result before it sends it again.
allow User:producer --operation Write --operation Read --operation Describe --operation DescribeConfigs \
  --topic experiment.vqe --topic experiment.vqe.claims
allow User:producer --operation Write --operation Describe --transactional-id avroforge- --resource-pattern-type prefixed
allow User:registry --operation All --topic _schemas --group schema-registry
allow User:sink --operation Read --operation Describe --topic experiment.vqe --group redpanda-s3-sink
allow User:sink --operation Write --operation Describe --topic experiment.vqe.dlq
