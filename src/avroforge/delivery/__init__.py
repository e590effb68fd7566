"""Durable delivery: an outbox on disk, a relay that empties it, and the seam to where records go."""

from avroforge.delivery.courier import Framer
from avroforge.delivery.database_file import OutboxOptions
from avroforge.delivery.export import Export, export
from avroforge.delivery.integrity import Salvage, check, salvage
from avroforge.delivery.log_entry import LogEntry
from avroforge.delivery.log_source import TopicLogSource
from avroforge.delivery.observer import DeliveryObserver
from avroforge.delivery.outbox import Outbox
from avroforge.delivery.record import Durable, OutboxRecord, RowState, result_id
from avroforge.delivery.relay import DeliveryCounts, Relay, RelayOptions
from avroforge.delivery.row import Attempt, Row
from avroforge.delivery.source import IncomingRecord, JointSource, RecordSource, StartPlace
from avroforge.delivery.status import Counts, OutboxStatus, Pruned, Reason
from avroforge.delivery.topic_log import TopicLog, TopicLogOptions
from avroforge.delivery.transport import (
    Absent,
    Delivered,
    Forgotten,
    Found,
    GroupLimit,
    InFlight,
    Outcome,
    OutgoingRecord,
    RecordFault,
    Refused,
    SearchResult,
    Settled,
    Transport,
    Unknown,
    Withdrawn,
)

__all__ = [
    "Absent",
    "Attempt",
    "Counts",
    "Delivered",
    "DeliveryCounts",
    "DeliveryObserver",
    "Durable",
    "Export",
    "Forgotten",
    "Found",
    "Framer",
    "GroupLimit",
    "InFlight",
    "IncomingRecord",
    "JointSource",
    "LogEntry",
    "Outbox",
    "OutboxOptions",
    "OutboxRecord",
    "OutboxStatus",
    "Outcome",
    "OutgoingRecord",
    "Pruned",
    "Reason",
    "RecordFault",
    "RecordSource",
    "Refused",
    "Relay",
    "RelayOptions",
    "Row",
    "RowState",
    "Salvage",
    "SearchResult",
    "Settled",
    "StartPlace",
    "TopicLog",
    "TopicLogOptions",
    "TopicLogSource",
    "Transport",
    "Unknown",
    "Withdrawn",
    "check",
    "export",
    "result_id",
    "salvage",
]
