"""Results read back from where the sink put them: typed, as tables, as the picture of their convergence."""

from __future__ import annotations

from vqe_stream.results.source import ResultSource, StoredResult, UnreadableObject, open_source

__all__ = ["ResultSource", "StoredResult", "UnreadableObject", "open_source"]
