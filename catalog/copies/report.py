"""How much is written twice: figures for a comparison of before and after, and all groups as plain data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.copies.groups import Group
from catalog.copies.planning import Proposal
from catalog.copies.reading import BATCH, Corpus, Occurrence
from catalog.mentions import body_columns
from catalog.models import Fragment, Placement
from catalog.references import references_in


@dataclass(frozen=True)
class Figures:
    """`paragraphs` are those looked at, `distinct` how many different ones, `copies` the share of the others in
    percent; `shared` are fragments that stand in several places or are named by several, and `words` how many are
    written in fragments, by language.
    """

    paragraphs: int
    distinct: int
    copies: float
    shared: int
    words: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "paragraphs": self.paragraphs,
            "distinct": self.distinct,
            "copies_percent": round(self.copies, 1),
            "shared_fragments": self.shared,
            "words": dict(self.words),
        }


def figures(corpus: Corpus) -> Figures:
    """Of a corpus, and of the fragments as they are now."""
    texts = corpus.texts.values()
    paragraphs = sum(len(text.occurrences) for text in texts)
    words: dict[str, int] = defaultdict(int)
    for text in texts:
        words[text.language] += text.words * sum(each.kind == "fragment" for each in text.occurrences)
    share = 100 * (paragraphs - len(texts)) / paragraphs if paragraphs else 0.0
    written = {language: count for language, count in sorted(words.items()) if count}
    return Figures(paragraphs, len(texts), share, shared_fragments(), written)


def shared_fragments() -> int:
    """How many fragments stand in several places: placed, or named by others. Two queries."""
    rows: QuerySet[Any] = QuerySet(Fragment).exclude(state=Fragment.State.RETIRED)
    places: Counter[str] = Counter()
    placed = Placement.objects.exclude(fragment__state=Fragment.State.RETIRED).order_by()
    places.update(code.lower() for code in placed.values_list("fragment__code", flat=True).iterator(chunk_size=BATCH))
    for bodies in rows.order_by().values_list(*body_columns()).iterator(chunk_size=BATCH):
        said = (reference for body in bodies if body and "{{" in body for reference in references_in(body))
        places.update({reference.code.lower() for reference in said if reference.kind == "fragment"})
    return sum(count > 1 for count in places.values())


def saved(before: Figures, after: Figures) -> dict[str, int]:
    """Words by language that were written before and need not be now."""
    return {language: count - after.words.get(language, 0) for language, count in before.words.items()}


def group_as_json(group: Group) -> dict[str, Any]:
    return {
        "digest": group.digest,
        "kind": group.kind,
        "language": group.language,
        "places": group.places,
        "words_saved": group.saved,
        "texts": [
            {
                "markup": text.markup,
                "words": text.words,
                "similarity": round(similarity, 4),
                "places": [place_as_json(each) for each in text.occurrences],
            }
            for text, similarity in zip(group.texts, group.similarities, strict=True)
        ],
    }


def place_as_json(place: Occurrence) -> dict[str, Any]:
    return {"kind": place.kind, "key": place.key, "field": place.field, "place": place.place}


def proposal_as_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "digest": proposal.digest,
        "kind": proposal.kind,
        "fragment": proposal.code,
        "new": proposal.new,
        "texts": dict(proposal.texts),
        "members": [each._asdict() for each in proposal.members],
        "words_saved": dict(proposal.saved),
    }
