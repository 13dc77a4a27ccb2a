"""Puts a fragment's text into the words of one document: references resolved in its language and its formats."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import lru_cache

from catalog.references import Reference, references_in, substitute
from catalog.richtext import clean_html, to_text
from catalog.values import Invalid
from exports.bundles import Context, FragmentContent, Library
from exports.documents import Statement
from exports.statements import Candidate, Unresolved, applicable, language_of

MAX_DEPTH = 5
# Characters that the references of one statement may stand for, counted at every level: fragments that name fragments
# many times each would multiply.
MAX_TAKEN = 100_000


class Words:
    """Puts a revision's text into words: references resolved in the document's language."""

    def __init__(
        self, context: Context, library: Library, fact: Callable[[str], str], product: Mapping[str, str]
    ) -> None:
        self.context = context
        self.library = library
        self.fact = fact
        self.product = product
        self.taken = 0

    def statement(self, candidate: Candidate) -> Statement:
        """Raises Unresolved."""
        slot, fragment = candidate.placed.slot, candidate.placed.fragment
        body = fragment.content["body"][candidate.language]
        path = (fragment.code.lower(),)
        self.taken = 0
        known = {reference: self.resolve(reference, path) for reference in references_in(body)}
        markup = substitute(_markup(body), lambda reference: html.escape(known[reference])) if slot.rich else ""
        return Statement(slot.code, candidate.language, markup, substitute(_text(body), known.__getitem__))

    def resolve(self, reference: Reference, path: tuple[str, ...]) -> str:
        """The text a reference stands for; `path` are the fragments being resolved, to find circles."""
        if reference.kind == "fact":
            text = self.fact(reference.code.lower())
        elif reference.kind == "product":
            text = self.product.get(reference.code.lower(), "")
        else:
            text = self.fragment(reference.code.lower(), path)
        if not text:
            raise Unresolved(f"{reference} has no value here.")
        self.taken += len(text)
        if self.taken > MAX_TAKEN:
            raise Unresolved(f"its references stand for more than {MAX_TAKEN:,} characters.")
        return " ".join(text.splitlines())

    def fragment(self, code: str, path: tuple[str, ...]) -> str:
        """Another fragment's plain text, "" where it is not out or not applicable. Raises Unresolved for a circle."""
        if code in path:
            raise Unresolved(f"the references {' -> '.join((*path, code))} go round in a circle.")
        if len(path) >= MAX_DEPTH:
            raise Unresolved(f"references are nested more than {MAX_DEPTH} deep: {' -> '.join((*path, code))}.")
        found: FragmentContent | None = self.library.fragments.get(code)
        if found is None or isinstance(applicable(found.content, self.context), str):
            return ""
        language = language_of(found.content, self.context)
        text = _text(found.content["body"][language]) if language else ""
        return substitute(text, lambda reference: self.resolve(reference, (*path, code)))


@lru_cache(maxsize=2_000)
def _markup(body: str) -> str:
    """A body for a slot with markup. It may have been written for one without, where "<" is a character like others."""
    try:
        return clean_html(body)
    except Invalid:
        return f"<p>{html.escape(body, quote=False)}</p>"


_text = lru_cache(maxsize=2_000)(to_text)
