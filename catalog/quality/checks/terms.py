"""Translations that do not call a thing by its name."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Concept, Found, Prose, Subject, key_of
from catalog.translating.terms import fold, stands_in


class MissingTerm(Check):
    """The source names a concept of the termbase, and its translation has none of the concept's terms."""

    code = "term"
    label = "Term not used"
    severity = "warning"
    hint = "Use the term, or allow the other word in the termbase."

    def check(self, subject: Subject) -> Iterator[Found]:
        if not subject.concepts:
            return
        sources = {(prose.place, prose.source, prose.language): prose.text for prose in subject.texts}
        for prose in subject.own_texts():
            for concept in subject.concepts:
                source = sources.get((prose.place, prose.source, concept.source), "")
                if source and (said := lacking(concept, source, prose)):
                    wanted = " or ".join(f"“{name}”" for name in concept.names[prose.language])
                    yield Found(
                        key_of(prose.key, concept.code), f"{prose.where} lacks {wanted}: the source says “{said}”."
                    )


def lacking(concept: Concept, source: str, prose: Prose) -> str:
    """What the source calls a concept that its translation does not name; "" where nothing is lacking."""
    wanted = concept.names.get(prose.language, ()) if prose.language != concept.source else ()
    if not wanted:
        return ""
    folded = fold(source)
    said = next((name for name in concept.names.get(concept.source, ()) if stands_in(name, folded)), "")
    there = fold(prose.text)
    return said if said and not any(stands_in(name, there) for name in wanted) else ""
