"""Puts a fragment's text into the words of one document: references resolved in its language and its formats.

Another fragment stands for its plain text within a sentence, and for its markup where it stands alone in a paragraph. A
link to a product is written `<a href="product:SKU">Name</a>`, an address that no author can write; formats say where
that is. Pictures get the address they are served under.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from catalog.references import MAX_DEPTH, Reference, pictures_in, references_in, split, substitute
from catalog.richtext import MAX_DEPTH as MAX_NESTING
from catalog.richtext import clean_html, nesting, to_text
from catalog.values import TYPES, Invalid
from catalog.values.base import pick
from catalog.values.effective import effective
from exports.addresses import SIZES, picture_path
from exports.assembling.judging import applicable, language_of
from exports.assembling.plans import Plan
from exports.assembling.statements import Candidate, Unresolved
from exports.documents import Statement
from exports.gathering.bundles import AssetInfo, Context, FragmentContent, Linked

# Characters that the references of one statement may stand for, counted at every level: fragments that name fragments
# many times each would multiply.
MAX_TAKEN = 100_000

_SIMPLE = frozenset(["fact", "label", "product"])
# In clean markup: a paragraph that is nothing but one pair of braces, a tag, and text.
_PIECE = re.compile(r"<p>(?:\s|&nbsp;)*(\{\{[^{}<>]*\}\})(?:\s|&nbsp;)*</p>|(<[^>]*>)|([^<]+|<)")
_ALT = re.compile(r'\balt="([^"]*)"')


class Facts(Protocol):
    """What a product says of itself, in the document's language."""

    def text(self, reference: Reference) -> str:
        """A fact as the reference wants it, "" for none. Raises Invalid where it cannot be written so."""

    def label(self, code: str) -> str:
        """What an attribute is called, "" where there is none."""


def linked_in(fragments: Iterable[FragmentContent]) -> set[str]:
    """The SKUs, in lower case, of all products that fragments link to."""
    bodies = (body for fragment in fragments for body in fragment.content["body"].values() if "link:" in body)
    return {found.code.lower() for body in bodies for found in references_in(body) if found.kind == "link"}


class Words:
    """Puts texts into words for one document. `context` is the plan's, with the rules that the product meets.

    `notes` are what is worth knowing of those put (kind, message), `shown` the assets whose pictures stand in them.
    """

    def __init__(self, plan: Plan, context: Context, facts: Facts, product: Mapping[str, str]) -> None:
        self.plan = plan
        self.context = context
        self.library = plan.library
        self.facts = facts
        self.product = product
        self.notes: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self.taken = 0

    def statement(self, candidate: Candidate) -> Statement:
        """Raises Unresolved."""
        slot, fragment = candidate.placed.slot, candidate.placed.fragment
        body = fragment.content["body"][candidate.language]
        return Statement(slot.code, candidate.language, *self.spoken(fragment.code, body, rich=slot.rich))

    def spoken(self, code: str, body: str, *, rich: bool) -> tuple[str, str]:
        """A fragment's text as markup ("" where there is to be none) and as plain words. Raises Unresolved."""
        if (same := fixed(body, rich)) is not None:
            return same
        text = _Text(self, code)
        self.taken = 0
        if not rich:
            return "", text.plain(_text(body))
        markup = text.rich(_markup(body))
        if text.is_rebuilt and nesting(markup) > MAX_NESTING:
            raise Unresolved(f"with the fragments in it, elements are nested more than {MAX_NESTING} deep.")
        self.notes = list(dict.fromkeys([*self.notes, *text.notes]))
        self.shown = list(dict.fromkeys([*self.shown, *text.shown]))
        return markup, to_text(markup) if text.is_rebuilt else text.plain(_text(body), counted=True)

    # --- What references stand for -----------------------------------------------------------------------------------
    def resolve(self, reference: Reference, path: tuple[str, ...]) -> str:
        """The text a reference stands for; `path` are the fragments being resolved, to find circles."""
        text = " ".join(self._said(reference, path).splitlines())
        if not text:
            raise Unresolved(f"{reference} has no value here.")
        self.take(text)
        return text

    def take(self, text: str) -> None:
        """Count what references stand for. Raises Unresolved where it is too much."""
        self.taken += len(text)
        if self.taken > MAX_TAKEN:
            raise Unresolved(f"its references stand for more than {MAX_TAKEN:,} characters.")

    def _said(self, reference: Reference, path: tuple[str, ...]) -> str:
        code = reference.code.lower()
        if reference.kind == "fact":
            try:
                return self.facts.text(reference)
            except Invalid as error:
                raise Unresolved(f"{reference} cannot be written: {error}.") from None
        if reference.kind == "label":
            return self.facts.label(code)
        if reference.kind == "product":
            return self.product.get(code, "")
        if reference.kind == "link":
            return self.name(self.linked(reference))
        body = self.fragment(code, path)
        return substitute(_text(body), lambda inner: self.resolve(inner, (*path, code)))

    def fragment(self, code: str, path: tuple[str, ...]) -> str:
        """Another fragment's text, "" where it is not out or not applicable. Raises Unresolved for a circle."""
        if code in path:
            raise Unresolved(f"the references {' -> '.join((*path, code))} go round in a circle.")
        if len(path) >= MAX_DEPTH:
            raise Unresolved(f"references are nested more than {MAX_DEPTH} deep: {' -> '.join((*path, code))}.")
        found: FragmentContent | None = self.library.fragments.get(code)
        if found is None or isinstance(applicable(found.content, self.context), str):
            return ""
        language = language_of(found.content, self.context)
        return str(found.content["body"][language]) if language else ""

    def linked(self, reference: Reference) -> Linked:
        """Raises Unresolved."""
        found = self.library.linked.get(reference.code.lower())
        if found is None:
            raise Unresolved(f"{reference} names a product that there is not.")
        return found

    def name(self, product: Linked) -> str:
        """What a product is called in the document's language; its SKU, where that is not said."""
        if not product.attributes:
            return product.sku
        found = effective(product.attributes, product.levels, self.context.channel, self.context.chain)
        winner = found[product.name].winner if product.name in found else None
        if winner is None or winner.value is None:
            return product.sku
        spec = next(spec for spec in product.attributes if spec.code == product.name)
        return TYPES[spec.type].text(winner.value, spec, self.context.chain)

    def picture(self, code: str) -> AssetInfo:
        """Raises Unresolved for what cannot be shown."""
        found = self.library.assets.get(code.lower())
        if found is None or found.kind != "image" or not found.digest:
            raise Unresolved(f"the picture “{code}” is no picture of the asset library.")
        if found.expires is not None and found.expires < self.context.on:
            raise Unresolved(f"the rights to the picture “{code}” ended on {found.expires.isoformat()}.")
        return found


class _Text:
    """One fragment's text with all that is in it. `is_rebuilt` once its words are no longer those of its own markup."""

    def __init__(self, words: Words, code: str) -> None:
        self.words = words
        self.code = code
        self.notes: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self.is_rebuilt = False
        self._known: dict[Reference, str] = {}

    def plain(self, text: str, *, counted: bool = False) -> str:
        """A plain text; one that was `counted` as markup is not counted again."""
        known, path = self._known if counted else {}, (self.code.lower(),)
        return "".join(
            piece if isinstance(piece, str) else known.get(piece) or self.words.resolve(piece, path)
            for piece in _pieces(text)
        )

    def rich(self, markup: str, path: tuple[str, ...] = ()) -> str:
        """Clean markup with its references and pictures put in; `path` are the fragments it stands in."""
        if "{{" not in markup and "<img" not in markup:
            return markup
        path = path or (self.code.lower(),)
        if _is_simple(markup):
            pieces = _pieces(markup)
            return "".join(piece if isinstance(piece, str) else self._put(piece, path, False) for piece in pieces)
        out: list[str] = []
        is_linked = False
        for alone, tag, text in _PIECE.findall(markup):
            if tag:
                is_linked = tag.startswith("<a ") or (is_linked and tag != "</a>")
                out.append(self._tag(tag, path))
            elif alone and not is_linked and (found := references_in(alone)) and found[0].kind == "fragment":
                out.append(self._block(found[0], path))
            elif alone:
                out.append(f"<p>{self._inline(alone, path, is_linked)}</p>")
            else:
                out.append(self._inline(text, path, is_linked))
        return "".join(out)

    def _inline(self, text: str, path: tuple[str, ...], is_linked: bool) -> str:
        return substitute(text, lambda found: self._put(found, path, is_linked))

    def _put(self, reference: Reference, path: tuple[str, ...], is_linked: bool) -> str:
        """What a reference stands for within a sentence; no link within a link."""
        text = self.words.resolve(reference, path)
        if len(path) == 1:
            self._known[reference] = text
        if reference.kind != "link":
            return html.escape(text)
        product = self.words.linked(reference)
        if not product.released:
            missing = f"“{product.sku}” is not released here, so its name stands without a link."
            self.notes.append(("link", f"Fragment “{self.code}”: {missing}"))
        if is_linked or not product.released:
            return html.escape(text)
        return f'<a href="product:{product.sku}">{html.escape(text)}</a>'

    def _block(self, reference: Reference, path: tuple[str, ...]) -> str:
        """Another fragment's markup in place of the paragraph that names it."""
        self.is_rebuilt = True
        code = reference.code.lower()
        body = self.words.fragment(code, path)
        markup = self.rich(_markup(body), (*path, code)) if body else ""
        if not markup:
            raise Unresolved(f"{reference} has no value here.")
        self.words.take(markup)
        return markup

    def _tag(self, tag: str, path: tuple[str, ...]) -> str:
        """A tag; what it says in attributes is plain text."""
        if "{{" in tag:
            tag = substitute(tag, lambda found: html.escape(self.words.resolve(found, path)))
            self.is_rebuilt = self.is_rebuilt or tag.startswith("<img")
        return self._picture(tag) if tag.startswith("<img") else tag

    def _picture(self, tag: str) -> str:
        asset = self.words.picture(pictures_in(tag)[0])
        self.shown.append(asset.code)
        said = _ALT.search(tag)
        alt = said[1] if said else ""
        if not alt:
            self.is_rebuilt = True
            alt = html.escape(pick(asset.alt, self.words.context.chain))
        width, height = _scaled(asset, SIZES["large"])
        size = f' width="{width}" height="{height}"' if width else ""
        return f'<img src="{picture_path(asset.digest, "large")}" alt="{alt}"{size}>'


def _scaled(asset: AssetInfo, longest: int) -> tuple[int, int]:
    """Width and height in pixels as it is served; zeros if unknown."""
    if not asset.width or not asset.height:
        return 0, 0
    ratio = min(1.0, longest / max(asset.width, asset.height))
    return max(1, round(asset.width * ratio)), max(1, round(asset.height * ratio))


@lru_cache(maxsize=2_000)
def _markup(body: str) -> str:
    """A body for a slot with markup. It may have been written for one without, where "<" is a character like others."""
    try:
        return clean_html(body, strict=False)
    except Invalid:
        return f"<p>{html.escape(body, quote=False)}</p>"


@lru_cache(maxsize=4_000)
def fixed(body: str, rich: bool) -> tuple[str, str] | None:
    """A text's markup and plain words where they are the same for every document: it names nothing, and shows none."""
    text, markup = _text(body), _markup(body) if rich else ""
    return None if "{{" in markup or "<img" in markup or len(_pieces(text)) > 1 else (markup, text)


@lru_cache(maxsize=2_000)
def _is_simple(markup: str) -> bool:
    """Whether it names nothing that depends on where it stands: no pictures, links and fragments."""
    return "<img" not in markup and all(found.kind in _SIMPLE for found in references_in(markup))


# The same texts are put into words for many products.
_pieces = lru_cache(maxsize=4_000)(split)
_text = lru_cache(maxsize=2_000)(to_text)
