"""Object container files (``.avro``): the public names.

::

    with path.open("wb") as file, ContainerWriter(file, OrderInterface, codec="deflate") as writer:
        writer.write(order)
    with path.open("rb") as file, ContainerReader(file, OrderInterface) as reader:
        for order in reader: ...
"""

from avroforge.formats.block_codec import CODEC_NAMES
from avroforge.formats.container_block import Loss
from avroforge.formats.container_limits import ContainerLimits
from avroforge.formats.container_reader import ContainerReader
from avroforge.formats.container_writer import SYNC_INTERVAL, ContainerWriter

__all__ = [
    "CODEC_NAMES",
    "SYNC_INTERVAL",
    "ContainerLimits",
    "ContainerReader",
    "ContainerWriter",
    "Loss",
]
