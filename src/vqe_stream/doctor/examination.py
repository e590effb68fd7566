"""What there is to look at for a configuration, in the order in which it matters."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from avroforge.errors import MissingExtraError
from avroforge.registry.location import is_address
from vqe_stream.check import Check, Verdict
from vqe_stream.claim import open_buckets
from vqe_stream.connection import kafka_options
from vqe_stream.doctor.clock import look_at_clock
from vqe_stream.doctor.outbox import look_at_folders, look_at_outbox, look_at_topic_log
from vqe_stream.doctor.registry import look_at_registry
from vqe_stream.doctor.step import Step
from vqe_stream.security import refuse_security

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vqe_stream.config import ProducerConfig


def steps(config: ProducerConfig, sources: Mapping[str, str], space: int) -> Iterator[Step]:
    """Everything to look at.

    Args:
        config: the settings.
        sources: where each setting that is no default was read.
        space: bytes that the results of the run will take.
    """
    yield Step("configuration", partial(_settings, config, sources))
    yield Step("folders", partial(look_at_folders, config, space))
    if config.claims_bucket is not None:
        yield Step("claims bucket", partial(_bucket, config, config.claims_bucket))
    yield Step("outbox", partial(look_at_outbox, config))
    yield Step("clock", partial(look_at_clock, config))
    if config.embedded_directory is not None:
        yield Step("security", partial(_no_security, config))
        yield Step("topic log", partial(look_at_topic_log, config, config.embedded_directory))
    else:
        yield Step("security", partial(_security, config))
        yield Step("brokers", partial(_brokers, config), needs="security")
        yield Step("topics", partial(_topics, config), needs="brokers")
        yield Step("transactions", partial(_transactions, config), needs="brokers")
    if config.security.enabled or is_address(config.registry_location):
        yield Step("certificates", partial(_certificates, config))
    if config.security.enabled:
        yield Step("broker certificates", partial(_peers, config), needs="brokers")
    yield Step("registry", partial(look_at_registry, config))
    if is_address(config.registry_location) and "https://" in config.registry_location.lower():
        yield Step("registry certificate", partial(_registry_peers, config), needs="registry")


def _settings(config: ProducerConfig, sources: Mapping[str, str]) -> Iterator[Check]:
    values = config.to_dict()
    plain = (str, int, float, bool)
    given = [
        f"{name}{f' {values[name]}' if isinstance(values.get(name), plain) else ''} ({source})"
        for name, source in sources.items()
    ]
    yield Check(
        "configuration", Verdict.OK, ", ".join([*given, "the rest by default" if given else "all defaults"])
    )


def _bucket(config: ProducerConfig, location: str) -> Iterator[Check]:
    open_buckets(config.claims_endpoint).look(location)
    yield Check("claims bucket", Verdict.OK, f"{location} answers")


def _no_security(config: ProducerConfig) -> Iterator[Check]:
    refuse_security(config.security, "the embedded topic log has no connection to protect")
    yield Check("security", Verdict.OK, "embedded topic log: no connection to protect")


def _security(config: ProducerConfig) -> Iterator[Check]:
    used = kafka_options(config).security
    if not used:
        yield Check("security", Verdict.OK, "off: the connection to the brokers is not encrypted")
        return
    mechanism = f", login by {used['sasl_mechanism']}" if "sasl_mechanism" in used else ""
    hosts = "checked" if config.security.ssl_check_hostname else "NOT checked"
    verdict = Verdict.OK if config.security.ssl_check_hostname else Verdict.WARNING
    advice = "" if config.security.ssl_check_hostname else "set security.ssl_check_hostname"
    yield Check("security", verdict, f"TLS, host names {hosts}{mechanism}", advice)


def _brokers(config: ProducerConfig) -> Iterator[Check]:
    from vqe_stream.doctor.brokers import look_at_brokers  # noqa: PLC0415 - needs kafka-python

    return look_at_brokers(kafka_options(config))


def _topics(config: ProducerConfig) -> Iterator[Check]:
    from vqe_stream.doctor.brokers import look_at_topics  # noqa: PLC0415 - as above

    return look_at_topics(config, kafka_options(config))


def _transactions(config: ProducerConfig) -> Iterator[Check]:
    from vqe_stream.doctor.brokers import look_at_transactions  # noqa: PLC0415 - as above

    return look_at_transactions(kafka_options(config))


def _certificates(config: ProducerConfig) -> Iterator[Check]:
    with _cryptography():
        from vqe_stream.doctor.certificates import look_at_files  # noqa: PLC0415 - needs cryptography

    return look_at_files(config)


def _peers(config: ProducerConfig) -> Iterator[Check]:
    with _cryptography():
        from vqe_stream.doctor.certificates import look_at_peers  # noqa: PLC0415 - as above

    return look_at_peers(kafka_options(config))


def _registry_peers(config: ProducerConfig) -> Iterator[Check]:
    with _cryptography():
        from vqe_stream.doctor.certificates import look_at_registry as look  # noqa: PLC0415 - as above

    return look(each.strip() for each in config.registry_location.split(","))


@contextmanager
def _cryptography() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("cryptography"):
            raise
        raise MissingExtraError(
            "cryptography is not installed, so certificates are not looked into; run 'pip install "
            "avroforge[secrets]'"
        ) from error
