"""VQE results in every form that arrays may have here, beside fastavro, on the same bytes, in one run.

The forms are those of ``arrays = "list"``, ``"numpy"``, ``"view"``, ``"columns"``, and plain datums, as other
libraries take them. Each form writes what it has read itself. Rounds are interleaved and the best of each is
kept; read the ratios (fastavro's time over ours), not the times.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from timing import best
from vqe import CODEC, DATA, SIZES, fast_decode, fast_encode
from vqe_sample import sample

from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

STORAGES: Final = ("list", "numpy", "view", "columns")
DICTS: Final = "dict"


def measured(data: bytes, codecs: dict[str, Any]) -> list[str]:
    """The rows of one message."""
    datum: Any = fast_decode(data)
    encode: dict[str, Callable[[], object]] = {"fastavro": lambda: fast_encode(datum)}
    decode: dict[str, Callable[[], object]] = {"fastavro": lambda: fast_decode(data)}
    for form, codec in codecs.items():
        value = codec.decode(data)
        if codec.encode(value) != data:
            raise AssertionError(f"{form}: the message changes when it is read and written")
        encode[form] = partial(codec.encode, value)
        decode[form] = partial(codec.decode, data)
    encode[DICTS] = lambda: CODEC.encode(CODEC.deserialize(datum))
    decode[DICTS] = lambda: CODEC.serialize(CODEC.decode(data))
    writing, reading = best(encode), best(decode)
    return [
        f"  {form:<10}{writing[form]:>12,.1f}{writing['fastavro'] / writing[form]:>8.1f} x"
        f"{reading[form]:>12,.1f}{reading['fastavro'] / reading[form]:>8.1f} x"
        for form in (*codecs, DICTS)
    ]


def main() -> None:
    """Print the table."""
    codecs = {each: load_interface(CODEC.SELF_CONTAINED, arrays=each)() for each in STORAGES}
    print(f"{'':<12}{'encode us':>12}{'ratio':>10}{'decode us':>12}{'ratio':>10}")
    messages = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.avro"))}
    messages |= {name: fast_encode(sample(**sizes)) for name, sizes in SIZES.items()}
    for name, data in messages.items():
        print(f"{name}, {len(data):,} bytes")
        for row in measured(data, codecs):
            print(row, flush=True)


if __name__ == "__main__":
    main()
