"""Make cases from subjects, and check them, for some seconds; failures become seeds."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any, Final, get_args

from tests.fuzz.case import WAYS, Case
from tests.fuzz.json_mutation import mutated_json
from tests.fuzz.mutation import BINARY, TEXT, mutated
from tests.fuzz.odd import odd_encoding
from tests.fuzz.oracle import check, check_cost, codec_of
from tests.fuzz.reduction import reduced
from tests.fuzz.subject import Subject, subjects

from avroforge.codec.ir import Storage
from avroforge.errors import DecodeError, EncodeError, ResolutionError, SchemaError
from avroforge.formats import single_object
from avroforge.formats.block_codec import block_codec
from avroforge.formats.container import CODEC_NAMES
from avroforge.formats.container_header import ContainerHeader, new_metadata
from avroforge.schema import parse_schema
from avroforge.wire.framing import frame
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROUNDS: Final = 40
"""Cases of each way from one subject."""
COSTLY: Final = 25
"""Of how many cases the cost of one is measured."""
_STAYS_JSON: Final = 0.7
_MARKER: Final = bytes(range(16))


class Worker:
    """One process's share of the work.

    Args:
        number: seeds the random choices.
        seeds: where failures are saved.
        current: a file that always has the case in work, for whoever finds this process dead.
    """

    def __init__(self, number: int, seeds: Path, current: Path) -> None:
        self._random = Random(number)
        self._seeds = seeds
        self._current = current.open("wb", buffering=0)
        self.counts: Counter[str] = Counter()

    def run(self, seconds: float) -> None:
        """Work for so long."""
        end = time.monotonic() + seconds
        for subject in subjects(self._random):
            self.counts["schemas"] += 1
            for case in self._cases(subject):
                if time.monotonic() > end:
                    return
                self._try(case)

    def _try(self, case: Case) -> None:
        self._current.seek(0)
        self._current.write(case.text().encode())
        self._current.truncate()
        self.counts[case.way] += 1
        try:
            self.counts[f"{case.way}: values"] += check(case)
            if self._random.randrange(COSTLY) == 0:
                check_cost(case)
        except Exception as error:  # noqa: BLE001 - that is what a fuzzer looks for
            self._found(case, error)

    def _found(self, case: Case, error: Exception) -> None:
        signature = signature_of(case, error)
        path = (
            self._seeds
            / f"{case.way.replace(' ', '-')}-{hashlib.sha256(signature.encode()).hexdigest()[:8]}.json"
        )
        self.counts["failures"] += 1
        if path.exists():
            return
        smallest = reduced(case, lambda each: _fails_alike(each, signature))
        path.write_text(smallest.text() + "\n", encoding="utf-8")
        print(f"{path}: {signature}", file=sys.stderr, flush=True)
        traceback.print_exception(error, limit=-4, file=sys.stderr)

    def _cases(self, subject: Subject) -> Iterator[Case]:
        choose = self._random.choice
        base = Case(
            "decode",
            subject.schema,
            b"",
            arrays=choose(get_args(Storage)),
            logical_types=choose(("typed", "raw")),
        )
        readers = [base, *(replace(base, reader=each) for each in self._resolvable(base, subject))]
        makers = {
            "decode": self._bare,
            "resolve": self._bare,
            "avro json": self._json,
            "plain json": self._json,
            "single object": self._single_object,
            "framed": self._framed,
            "container": self._container,
            "schema": self._schema,
        }
        try:
            codec_of(base)
        except SchemaError:
            return
        for way in WAYS:
            for _ in range(ROUNDS // 4 if way in {"container", "schema"} else ROUNDS):
                case = replace(choose(readers), way=way)
                if way in {"decode", "avro json", "plain json"}:
                    case = replace(case, reader="")
                if way == "resolve" and not case.reader:
                    if len(readers) == 1:
                        break
                    case = replace(readers[1], way=way)
                message = choose(subject.messages)
                with suppress(EncodeError):
                    yield makers[way](case, message, subject.messages)

    def _resolvable(self, base: Case, subject: Subject) -> Iterator[str]:
        """The readers that can read anything, and ones that skip everything."""
        for text in (*subject.readers, *_skippers(subject.schema)):
            case = replace(base, way="resolve", reader=text)
            try:
                with suppress(DecodeError):
                    codec_of(case).decode(b"", writer_schema=subject.schema)
            except (ResolutionError, SchemaError):
                continue
            yield text

    def _damaged(self, data: bytes, others: tuple[bytes, ...], tokens: tuple[bytes, ...] = BINARY) -> bytes:
        return mutated(data, self._random, tokens, others)

    def _odd(self, case: Case, message: bytes) -> bytes:
        writer = codec_of(replace(case, reader=""))
        try:
            value = writer.decode(message)
        except DecodeError:
            return message
        return odd_encoding(writer._bound(), value, self._random)

    def _bare(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        kind = self._random.random()
        if kind < 0.1:
            odd = self._odd(case, message)
            try:
                accepted = codec_of(case).decode(message, writer_schema=case.schema if case.reader else None)
            except DecodeError:
                return replace(case, data=odd)
            del accepted
            return replace(case, data=odd, same_as=message)
        if kind < 0.3:
            message = self._odd(case, message)
        return replace(case, data=self._damaged(message, others))

    def _json(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        texts = [text for each in (message, *others[:2]) if (text := _text(replace(case, data=each)))]
        text = texts[0] if texts else b"{}"
        if self._random.random() < _STAYS_JSON:
            return replace(case, data=self._json_damage(text))
        return replace(case, data=self._damaged(text, tuple(texts) or (text,), TEXT))

    def _json_damage(self, text: bytes) -> bytes:
        with suppress(ValueError, RecursionError):  # a value put into itself
            return mutated_json(text, self._random)
        return text

    def _single_object(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        header = single_object.join(_fingerprint(case.schema), message)
        return replace(case, data=self._damaged(header, others))

    def _framed(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        return replace(case, data=self._damaged(frame(1, message), others))

    def _schema(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        del message, others
        text = case.schema.encode()
        if self._random.random() < _STAYS_JSON:
            return replace(case, schema='"null"', data=self._json_damage(text))
        words = tuple(
            json.dumps(each).encode()
            for each in ("int", "record", "array", "name", "type", "fields", "union")
        )
        return replace(case, schema='"null"', data=self._damaged(text, (text,), (*TEXT, *words)))

    def _container(self, case: Case, message: bytes, others: tuple[bytes, ...]) -> Case:
        codec, choose = choose_codec(self._random), self._random.choice
        records = [choose(others) for _ in range(self._random.randint(0, 5))] + [message]
        if choose((True, False)):
            return replace(case, data=self._damaged(_file(case, codec, records, len(records)), others))
        # damage below the compression
        block = self._damaged(b"".join(records), others)
        count = choose((len(records), len(records), 0, 1, 2**40, len(records) + 1))
        return replace(case, data=_file(case, codec, [block], count))


@lru_cache(maxsize=64)
def _fingerprint(schema: str) -> bytes:
    return parse_schema(schema, lenient=True).fingerprint("CRC-64-AVRO")


@lru_cache(maxsize=64)
def _text(case: Case) -> bytes:
    """The JSON of a message, in the encoding that the case reads; nothing for what is no value."""
    codec = codec_of(case)
    write = codec.to_json if case.way == "avro json" else codec.to_plain_json
    try:
        return write(codec.decode(case.data)).encode()
    except DecodeError:
        return b""


def choose_codec(random: Random) -> str:
    """One of the codecs of container files."""
    return random.choice(CODEC_NAMES)


def _file(case: Case, codec: str, records: list[bytes], count: int) -> bytes:
    """A container file of one or more blocks, whose records are whatever bytes they are."""
    header = ContainerHeader(new_metadata(case.schema, codec, {}), _MARKER).render()
    blocks = [(records, count)] if len(records) < 3 else [(records[:2], 2), (records[2:], len(records) - 2)]
    out = [header]
    for block, number in blocks:
        stored = block_codec(codec).compress(b"".join(block))
        out += [write_length(number), write_length(len(stored)), stored, _MARKER]
    return b"".join(out)


def _skippers(schema: str) -> Iterator[str]:
    parsed: Any = json.loads(schema)
    if isinstance(parsed, dict) and parsed.get("type") == "record":
        yield json.dumps({**parsed, "fields": []})
        yield json.dumps({**parsed, "fields": parsed["fields"][-1:]})


def signature_of(case: Case, error: Exception) -> str:
    """What tells one failure from another: the way, the kind of error, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[-1]
    inside = next((each for each in reversed(frames) if "/avroforge" in each.filename), place)
    text = str(error) if isinstance(error, AssertionError) and "\n" not in str(error) else ""
    return f"{case.way}: {type(error).__name__} {text[:40]} at {place.name}:{place.lineno}, {inside.name}"


def _fails_alike(case: Case, signature: str) -> bool:
    try:
        check(case)
        check_cost(case)
    except Exception as error:  # noqa: BLE001 - compared with the failure to reduce
        return signature_of(case, error) == signature
    return False
