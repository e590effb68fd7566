from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
from pathlib import Path

import pytest

from avroforge.errors import ConfigurationError
from vqe_stream import CertConfig, ProducerConfig, SaslSslOpts, Secret, SecurityConfig, VQEKafkaProducer
from vqe_stream.connection import check_reachable

# What quantum_pipeline 2.5.1 makes of its own defaults: ProducerConfig.from_dict({}).to_dict()
EXISTING = {
    "servers": "localhost:9092",
    "topic": "experiment.vqe",
    "security": {
        "ssl": False,
        "sasl_ssl": False,
        "ssl_check_hostname": False,
        "cert_config": {
            "ssl_dir": "",
            "ssl_cafile": "ca.crt",
            "ssl_certfile": "client.crt",
            "ssl_keyfile": "client.key",
            "ssl_password": None,
            "ssl_crlfile": None,
            "ssl_ciphers": None,
        },
        "sasl_opts": {
            "sasl_mechanism": "",
            "sasl_plain_username": "",
            "sasl_plain_password": "",
            "sasl_kerberos_service_name": "",
            "sasl_kerberos_domain_name": "",
        },
    },
    "retries": 3,
    "retry_delay": 2,
    "kafka_retries": 0,
    "acks": "all",
    "timeout": 10,
    "max_request_size": 134217728,
    "buffer_memory": 134217728,
}


def test_the_defaults_are_the_documented_ones() -> None:
    config = ProducerConfig()
    assert config.bootstrap_servers == "localhost:9092"
    assert config.topic == "experiment.vqe"
    assert config.subject == "experiment.vqe-value"
    assert (config.kafka_retries, config.retries, config.retry_delay) == (5, 3, 2.0)
    assert (config.acks, config.timeout, config.delivery_timeout_ms) == ("all", 10.0, 120_000)
    assert not config.security.enabled
    assert config == ProducerConfig.from_dict({})


def test_a_configuration_of_the_existing_class_is_taken_as_it_is() -> None:
    config = ProducerConfig.from_dict(EXISTING)
    assert config.bootstrap_servers == "localhost:9092"
    assert config.max_request_size == 134217728
    assert config.kafka_retries == 0
    check_reachable(config)


def test_positional_arguments_stand_in_the_order_of_the_existing_class() -> None:
    config = ProducerConfig("host:1", "some.topic", SecurityConfig.get_default(), 1, 2, 3, "all", 4, 5, 6)
    assert (config.retries, config.retry_delay, config.kafka_retries) == (1, 2.0, 3)
    assert (config.timeout, config.max_request_size, config.buffer_memory) == (4.0, 5, 6)


def test_servers_is_another_spelling_of_bootstrap_servers() -> None:
    assert ProducerConfig(servers="host:1").bootstrap_servers == "host:1"
    assert ProducerConfig("host:1", servers="host:1").bootstrap_servers == "host:1"
    assert ProducerConfig.from_dict({"servers": ["a:1", "b:2"]}).bootstrap_servers == "a:1,b:2"
    with pytest.raises(ConfigurationError, match="servers: expected the same as bootstrap_servers 'a:1'"):
        ProducerConfig("a:1", servers="b:1")


def test_one_setting_can_be_replaced() -> None:
    config = dataclasses.replace(ProducerConfig(servers="host:1"), bootstrap_servers="embedded:there")
    assert config.embedded_directory == Path("there")


def test_a_dictionary_gives_the_same_configuration_back() -> None:
    config = ProducerConfig.from_dict(
        {**EXISTING, "state": "here", "security": {"sasl_opts": {"sasl_plain_password": "hunter2"}}}
    )
    assert ProducerConfig.from_dict(config.to_dict()) == config


def test_texts_are_taken_for_numbers() -> None:
    config = ProducerConfig.from_dict(
        {"retries": "5", "timeout": "2.5", "retry_delay": "0", "allow_network_file_system": "yes"}
    )
    assert (config.retries, config.timeout, config.retry_delay) == (5, 2.5, 0.0)
    assert config.allow_network_file_system is True


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"retries": -1}, "retries: expected a whole number, 0 or more, got int -1"),
        ({"retries": "many"}, "retries: expected a whole number, 0 or more, got str 'many'"),
        ({"retries": 1.5}, "retries: expected a whole number, 0 or more, got float 1.5"),
        ({"retries": True}, "retries: expected a whole number, 0 or more, got bool True"),
        ({"timeout": 0}, "timeout: expected seconds, more than 0, got int 0"),
        ({"timeout": "nan"}, "timeout: expected seconds, more than 0, got str 'nan'"),
        ({"timeout": float("inf")}, "timeout: expected seconds, more than 0, got float inf"),
        ({"retry_delay": -0.1}, "retry_delay: expected seconds, 0 or more, got float -0.1"),
        ({"topic": ""}, "topic: expected a text, got str ''"),
        ({"topic": "a b"}, "topic: expected 1 to 249 of"),
        ({"state": 7}, "state: expected a path, got int 7"),
        ({"allow_network_file_system": "perhaps"}, "allow_network_file_system: expected true or false"),
        ({"max_request_size": 2**26}, "buffer_memory: expected at least max_request_size"),
        ({"security": "on"}, "security: expected a table of settings, got str"),
        ({"kafka_retris": 3}, "kafka_retris: no such setting; did you mean 'kafka_retries'?"),
        ({"zzz": 3}, "zzz: no such setting; known are acks,"),
        ({"security": {"sll": True}}, "security.sll: no such setting; did you mean 'security.ssl'?"),
        (
            {"security": {"cert_config": {"cafile": "x"}}},
            "security.cert_config.cafile: no such setting; did you mean 'security.cert_config.ssl_cafile'?",
        ),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ProducerConfig.from_dict(settings)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("acks", ["all", "ALL", -1, "-1"])
def test_every_spelling_of_all_acknowledgements_is_understood(acks: str | int) -> None:
    assert ProducerConfig(acks=acks).acks == "all"


@pytest.mark.parametrize("acks", [0, 1, "0", "1", "some", True])
def test_fewer_acknowledgements_are_refused_with_the_reason(acks: str | int) -> None:
    with pytest.raises(ConfigurationError, match="may lose a result that it has confirmed"):
        ProducerConfig(acks=acks)


def test_passwords_show_in_no_text_of_the_configuration(caplog: pytest.LogCaptureFixture) -> None:
    canary = "correct-horse-battery"
    security = SecurityConfig(
        sasl_ssl=True,
        cert_config=CertConfig(ssl_password=canary),
        sasl_opts=SaslSslOpts(sasl_plain_username="me", sasl_plain_password=canary),
    )
    config = ProducerConfig(security=security)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("%s %r %s", config, config, dataclasses.asdict(config))
    texts = [str(config), repr(config), str(config.to_dict()), json.dumps(config.to_dict(), default=str)]
    for refusal in (
        lambda: VQEKafkaProducer(ProducerConfig("embedded:", security=security)),
        lambda: ProducerConfig.from_dict({"security": canary}),
        lambda: ProducerConfig.from_dict({"security": {"sasl_opts": {"sasl_plain_password": [canary]}}}),
        lambda: ProducerConfig.from_dict({"security": {"sasl_opts": canary}}),
    ):
        with pytest.raises(ConfigurationError) as caught:
            refusal()
        texts.append(str(caught.value))
    assert canary not in " ".join([*texts, caplog.text])
    assert config.security.sasl_opts.sasl_plain_password == Secret(canary)


def test_a_secret_is_copied_but_not_pickled() -> None:
    secret = Secret("x")
    assert copy.deepcopy(secret).reveal() == "x"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_host_names_are_checked_unless_someone_says_no() -> None:
    assert SecurityConfig().ssl_check_hostname is True
    assert SecurityConfig.from_dict({"ssl": True}).ssl_check_hostname is True


@pytest.mark.parametrize(
    ("security", "setting"),
    [
        ({"ssl": True}, "security.ssl"),
        ({"sasl_ssl": True}, "security.sasl_ssl"),
        ({"cert_config": {"ssl_cafile": "mine.crt"}}, "security.cert_config.ssl_cafile"),
        ({"cert_config": {"ssl_certfile": "mine.crt"}}, "security.cert_config.ssl_certfile"),
        ({"cert_config": {"ssl_keyfile": "mine.key"}}, "security.cert_config.ssl_keyfile"),
        ({"cert_config": {"ssl_password": "x"}}, "security.cert_config.ssl_password"),
        ({"cert_config": {"ssl_crlfile": "x"}}, "security.cert_config.ssl_crlfile"),
        ({"cert_config": {"ssl_ciphers": "x"}}, "security.cert_config.ssl_ciphers"),
        ({"sasl_opts": {"sasl_plain_username": "x"}}, "security.sasl_opts.sasl_plain_username"),
    ],
)
def test_no_security_setting_is_silently_ignored(
    security: dict[str, object], setting: str, tmp_path: Path
) -> None:
    config = ProducerConfig.from_dict(
        {"bootstrap_servers": "embedded:", "state": tmp_path, "security": security}
    )
    with pytest.raises(ConfigurationError, match=setting):
        VQEKafkaProducer(config)
    assert list(tmp_path.iterdir()) == []


def test_state_lives_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    config = ProducerConfig("embedded:")
    assert config.outbox_directory == tmp_path / "vqe-stream" / "outbox"
    assert config.registry_location == str(tmp_path / "vqe-stream" / "registry.json")
    assert config.embedded_directory == tmp_path / "vqe-stream" / "topics"
    monkeypatch.delenv("XDG_STATE_HOME")
    assert ProducerConfig().state_directory == Path.home() / ".local" / "state" / "vqe-stream"


def test_folders_can_be_named_apart(tmp_path: Path) -> None:
    config = ProducerConfig(
        f"embedded:{tmp_path}/log", state=tmp_path, outbox=tmp_path / "out", registry=str(tmp_path / "r.json")
    )
    assert config.embedded_directory == tmp_path / "log"
    assert config.outbox_directory == tmp_path / "out"
    assert config.registry_location == str(tmp_path / "r.json")
