from __future__ import annotations

import pickle

import pytest

from avroforge.errors import DeliveryError, NotDurableError, RelayLockedError, TransportError


@pytest.mark.parametrize(
    "error",
    [
        NotDurableError("on no disk", payload=b"bytes", result_id="a"),
        RelayLockedError("locked", "pid 1 on host"),
        TransportError("no answer", True),
    ],
)
def test_an_error_keeps_its_attributes_between_processes(error: DeliveryError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
