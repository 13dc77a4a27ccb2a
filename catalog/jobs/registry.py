"""The kinds of jobs there are. catalog.jobs.kinds registers those of the knowledge base, exports its own."""

from __future__ import annotations

from catalog.jobs.base import Kind

KINDS: dict[str, Kind] = {}


def register(*kinds: type[Kind]) -> None:
    """Add kinds. Raises TypeError for a wrong class, ValueError for a code that another kind has."""
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Kind)):
            raise TypeError(f"{kind!r} must be a subclass of Kind to be a kind of job.")
        known = KINDS.get(kind.code)
        if known is not None and type(known) is not kind:
            raise ValueError(
                f"Two kinds of jobs are called “{kind.code}”: {type(known).__name__} and {kind.__name__}. "
                "Give one another code."
            )
        KINDS.setdefault(kind.code, kind())


def kind_called(code: str) -> Kind:
    """Raises ValueError naming the kinds there are."""
    if code not in KINDS:
        raise ValueError(f"There is no kind of job “{code}”. There are: {', '.join(sorted(KINDS))}.")
    return KINDS[code]
