"""The Kafka of a compose file without its container: the same settings, read by the image's own program."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING, Any, Final

from tests.integration.servers.cache import jars, program
from tests.integration.servers.kafka import JVM, LOG4J, VERSION
from tests.integration.servers.process import ServerProcess, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_JARS: Final = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    f"org.apache.kafka:kafka-tools:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3",
)
_TOOLS: Final = {
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-broker-api-versions.sh": "org.apache.kafka.tools.BrokerApiVersionsCommand",
}
_PORTS: Final = ("9092", "9093", "9094", "9095")
_VARIABLE: Final = re.compile(r"\$(?:\$|\{(\w+)(?::-([^}]*)|:\?[^}]*)?\})")
_ADDRESS: Final = re.compile(rf"(?:kafka|localhost)?:({'|'.join(_PORTS)})\b")
_PREFIX: Final = "KAFKA_"
_NOT_THE_BROKER_S: Final = ("KAFKA_HEAP_OPTS",)


class ComposedKafka(ServerProcess):
    """The service ``kafka`` of a compose file, on ports of this machine.

    Attributes:
        folder: data, configuration and logs.
        tools: a folder with Kafka's command line tools, for scripts that expect them.
    """

    def __init__(
        self,
        folder: Path,
        project: Mapping[str, Any],
        variables: Mapping[str, str],
        secrets: Path | None = None,
    ) -> None:
        """Set it up and format its storage; `start` starts it.

        Args:
            folder: where it may write.
            project: the compose file.
            variables: what a user's environment sets.
            secrets: where certificates are.

        Raises:
            UnavailableError: no Java, or the jars cannot be had.
        """
        java = program("java", "Kafka needs it")
        classpath = f"{jars(f'kafka-tools-{VERSION}', *_JARS)}/*"
        self.folder = folder
        self.tools = folder / "bin"
        self._services: Mapping[str, Any] = project["services"]
        self._variables = variables
        self._secrets = secrets
        self._ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        for each in ("image", "mounted", "config", "bin"):
            (folder / each).mkdir(parents=True)
        self._write_tools([java, *JVM, "-Xmx128m", "-cp", classpath])
        (folder / "log4j2.properties").write_text(LOG4J)
        log4j = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
        run = [java, *JVM, "-Xmx640m", log4j, "-cp", classpath]
        self._set_up(run)
        properties = str(folder / "config" / "server.properties")
        super().__init__([*run, "kafka.Kafka", properties], folder / "server.log", "Kafka Server started")

    def _write_tools(self, command: list[str]) -> None:
        for name, main in _TOOLS.items():
            tool = self.tools / name
            tool.write_text(f'#!/bin/sh\nexec {shlex.join([*command, main])} "$@"\n')
            tool.chmod(0o755)

    def _set_up(self, run: list[str]) -> None:
        """What the image runs before the broker: variables become properties, the storage is formatted."""
        command = [*run, "kafka.docker.KafkaDockerWrapper", "setup"]
        for option, name in (("default", "image"), ("mounted", "mounted"), ("final", "config")):
            command += [f"--{option}-configs-dir", str(self.folder / name)]
        for each in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (self.folder / "image" / each).touch()
        self.run(command, self.environment("kafka"))

    def address(self, port: int) -> str:
        """Where this machine has a port of the container."""
        return f"localhost:{self._ports[str(port)]}"

    def environment(self, service: str) -> dict[str, str]:
        """The variables of a service, with addresses and paths of this machine."""
        return {name: self.here(str(value)) for name, value in self._services[service]["environment"].items()}

    def here(self, text: str) -> str:
        """A text of the compose file, with the user's variables, and addresses and paths of this machine."""
        text = _VARIABLE.sub(self._value, text)
        text = _ADDRESS.sub(lambda found: self.address(int(found[1])), text)
        text = text.replace("/var/lib/kafka/data", str(self.folder / "data"))
        text = text.replace("/opt/kafka/bin", str(self.tools))
        text = text.replace(
            "/etc/kafka/broker-client.properties", str(self.folder / "broker-client.properties")
        )
        return text.replace("/run/secrets", str(self._secrets))

    def run(self, command: list[str], environment: Mapping[str, str] | None = None) -> str:
        """Run what a service runs; its output.

        Raises:
            RuntimeError: it fails.
        """
        done = subprocess.run(
            [self.here(each) for each in command],
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", **(environment or {})},
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: exit {done.returncode}\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout + done.stderr

    def _value(self, found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return self._variables.get(found[1], found[2] or "")


def properties(environment: Mapping[str, object]) -> dict[str, str]:
    """Variables of the image as the broker's properties, without those of the JVM."""
    return {
        _property(name): str(value)
        for name, value in environment.items()
        if name.startswith(_PREFIX) and name not in _NOT_THE_BROKER_S
    }


def _property(variable: str) -> str:
    name = variable.removeprefix(_PREFIX).lower().replace("_", ".")
    return name.replace("...", "-").replace("..", "_")
