"""The formats knowledge can come in. A new source is imported and listed here."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.demo.render import files_of
from catalog.importing.plan import Refused
from catalog.importing.sources.akeneo import Akeneo
from catalog.importing.sources.base import Source
from catalog.importing.sources.pcparts import PcParts
from catalog.importing.sources.tessera import Tessera


def build(sources: Iterable[Source]) -> dict[str, Source]:
    """Sources by their code. Raises TypeError for what is none and ValueError for a second one of the same code."""
    registry: dict[str, Source] = {}
    for source in sources:
        if not isinstance(source, Source):
            raise TypeError(f"{source!r} must be an instance of a subclass of Source to be an import source.")
        if source.code in registry:
            raise ValueError(
                f"Two import sources are called “{source.code}”: {type(registry[source.code]).__name__} and "
                f"{type(source).__name__}. Give one another code."
            )
        registry[source.code] = source
    return registry


SOURCES = build([Akeneo(), PcParts(), Tessera(draw=files_of)])


def source_called(code: str) -> Source:
    """The source of this code. Raises Refused naming those there are."""
    try:
        return SOURCES[code]
    except KeyError:
        raise Refused(f"No import source is called “{code}”; there are {', '.join(SOURCES)}.") from None
