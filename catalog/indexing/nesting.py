"""Fragments that stand in other fragments' texts: what is derived of products counts their words too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast, Lower

from catalog import querysets
from catalog.aliases import Aliases
from catalog.models import CodeAlias, Fragment
from catalog.references import MAX_DEPTH, Reference, references_in, substitute
from catalog.richtext import to_text

# Characters of one text with all that stands in it; what comes after is left out.
MAX_TEXT = 200_000
# Codes that the database looks for one by one.
_FEW = 50
Bodies = Mapping[str, str]


class Nested:
    """What is out of the fragments that others name, by lower-case code; read as it is asked for."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self.bodies: dict[str, Bodies] = {}

    def put_in(self, contents: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
        """The same with the texts of other fragments in place of what names them, each in the same language.

        A query for each level of nesting, none where nothing is named.
        """
        self._load({code for content in contents.values() for code in _named(content["body"])})
        return {pk: {**content, "body": self._whole(content["body"])} for pk, content in contents.items()}

    def _load(self, codes: Collection[str]) -> None:
        for _ in range(MAX_DEPTH):
            wanted = set(codes) - self.bodies.keys()
            if not wanted:
                return
            self.bodies |= {code: {} for code in wanted}
            rows = querysets.current_revisions().alias(low=Lower("fragment__code")).filter(low__in=wanted)
            for row in rows:
                self.bodies[row.fragment.code.lower()] = self.aliases.in_revision(row.out or {})["body"]
            codes = {code for each in wanted for code in _named(self.bodies[each])}

    def _whole(self, bodies: Bodies) -> dict[str, str]:
        return {
            language: self._text(body, language, MAX_DEPTH)[:MAX_TEXT] if "{{" in body else body
            for language, body in bodies.items()
        }

    def _text(self, body: str, language: str, depth: int) -> str:
        left = [MAX_TEXT]

        def put(reference: Reference) -> str:
            if reference.kind != "fragment":
                return str(reference)
            inner = self.bodies.get(reference.code.lower(), {}).get(language, "")
            if not inner or depth <= 1 or left[0] <= 0:
                return ""
            text = self._text(inner, language, depth - 1)[: left[0]]
            left[0] -= len(text)
            return text if body.startswith("<") else to_text(text)

        return substitute(body, put)


def _named(bodies: Bodies) -> Iterator[str]:
    for body in bodies.values():
        for reference in references_in(body) if "{{" in body else ():
            if reference.kind == "fragment":
                yield reference.code.lower()


def naming(fragments: Collection[int]) -> set[int]:
    """The ids of the fragments whose text that is out names one of these, directly or through others.

    Two queries for each level of nesting.
    """
    found: set[int] = set()
    level = set(fragments)
    for _ in range(MAX_DEPTH):
        codes = list(Fragment.objects.filter(pk__in=level).order_by().values_list("code", flat=True))
        former = CodeAlias.objects.filter(kind="fragment", code__in=codes).values_list("alias", flat=True)
        wanted = {code.lower() for code in (*codes, *former)}
        said = Q()
        for code in wanted if len(wanted) <= _FEW else ("",):
            said |= Q(said__icontains=f"fragment:{code}")
        rows = querysets.current_revisions().alias(said=Cast(F("out"), TextField())).filter(said)
        named = {row.fragment_id for row in rows if not wanted.isdisjoint(_named((row.out or {})["body"]))}
        level = named - found - set(fragments)
        if not level:
            break
        found |= level
    return found
