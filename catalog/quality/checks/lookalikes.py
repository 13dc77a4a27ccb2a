"""Two products that are probably one."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject


class Lookalike(Check):
    """Same family, same name but for case, punctuation and order of words, and the same in every other fact that is no
    identifier, price or file.
    """

    code = "lookalike"
    label = "Near-duplicate product"
    severity = "warning"
    hint = "If they are one article, merge them; if not, say what tells them apart."

    def check(self, subject: Subject) -> Iterator[Found]:
        if subject.lookalike:
            yield Found(subject.likeness, f"Name and facts are the same as those of {subject.lookalike}.")
