"""What the texts of an import may refer to: what is there, and what comes with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from catalog.importing.known import Known
from catalog.importing.plan import FragmentRecord
from catalog.models import Asset, Attribute, Product
from catalog.operations.referable import Piece, Stored, fragments_in
from catalog.references import MAX_DEPTH, references_in
from catalog.values import AttributeSpec

_PICTURE = re.compile(r"asset:([A-Za-z0-9_.-]{1,200})")


class Coming:
    """A catalog.operations.referable.Referable. All that the texts name is loaded together when it is made."""

    def __init__(self, known: Known, records: Iterable[FragmentRecord]) -> None:
        self.known = known
        texts = {record.code: list(record.body.values()) for record in records}
        self._own = {code.lower(): Piece(code, False, True, _named(bodies)) for code, bodies in texts.items()}
        said = [text for bodies in texts.values() for text in bodies]
        links = (found.code for text in said if "link:" in text for found in references_in(text))
        known.load(Product, links)
        known.load(Asset, (code for text in said if "asset:" in text for code in _PICTURE.findall(text)))
        self._pieces: dict[str, Piece] = {}
        self._load({code for piece in self._own.values() for code in piece.refers_to})

    def attributes(self, codes: Collection[str]) -> Mapping[str, AttributeSpec]:
        rows = {code: self.known.get(Attribute, code) for code in codes}
        return {code: AttributeSpec(row.code, row.type, settings=row.settings) for code, row in rows.items() if row}

    def fragments(self, codes: Collection[str]) -> Mapping[str, Piece]:
        return {code: piece for code in codes if (piece := self._own.get(code) or self._pieces.get(code))}

    def products(self, codes: Collection[str]) -> Collection[str]:
        self.known.load(Product, codes)
        return {code for code in codes if self.known.get(Product, code)}

    def pictures(self, codes: Collection[str]) -> Mapping[str, bool]:
        self.known.load(Asset, codes)
        rows = {code: self.known.get(Asset, code) for code in codes}
        return {code: row.kind == Asset.Kind.IMAGE and not row.url for code, row in rows.items() if row}

    def _load(self, wanted: Collection[str]) -> None:
        """The fragments that are there already, level by level: a query for each."""
        stored = Stored() if wanted else None
        for _ in range(MAX_DEPTH):
            fresh = set(wanted) - self._own.keys() - self._pieces.keys()
            if not fresh or stored is None:
                return
            found = stored.fragments(fresh)
            self._pieces |= found
            wanted = {code for piece in found.values() for code in piece.refers_to}


def _named(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(fragments_in(text for text in texts if "fragment:" in text))
