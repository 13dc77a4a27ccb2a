"""Documents with only those of their members that a reader asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields

import orjson

from catalog.filters.errors import unknown
from catalog.filters.tree import Place
from exports.asking.said import Said
from exports.documents import Document

# In the order of the canonical JSON. The SKU is always there: it says which product it is.
MEMBERS = tuple(field.name for field in fields(Document))
_FACT = "facts."


@dataclass(frozen=True)
class Projection:
    """`facts` are the codes, in lower case, of the only facts wanted; None for all of them."""

    members: frozenset[str]
    facts: frozenset[str] | None = None

    def __call__(self, body: bytes) -> bytes:
        """The canonical JSON of what is wanted of a document's."""
        document = orjson.loads(body)
        kept = {name: document[name] for name in MEMBERS if name in self.members and name in document}
        if self.facts is not None and "facts" in kept:
            kept["facts"] = {code: fact for code, fact in kept["facts"].items() if code.lower() in self.facts}
        return orjson.dumps(kept)


def projection(text: str, said: Said) -> Projection:
    """What names joined by commas ask for: members of a document, and facts as `facts.weight`.

    Raises FilterError with the place of a name that no document has.
    """
    members, facts, at = {"sku"}, set[str](), 0
    for raw in text.split(","):
        name = raw.strip()
        place = Place(at + len(raw) - len(raw.lstrip()), at + len(raw.rstrip()))
        at += len(raw) + 1
        if name.startswith(_FACT):
            facts.add(_fact(name, place, said))
        elif name in MEMBERS:
            members.add(name)
        else:
            raise unknown("field", name, place, [*MEMBERS, f"{_FACT}CODE"])
    whole = "facts" in members or not facts
    return Projection(frozenset(members | ({"facts"} if facts else set())), None if whole else frozenset(facts))


def _fact(name: str, place: Place, said: Said) -> str:
    code = name.removeprefix(_FACT).lower()
    if code not in said.codes:
        raise unknown("field", name, place, (_FACT + each for each in said.codes))
    return code
