"""Real Kafka brokers in KRaft mode, without containers: one node, or three, each broker and controller."""

from __future__ import annotations

import base64
import subprocess
import uuid
from typing import TYPE_CHECKING, Final, Self

from tests.integration.servers.cache import jars, program
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports
from tests.integration.servers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.integration.servers.secured import SecuredListeners

VERSION: Final = "4.2.0"
_JARS: Final = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3",
)
JVM: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_MEBIBYTE: Final = 1024 * 1024
LOG4J: Final = """status = error
appender.c.type = Console
appender.c.name = STDOUT
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = INFO
rootLogger.appenderRef.c.ref = STDOUT
"""


class Broker(ServerProcess):
    """One node of a cluster.

    Attributes:
        number: its node id, from 1.
        proxy: what clients connect through.
    """

    def __init__(self, number: int, port: int, proxy: Proxy, command: Sequence[str], log: Path) -> None:
        super().__init__(command, log, "Kafka Server started")
        self.number = number
        self.proxy = proxy
        self.port = port
        proxy.lead_to(port)

    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return f"{LOOPBACK}:{self.proxy.port}"


class KafkaCluster:
    """Formatted in a folder, started on free ports, reached by its clients through one proxy per broker.

    Brokers speak to each other without the proxies. Names of internal topics, replication and the minimum of
    replicas in sync fit the number of nodes.

    Attributes:
        direct_servers: addresses past the proxies, for measurements.
    """

    def __init__(
        self,
        folder: Path,
        nodes: int = 1,
        settings: Mapping[str, object] | None = None,
        secured: SecuredListeners | None = None,
    ) -> None:
        """Lay out and format the cluster; `start` starts it.

        Args:
            folder: data, configuration and logs.
            nodes: how many brokers, each of them a controller too.
            settings: of every broker, over those here.
            secured: further listeners of the first broker, with TLS.

        Raises:
            UnavailableError: no Java, or the jars cannot be had.
        """
        self._java = program("java", "Kafka needs it")
        self._classpath = str(jars(f"kafka-{VERSION}", *_JARS) / "*")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log4j2.properties").write_text(LOG4J)
        ports = free_ports(3 * nodes)
        clients, internals, controllers = ports[:nodes], ports[nodes : 2 * nodes], ports[2 * nodes :]
        voters = ",".join(f"{n}@{LOOPBACK}:{port}" for n, port in enumerate(controllers, 1))
        # Base64 of its own may begin with a dash, which the command line takes for an option.
        cluster_id = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:].rstrip("=")
        self.direct_servers = ",".join(f"{LOOPBACK}:{port}" for port in internals)
        self.brokers: list[Broker] = []
        for number in range(1, nodes + 1):
            proxy = Proxy()
            at = number - 1
            own: dict[str, object] = {
                "node.id": number,
                "controller.quorum.voters": voters,
                "listeners": f"CLIENT://{LOOPBACK}:{clients[at]},INTERNAL://{LOOPBACK}:{internals[at]},"
                f"CONTROLLER://{LOOPBACK}:{controllers[at]}",
                "advertised.listeners": f"CLIENT://{LOOPBACK}:{proxy.port},INTERNAL://{LOOPBACK}:{internals[at]}",
                "log.dirs": folder / f"node{number}" / "data",
            }
            users: Sequence[str] = ()
            jvm: Sequence[str] = ()
            if secured and number == 1:
                own = secured.added_to({**_defaults(nodes), **own})
                users, jvm = secured.users, secured.jvm_options
            path = self._configure(number, {**_defaults(nodes), **own, **(settings or {})})
            self._format(path, cluster_id, users)
            heap = "384m" if nodes > 1 else "640m"
            command = self._command("kafka.Kafka", str(path), heap=heap, jvm=jvm)
            self.brokers.append(Broker(number, clients[at], proxy, command, path.with_name("server.log")))

    @property
    def servers(self) -> str:
        """The addresses of all brokers, as clients take them."""
        return ",".join(each.address for each in self.brokers)

    def start(self) -> None:
        """Start every broker that does not run, and return once all are ready."""
        started = [each for each in self.brokers if not each.running]
        for each in started:
            each.launch()
        for each in started:
            each.wait_ready()

    def stop(self) -> None:
        """End every broker; the data stays."""
        for each in self.brokers:
            each.kill() if len(self.brokers) > 1 else each.stop()

    def close(self) -> None:
        """End everything, proxies too."""
        self.stop()
        for each in self.brokers:
            each.proxy.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _configure(self, number: int, settings: Mapping[str, object]) -> Path:
        path = self.folder / f"node{number}" / "server.properties"
        path.parent.mkdir()
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return path

    def _format(self, path: Path, cluster_id: str, users: Sequence[str]) -> None:
        what = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(path)]
        command = self._command(*what, *(word for each in users for word in ("--add-scram", each)))
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"Kafka cannot format its storage: {(done.stdout + done.stderr)[-800:]}")

    def _command(self, *what: str, heap: str = "256m", jvm: Sequence[str] = ()) -> list[str]:
        log4j = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [self._java, f"-Xmx{heap}", *JVM, *jvm, log4j, "-cp", self._classpath, *what]


def _defaults(nodes: int) -> dict[str, object]:
    replicas, in_sync = min(3, nodes), min(2, nodes)
    return {
        "process.roles": "broker,controller",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "INTERNAL",
        "controller.listener.names": "CONTROLLER",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": 5,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 5,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        "message.max.bytes": 32 * _MEBIBYTE,
        # A dead broker is noticed in seconds, as in a test one does not want to wait longer.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "controller.quorum.election.timeout.ms": 1000,
        "controller.quorum.fetch.timeout.ms": 2000,
        "replica.lag.time.max.ms": 5000,
    }
