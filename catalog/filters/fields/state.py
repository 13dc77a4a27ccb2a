"""What the house knows of a product's state: completeness and quality."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from catalog.filters.errors import unknown
from catalog.filters.fields.base import EMPTY, EQUAL, Field, Predicate, fixed, is_about_nothing
from catalog.filters.known import Known
from catalog.filters.tree import Condition, Word
from catalog.models import Completeness, Finding
from catalog.quality.registry import CHECKS

_OPEN = Finding.objects.filter(acknowledged_at__isnull=True).order_by()
_SEVERITIES = list(Finding.Severity.values)


class Complete(Field):
    """Whether the product has all that a channel demands: in one language (shop/de) or in each of its languages."""

    name = "complete"
    operators = EQUAL

    def positive(self, condition: Condition, known: Known) -> Predicate:
        found = reduce(or_, (self.complete(word, known) for word in condition.values))
        return fixed(found)

    def complete(self, word: Word, known: Known) -> Q:
        code, slash, said = word.text.partition("/")
        channel = known.row_called("channel", code, word.place)
        rows = Completeness.objects.filter(channel=channel.pk)
        if slash:
            language = _language(word, said, [row.language for row in channel.languages.all()])
            return Q(pk__in=rows.filter(language=language, complete=True).values("product"))
        some = Q(pk__in=rows.filter(complete=True).values("product"))
        return some & ~Q(pk__in=rows.filter(complete=False).values("product"))


def _language(word: Word, said: str, languages: Sequence[str]) -> str:
    """The language of a channel that a value names. Raises FilterError."""
    found = [language for language in languages if language.lower() == said.lower()]
    if not found:
        raise unknown("language", said, word.place, languages)
    return found[0]


class Quality(Field):
    """Whether the product has an open finding of a severity or of a worse one; `is empty`: none at all."""

    name = "quality"
    operators = frozenset({"=", "!="}) | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        worst = _SEVERITIES
        if not is_about_nothing(condition):
            word = condition.values[0]
            if word.text.lower() not in _SEVERITIES:
                raise unknown("severity", word.text, word.place, _SEVERITIES)
            worst = _SEVERITIES[: _SEVERITIES.index(word.text.lower()) + 1]
        found = Q(pk__in=_OPEN.filter(severity__in=worst).values("product"))
        return fixed(found)


class Found(Field):
    """Whether a quality check has an open finding about the product."""

    name = "finding"
    operators = EQUAL | EMPTY

    def positive(self, condition: Condition, known: Known) -> Predicate:
        by_lower = {code.lower(): code for code in CHECKS}
        for word in condition.values:
            if word.text.lower() not in by_lower:
                raise unknown("quality check", word.text, word.place, CHECKS)
        codes = [by_lower[word.text.lower()] for word in condition.values]
        rows = _OPEN.filter(check_code__in=codes) if codes else _OPEN.all()
        return fixed(Q(pk__in=rows.values("product")))
