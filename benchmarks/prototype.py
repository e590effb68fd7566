"""Beside the first prototype, on the same bytes, in one run.

The prototype is a sketch by hand without any check and without errors; it gives read-only views of arrays
where we give writable copies. It lives in ``prototype/`` of the folder that AVROFORGE_SHARED names.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from shapes import PERSON, USER
from timing import best
from vqe import CODEC, DATA, SIZES, fast_decode, fast_encode, with_lists
from vqe_sample import sample

from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Actions = dict[str, tuple[Callable[[], object], Callable[[], object]]]


def vqe_actions(name: str, data: bytes) -> Actions:
    """Encode and decode of one result: what the prototype does, and what we do."""
    proto, reading = import_module("proto"), import_module("proto_dec")
    datum: Any = fast_decode(data)
    arrays, lists = proto.build(datum, np.array), proto.build(datum, list)
    our_arrays, our_lists = CODEC.decode(data), with_lists(data)
    if (
        not proto.enc(arrays)
        == proto.enc(lists)
        == CODEC.encode(our_arrays)
        == CODEC.encode(our_lists)
        == data
    ):
        raise AssertionError(f"{name}: the bytes differ")
    return {
        f"{name}, encode arrays": (lambda: proto.enc(arrays), lambda: CODEC.encode(our_arrays)),
        f"{name}, encode lists": (lambda: proto.enc(lists), lambda: CODEC.encode(our_lists)),
        f"{name}, decode": (lambda: reading.dec(data), lambda: CODEC.decode(data)),
    }


def user_actions() -> Actions:
    """Encode and decode of the nested user record."""
    small = import_module("small")
    codec = load_interface(json.dumps(USER))()
    ours = codec.deserialize(PERSON)
    flat = {**PERSON, "address": small.Addr(**PERSON["address"])}
    theirs = small.User(**flat)
    data = codec.encode(ours)
    if small.enc1(theirs) != data:
        raise AssertionError("nested user: the bytes differ")
    return {
        "nested user, encode": (lambda: small.enc1(theirs), lambda: codec.encode(ours)),
        "nested user, decode": (lambda: small.dec1(data), lambda: codec.decode(data)),
    }


def rows() -> Iterator[str]:
    """One row per action: both times in microseconds, and the prototype's over ours."""
    messages = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.avro"))}
    messages |= {name: fast_encode(sample(**sizes)) for name, sizes in SIZES.items()}
    for actions in [user_actions(), *(vqe_actions(name, data) for name, data in messages.items())]:
        for name, (theirs, ours) in actions.items():
            times = best({"theirs": theirs, "ours": ours})
            ratio = times["theirs"] / times["ours"]
            yield f"{name:<28}{times['theirs']:>12,.1f}{times['ours']:>12,.1f}{ratio:>8.2f} x"


def main() -> None:
    """Print the table."""
    shared = os.environ.get("AVROFORGE_SHARED")
    if not shared:
        sys.exit("set AVROFORGE_SHARED to the folder that holds prototype/")
    sys.path.insert(0, str(Path(shared) / "prototype"))
    print(f"{'':<28}{'prototype us':>12}{'ours us':>12}{'ratio':>10}")
    for row in rows():
        print(row, flush=True)


if __name__ == "__main__":
    main()
