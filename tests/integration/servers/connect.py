"""A Kafka Connect worker with the settings of its compose file, and plugins of the package registries."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from tests.integration.servers.cache import jars, program
from tests.integration.servers.kafka import JVM, LOG4J, VERSION
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.servers.garage import Garage

_WORKER: Final = (
    f"org.apache.kafka:connect-runtime:{VERSION}",
    f"org.apache.kafka:connect-json:{VERSION}",
    f"org.apache.kafka:connect-transforms:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3",
)
_CONVERTER: Final = (
    "io.apicurio:apicurio-registry-utils-converter:2.6.13.Final",
    # The converter brings 1.12.0, which reads the doubles of an array as floats.
    "org.apache.avro:avro:1.12.1",
)
_S3: Final = ("software.amazon.awssdk:s3:2.31.78", "software.amazon.awssdk:url-connection-client:2.31.78")
_SOURCE: Final = Path(__file__).parents[1] / "java" / "StandInS3Sink.java"
# What the worker has itself must not be in a plugin, too.
_WORKER_OWN: Final = ("connect-*.jar", "kafka-clients-*.jar", "slf4j-api-*.jar")
_PREFIX: Final = "CONNECT_"


class ConnectWorker(ServerProcess):
    """The service ``kafka-connect`` of its compose file, on a port of this machine.

    Its image's Avro converter and S3 connector are in no package registry. In their place: Apicurio's
    converter, which reads the same frames, and a stand-in for the connector.
    """

    def __init__(
        self, folder: Path, service: Mapping[str, Any], garage: Garage, *, kafka: str, registry: str
    ) -> None:
        """Write the worker's properties and gather its plugins; `start` starts it.

        Args:
            folder: properties, plugins and log.
            service: the service of the compose file.
            garage: the S3 server.
            kafka: ``host:port`` of the broker.
            registry: address of Apicurio's own interface.

        Raises:
            UnavailableError: no Java, or the jars cannot be had.
        """
        java = program("java", "Kafka Connect needs it")
        worker = jars(f"connect-{VERSION}", *_WORKER)
        folder.mkdir(parents=True)
        plugins = folder / "plugins"
        self._gather(plugins, worker)
        (self.port,) = free_ports(1)
        settings = _properties(service["environment"])
        settings |= {
            "bootstrap.servers": kafka,
            "listeners": f"http://{LOOPBACK}:{self.port}",
            "rest.advertised.host.name": LOOPBACK,
            "plugin.path": str(plugins),
            "offset.flush.interval.ms": "1000",
            "value.converter": "io.apicurio.registry.utils.converter.AvroConverter",
            "value.converter.apicurio.registry.url": registry,
            "value.converter.apicurio.registry.id-handler": "io.apicurio.registry.serde.Legacy4ByteIdHandler",
            "value.converter.apicurio.registry.as-confluent": "true",
            "value.converter.apicurio.registry.use-id": "contentId",
        }
        path = folder / "worker.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        (folder / "log4j2.properties").write_text(LOG4J)
        log4j = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
        command = [java, *JVM, "-Xmx512m", log4j, "-cp", f"{worker}/*"]
        keys = {"AWS_ACCESS_KEY_ID": garage.access_key, "AWS_SECRET_ACCESS_KEY": garage.secret_key}
        others = {name: value for name, value in service["environment"].items() if name.startswith("AWS_")}
        super().__init__(
            [*command, "org.apache.kafka.connect.cli.ConnectDistributed", str(path)],
            folder / "worker.log",
            "Finished starting connectors and tasks",
            {**others, **keys},
        )

    def configure(self, name: str, settings: Mapping[str, str]) -> None:
        """Hand a connector's configuration to the worker, as the compose file's ``s3-sink`` does."""
        answer = httpx.put(f"{self._address(name)}/config", content=json.dumps(settings), headers=_JSON)
        if answer.is_error:
            raise RuntimeError(f"{answer.status_code}: {answer.text}")

    def states(self, name: str) -> list[str]:
        """The states of a connector and its tasks, with the trace of what failed."""
        answer = httpx.get(f"{self._address(name)}/status")
        if answer.is_error:
            return []
        status = answer.json()
        return [each.get("trace", each["state"]) for each in (status["connector"], *status["tasks"])]

    def _address(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.port}/connectors/{name}"

    def _gather(self, plugins: Path, worker: Path) -> None:
        for name, folder in (
            ("converter", jars("connect-converter-2.6.13", *_CONVERTER)),
            ("sink", jars("connect-s3-2.31.78", *_S3)),
        ):
            plugin = plugins / name
            plugin.mkdir(parents=True)
            own = {each for pattern in _WORKER_OWN for each in folder.glob(pattern)}
            for each in set(folder.glob("*.jar")) - own:
                (plugin / each.name).symlink_to(each)
        compiler, packer = program("javac", "the sink is compiled"), program("jar", "it is packed")
        classes = plugins.parent / "classes"
        libraries = f"{worker}/*:{plugins / 'sink'}/*"
        subprocess.run([compiler, "-d", classes, "-cp", libraries, _SOURCE], check=True, timeout=120)
        archive = plugins / "sink" / "stand-in.jar"
        subprocess.run([packer, "--create", "--file", archive, "-C", classes, "."], check=True, timeout=60)


_JSON: Final = {"Content-Type": "application/json"}


def _properties(environment: Mapping[str, object]) -> dict[str, str]:
    """Variables as the image turns them into properties."""
    return {
        name.removeprefix(_PREFIX).lower().replace("_", "."): str(value)
        for name, value in environment.items()
        if name.startswith(_PREFIX) and not name.startswith("CONNECT_VALUE_CONVERTER")
    }
