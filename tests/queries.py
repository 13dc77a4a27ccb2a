"""Query counts are part of the contract: those of reads and releases are written down, so that more of them show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).parent / "query_counts.json"

# `with count_queries("name of what is done"): ...`
CountQueries: TypeAlias = Callable[[str], AbstractContextManager[None]]


@contextmanager
def counted(name: str, *, rewrite: bool) -> Iterator[None]:
    """Fails unless the block makes as many queries as the file says under `name`."""
    with CaptureQueriesContext(connection) as queries:
        yield
    recorded: dict[str, int] = json.loads(FILE.read_text()) if FILE.exists() else {}
    if rewrite:
        FILE.write_text(json.dumps({**recorded, name: len(queries)}, indent=2, sort_keys=True) + "\n")
        return
    statements = "\n".join(query["sql"][:200] for query in queries.captured_queries)
    assert len(queries) == recorded.get(name), f"{name}: see pytest --rewrite-query-counts\n{statements}"
