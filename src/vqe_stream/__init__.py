"""Stream VQE results: stored first, delivered once, read back typed.

The public names load on first use (PEP 562): ``import vqe_stream`` itself does no work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from avroforge.secret import Secret
    from vqe_stream.adapter import result_from_json, result_to_json
    from vqe_stream.config import ProducerConfig
    from vqe_stream.consumer import ReceivedResult, VQEKafkaConsumer
    from vqe_stream.errors import RecordPlace, ResultError, UnreadableRecordError
    from vqe_stream.kafka_security import KafkaSecurity
    from vqe_stream.pipeline_object import PipelineResult, result_from_object
    from vqe_stream.producer import VQEKafkaProducer
    from vqe_stream.security import CertConfig, SaslSslOpts, SecurityConfig

__all__ = [
    "CertConfig",
    "KafkaSecurity",
    "PipelineResult",
    "ProducerConfig",
    "ReceivedResult",
    "RecordPlace",
    "ResultError",
    "SaslSslOpts",
    "Secret",
    "SecurityConfig",
    "UnreadableRecordError",
    "VQEKafkaConsumer",
    "VQEKafkaProducer",
    "result_from_json",
    "result_from_object",
    "result_to_json",
]

_HOME: Final = {
    "KafkaSecurity": "vqe_stream.kafka_security",
    "PipelineResult": "vqe_stream.pipeline_object",
    "ProducerConfig": "vqe_stream.config",
    "ReceivedResult": "vqe_stream.consumer",
    "RecordPlace": "vqe_stream.errors",
    "ResultError": "vqe_stream.errors",
    "Secret": "avroforge.secret",
    "UnreadableRecordError": "vqe_stream.errors",
    "VQEKafkaConsumer": "vqe_stream.consumer",
    "VQEKafkaProducer": "vqe_stream.producer",
    "result_from_json": "vqe_stream.adapter",
    "result_from_object": "vqe_stream.pipeline_object",
    "result_to_json": "vqe_stream.adapter",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "vqe_stream.security")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
