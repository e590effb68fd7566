"""Everything a producer, a relay or a consumer can be told, checked before anything is opened."""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, InitVar, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from avroforge.delivery.record import check_topic
from avroforge.errors import ConfigurationError, InvalidRecordError
from avroforge.registry.client import BasicAuth
from avroforge.registry.client.confluent import confluent_settings, hidden
from avroforge.registry.location import is_address
from avroforge.secret import Secret
from avroforge.setting import path, refuse_unknown, seconds, table, text, truth, whole
from vqe_stream.security import SecurityConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVERS_VARIABLE: Final = "KAFKA_SERVERS"
DEFAULT_SERVERS: Final = "localhost:9092"
EMBEDDED: Final = "embedded:"
MEBIBYTE: Final = 1024 * 1024

_ALL_ACKS: Final = ("all", "-1", -1)


def default_state() -> Path:
    """Where results wait unless told otherwise: the user's own, and the same from every folder."""
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "vqe-stream"


@dataclass(frozen=True, slots=True)
class ProducerConfig:
    """Settings of `VQEKafkaProducer`, and of everything else that speaks to the same topic.

    The first ten are those of quantum_pipeline's class, in its order. Texts are taken for numbers where a
    number is meant, so that a command line or a file can be passed on as it is.

    Attributes:
        bootstrap_servers: broker addresses, or ``embedded:DIR`` for a topic log in files (``embedded:`` alone
            keeps it in the state folder).
        topic: the topic of every result, whatever its molecule.
        security: of the connection to the brokers.
        retries: immediate attempts after a definite failure; 0 makes one attempt. Then the result stays
            stored and is tried again later.
        retry_delay: seconds before the first of them; doubled for each further one.
        kafka_retries: how often the Kafka client itself asks again; 0 counts as 1.
        acks: only ``all``; ``-1`` says the same.
        timeout: seconds to wait for delivery where waiting is asked for; it cancels nothing.
        max_request_size: largest record, in bytes.
        buffer_memory: bytes of results that are handed to the Kafka client at a time.
        servers: another spelling of `bootstrap_servers`, only to construct with.
        delivery_timeout_ms: milliseconds after which the Kafka client gives up on a record.
        state: folder of the outbox, the registry file and the embedded topic log, unless named apart; None:
            the user's own folder for state.
        outbox: folder of the outbox; None: ``outbox`` in the state folder.
        outbox_max_bytes: bytes that the outbox may take on its disk, delivered results included until they
            are pruned; None: as far as the disk goes.
        spill: folder for results that the outbox cannot take, best on another disk; None: nowhere.
        claims: folder of results that are larger than `max_request_size`, best one that consumers see under
            the same path; or ``s3://BUCKET/PREFIX``, to where the relay brings them; None: ``claims`` in the
            state folder, which also keeps them on their way to a bucket.
        claims_endpoint: the S3 server of the bucket; None: what ``AWS_ENDPOINT_URL_S3`` names, or Amazon's.
        registry: registry file, or addresses of a registry server (``http://``, ``https://``) with commas
            between them; None: ``registry.json`` in the state folder. User name and password in an address
            become an option.
        registry_options: settings for a registry server, by Confluent's names (``basic.auth.user.info``,
            ``ssl.ca.location``, ``timeout`` and so on).
        group: consumers of one group share the records and go on where it stopped; None: each consumer reads
            everything, from a place that it is given.
        dead_letters: a group's unreadable records are kept in the topic ``<topic>.dlq`` before they are
            passed over.
        allow_memory_file_system: accept an outbox that forgets everything at power-off.
        allow_network_file_system: accept an outbox on NFS and the like.

    Raises:
        ConfigurationError: a value that cannot be meant; the message names the setting.
    """

    bootstrap_servers: str = DEFAULT_SERVERS
    topic: str = "experiment.vqe"
    security: SecurityConfig = field(default_factory=SecurityConfig)
    retries: int = 3
    retry_delay: float = 2.0
    kafka_retries: int = 5
    acks: str | int = "all"
    timeout: float = 10.0
    max_request_size: int = 16 * MEBIBYTE
    buffer_memory: int = 32 * MEBIBYTE
    _: KW_ONLY
    servers: InitVar[str | None] = None
    delivery_timeout_ms: int = 120_000
    state: Path | None = None
    outbox: Path | None = None
    outbox_max_bytes: int | None = None
    spill: Path | None = None
    registry: str | None = None
    registry_options: Mapping[str, object] = field(default_factory=dict, hash=False)
    claims: Path | str | None = None
    claims_endpoint: str | None = None
    group: str | None = None
    dead_letters: bool = False
    allow_memory_file_system: bool = False
    allow_network_file_system: bool = False

    def __post_init__(self, servers: str | None) -> None:
        given = _servers(self.bootstrap_servers)
        if servers is not None:
            if given not in (DEFAULT_SERVERS, _servers(servers)):
                raise ConfigurationError(
                    f"servers: expected the same as bootstrap_servers {given!r}, got {servers!r}; "
                    "set one of them"
                )
            given = _servers(servers)
        self._set("bootstrap_servers", given)
        self._set("topic", _named("topic", self.topic))
        for name, least in (("retries", 0), ("kafka_retries", 0), ("max_request_size", 1)):
            self._set(name, whole(name, getattr(self, name), least))
        for name in ("buffer_memory", "delivery_timeout_ms"):
            self._set(name, whole(name, getattr(self, name), 1))
        self._set("retry_delay", seconds("retry_delay", self.retry_delay, zero=True))
        self._set("timeout", seconds("timeout", self.timeout, zero=False))
        self._set("acks", _acks(self.acks))
        for name in ("state", "outbox", "spill"):
            if getattr(self, name) is not None:
                self._set(name, path(name, getattr(self, name)))
        if self.outbox_max_bytes is not None:
            self._set("outbox_max_bytes", whole("outbox_max_bytes", self.outbox_max_bytes, 1))
        if self.claims is not None:
            self._set("claims", _claims(self.claims))
        if self.claims_endpoint is not None:
            self._set("claims_endpoint", text("claims_endpoint", self.claims_endpoint))
        if self.registry is not None:
            self._set("registry", text("registry", str(self.registry)))
        self._take_registry()
        if self.group is not None:
            self._set("group", _named("group", self.group))
        for name in ("dead_letters", "allow_memory_file_system", "allow_network_file_system"):
            self._set(name, truth(name, getattr(self, name)))
        self._check_together()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _take_registry(self) -> None:
        """Keep an address without what is secret in it, and check the options with it."""
        options = hidden(table("registry_options", self.registry_options))
        if is_address(self.registry_location):
            settings = confluent_settings({"url": self.registry_location, **options})
            user = settings.credentials
            if "@" in self.registry_location and isinstance(user, BasicAuth):
                options.pop("basic.auth.credentials.source", None)
                options["basic.auth.user.info"] = Secret(f"{user.username}:{user.password.reveal()}")
            self._set("registry", settings.name)
        elif options:
            raise ConfigurationError(
                "registry_options: set although the registry is a file, so they would be ignored; remove "
                "them, or set registry to an address"
            )
        self._set("registry_options", options)

    def _check_together(self) -> None:
        if not isinstance(self.security, SecurityConfig):
            raise ConfigurationError(f"security: expected SecurityConfig, got {type(self.security).__name__}")
        if self.buffer_memory < self.max_request_size:
            raise ConfigurationError(
                f"buffer_memory: expected at least max_request_size ({self.max_request_size}), got "
                f"{self.buffer_memory}: the largest record has to fit; raise it"
            )
        if self.dead_letters and self.group is None:
            raise ConfigurationError(
                "dead_letters: expected a group with it, got none: without a position every run would send "
                "them again; set group"
            )

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build from settings by name; ``security`` is a table of its own.

        Raises:
            ConfigurationError: an unknown setting (the message names the one probably meant), or a value
                that cannot be meant.
        """
        refuse_unknown(data, setting_names())
        values: dict[str, Any] = dict(data)
        if "security" in values and not isinstance(values["security"], SecurityConfig):
            values["security"] = SecurityConfig.from_dict(table("security", values["security"]))
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The settings by name, as `from_dict` takes them; a password stays a `Secret`."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "security": self.security.to_dict()}

    @property
    def subject(self) -> str:
        """Under which name the registry has the schema of the results."""
        return f"{self.topic}-value"

    @property
    def state_directory(self) -> Path:
        """`state`, or the user's own folder for state."""
        return self.state or default_state()

    @property
    def outbox_directory(self) -> Path:
        """Where results wait."""
        return self.outbox or self.state_directory / "outbox"

    @property
    def claims_directory(self) -> Path:
        """Where results lie that are too large for the topic."""
        return self.claims if isinstance(self.claims, Path) else self.state_directory / "claims"

    @property
    def claims_bucket(self) -> str | None:
        """``s3://BUCKET/PREFIX`` of such results, without a slash at its end; None: in the folder."""
        return self.claims if isinstance(self.claims, str) else None

    @property
    def claims_topic(self) -> str:
        """The topic of the records that stand for them."""
        return f"{self.topic}.claims"

    @property
    def claims_subject(self) -> str:
        """Under which name the registry has the schema of those records."""
        return f"{self.claims_topic}-value"

    @property
    def dead_letters_topic(self) -> str:
        """The topic of records that are no results."""
        return f"{self.topic}.dlq"

    @property
    def group_directory(self) -> Path:
        """Where the ids that groups have read are kept, and their positions in the embedded log."""
        return self.state_directory / "groups"

    @property
    def registry_location(self) -> str:
        """The registry's file or addresses."""
        return self.registry or str(self.state_directory / "registry.json")

    @property
    def embedded_directory(self) -> Path | None:
        """The folder of the embedded topic log, or None for brokers."""
        if not self.bootstrap_servers.startswith(EMBEDDED):
            return None
        named = self.bootstrap_servers.removeprefix(EMBEDDED)
        return Path(named).expanduser() if named else self.state_directory / "topics"


def setting_names() -> tuple[str, ...]:
    """What `ProducerConfig.from_dict` knows."""
    return (*(each.name for each in fields(ProducerConfig)), "servers")


def _claims(value: object) -> Path | str:
    if not str(value).startswith("s3://"):
        return path("claims", value)
    address = str(value).rstrip("/")
    if not address.removeprefix("s3:").strip("/"):
        raise ConfigurationError(f"claims: expected a folder or s3://BUCKET/PREFIX, got {value!r}")
    return address


def _servers(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(text("bootstrap_servers", each) for each in value)
    return text("bootstrap_servers", value)


def _named(setting: str, value: object) -> str:
    """A name by Kafka's rules for topics; a group's is that of a file too."""
    name = text(setting, value)
    try:
        check_topic(name)
    except InvalidRecordError as error:
        raise ConfigurationError(str(error).replace("topic", setting, 1)) from error
    return name


def _acks(value: object) -> str:
    known = value.strip().lower() if isinstance(value, str) else value
    if isinstance(known, bool) or known not in _ALL_ACKS:
        raise ConfigurationError(
            f"acks: expected 'all', got {value!r}: with fewer acknowledgements a broker may lose a result "
            "that it has confirmed; remove the setting"
        )
    return "all"
