from __future__ import annotations

import pytest

from avroforge.registry import Part, SubjectNaming


@pytest.mark.parametrize(
    ("naming", "part", "subject"),
    [
        ("topic-name", Part.VALUE, "experiment.vqe-value"),
        ("topic-name", Part.KEY, "experiment.vqe-key"),
        ("record-name", Part.VALUE, "quantum_pipeline.VQEDecoratedResult"),
        ("topic-record-name", Part.VALUE, "experiment.vqe-quantum_pipeline.VQEDecoratedResult"),
    ],
)
def test_the_subject_follows_the_strategy(naming: str, part: Part, subject: str) -> None:
    found = SubjectNaming(naming).subject("experiment.vqe", "quantum_pipeline.VQEDecoratedResult", part)
    assert found == subject
