"""Whole expected outputs. `pytest --rewrite-golden` writes them anew; the diff is then read before it is committed."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def compare(name: str, got: bytes, *, rewrite: bool) -> None:
    """Fails unless the file `name` in this folder has exactly the bytes `got`."""
    path = FOLDER / name
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(got)
    assert path.exists(), f"{name} is missing: look at the output, then run pytest --rewrite-golden"
    assert got == path.read_bytes(), f"{name} differs: look at the change, then run pytest --rewrite-golden"
