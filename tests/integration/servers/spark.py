"""Spark in local mode: its package and its Kafka connector, fetched once, beside this environment."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from tests.integration.servers.cache import jars, once, program, run

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "4.0.5"
# The rest of what they need is installed here already; a second numpy beside it would be loaded instead.
_PACKAGES: Final = (
    f"pyspark=={VERSION}",
    "py4j",
    "pandas==2.3.3",
    "python-dateutil",
    "pytz",
    "six",
    "tzdata",
)
# Without what Spark has itself.
_CONNECTOR: Final = (
    "org.apache.spark:spark-sql-kafka-0-10_2.13:4.0.0",
    "org.apache.spark:spark-token-provider-kafka-0-10_2.13:4.0.0",
    "org.apache.kafka:kafka-clients:3.9.0",
    "org.apache.commons:commons-pool2:2.12.0",
)
_PATIENCE: Final = 600


def environment() -> dict[str, str]:
    """Variables with which this Python runs a program of Spark's as its own driver.

    Raises:
        UnavailableError: there is no Java, or Spark cannot be fetched.
    """
    program("java", "Spark needs it")
    connector = jars("spark-kafka-4.0.0", *_CONNECTOR, transitive=False)
    options = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.memory": "512m",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    # Half the time of the default: nothing here runs for long enough to be compiled twice.
    submit = ["--driver-java-options=-XX:TieredStopAtLevel=1"]
    submit += [f"--conf {name}={value}" for name, value in options.items()]
    submit.append("--jars " + ",".join(map(str, sorted(connector.glob("*.jar")))))
    return {
        **os.environ,
        "PYTHONPATH": str(_packages()),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": " ".join([*submit, "pyspark-shell"]),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _packages() -> Path:
    def install(draft: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        what = f"fetching pyspark {VERSION} by pip"
        run([*command, "--no-deps", "--target", draft, *_PACKAGES], what, _PATIENCE)

    return once(f"pyspark-{VERSION}-{sys.version_info.major}.{sys.version_info.minor}", install)
