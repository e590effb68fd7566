"""Records of ours in Java, and of Java's here: Apache Avro after unframing, and Apicurio's serde."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.integration.servers.cache import UnavailableError, jars, program

from avroforge.registry import HttpRegistry, RegistryIds, topic_deserializer, topic_serializer
from avroforge.wire.framing import unframe
from avroforge_codegen import load_interface
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import result_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.servers.apicurio import Apicurio

    Java = Callable[..., list[str]]

ROOT: Final = Path(__file__).parents[3]
SOURCE: Final = ROOT / "tests" / "integration" / "java" / "RegistryInterop.java"
JARS: Final = (
    "io.apicurio:apicurio-registry-serdes-avro-serde:2.6.13.Final",
    # The serde brings 1.12.0, which reads the doubles of an array as floats.
    "org.apache.avro:avro:1.12.1",
    "org.apache.kafka:kafka-clients:3.9.1",
)
SERDE_API: Final = "apis/registry/v2"
"""What this serde speaks; its `Legacy4ByteIdHandler` is Confluent's frame."""

ORDER: Final = """{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "sku", "type": "string"},
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
  {"name": "note", "type": ["null", "string", "long"], "default": null},
  {"name": "kinds", "type": {"type": "map", "values":
    {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}}
]}"""


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Java:
    """Runs the program on lines."""
    try:
        classpath = f"{jars('registry-interop-1', *JARS)}/*"
        compiler, launcher = program("javac", "Java's side is compiled"), program("java", "it is run")
    except UnavailableError as error:
        pytest.skip(str(error))
    classes = tmp_path_factory.mktemp("java")
    subprocess.run([compiler, "-d", classes, "-cp", classpath, SOURCE], check=True, timeout=120)

    def run(*arguments: str | Path, lines: list[bytes]) -> list[str]:
        done = subprocess.run(
            [launcher, "-cp", f"{classes}:{classpath}", "RegistryInterop", *arguments],
            input="".join(f"{each.hex()}\n" for each in lines),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.splitlines()

    return run


@pytest.fixture
def topic() -> str:
    return f"java-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def ids(apicurio: Apicurio) -> Iterator[RegistryIds]:
    with HttpRegistry(apicurio.url()) as registry:
        yield RegistryIds(registry)


def orders(interface: Any) -> list[Any]:  # noqa: ANN401 - compiled in memory
    plain = [
        {"sku": "ä", "price": "12.34", "note": None, "kinds": {}},
        {"sku": "b", "price": "-0.01", "note": 2**40, "kinds": {"x": "B"}},
        {"sku": "", "price": "9999999.99", "note": "n", "kinds": {"": "A"}},
    ]
    return [interface().from_dict(each) for each in plain]


def samples() -> dict[str, tuple[Any, list[Any]]]:
    """Interfaces with values."""
    order: Any = load_interface(ORDER)
    results = [result_from_json(each.read_bytes()) for each in sorted((ROOT / "data" / "vqe").glob("*.json"))]
    return {"order": (order, orders(order)), "result": (VQEDecoratedResultInterface, results)}


SAMPLES: Final = samples()


def written(interface: Any, ids: RegistryIds, topic: str, values: list[Any]) -> list[bytes]:  # noqa: ANN401 - as above
    """The framed messages of values."""
    write = topic_serializer(interface, ids, topic)
    return [message for each in values if (message := write(each)) is not None]


@pytest.mark.parametrize("name", SAMPLES)
def test_apache_avro_reads_what_we_frame(
    java: Java, ids: RegistryIds, topic: str, tmp_path: Path, name: str
) -> None:
    interface, values = SAMPLES[name]
    framed = written(interface, ids, topic, values)
    schema_id = ids.ensure_registered(f"{topic}-value", interface.SELF_CONTAINED)
    schema = tmp_path / "schema.avsc"
    schema.write_text(ids.registry.schema_by_id(schema_id).text, encoding="utf-8")
    read = java("avro-read", schema, lines=framed)
    assert read == [f"{schema_id} {unframe(each)[1].hex()}" for each in framed]


@pytest.mark.parametrize("name", SAMPLES)
def test_apicurios_deserializer_reads_what_we_frame(
    apicurio: Apicurio, java: Java, ids: RegistryIds, topic: str, name: str
) -> None:
    interface, values = SAMPLES[name]
    framed = written(interface, ids, topic, values)
    read = java("serde-read", apicurio.address(SERDE_API), topic, lines=framed)
    assert read == [unframe(each)[1].hex() for each in framed]


@pytest.mark.parametrize("name", SAMPLES)
def test_we_read_what_apicurios_serializer_frames(  # noqa: PLR0913, PLR0917 - fixtures
    apicurio: Apicurio, java: Java, ids: RegistryIds, topic: str, tmp_path: Path, name: str
) -> None:
    interface, values = SAMPLES[name]
    ours = written(interface, ids, topic, values)
    schema = tmp_path / "schema.avsc"
    schema.write_text(interface.SELF_CONTAINED, encoding="utf-8")
    bare = [unframe(each)[1] for each in ours]
    theirs = java("serde-write", apicurio.address(SERDE_API), topic, schema, lines=bare)
    assert theirs == [each.hex() for each in ours]
    codec = interface()
    read = map(topic_deserializer(interface, ids), map(bytes.fromhex, theirs))
    assert [codec.to_dict(each) for each in read] == [codec.to_dict(each) for each in values]
