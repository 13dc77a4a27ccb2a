"""Styles that are kept from one chunk to the next.

WeasyPrint computes a property when layout asks for it, which takes a third of a chunk's time, and forgets all of them
with the document. What it computes depends on the rules that match and on the parent's style, on nothing else of the
document; so chunks, which are all built alike, share it. Uses what WeasyPrint 70 does not promise to keep: tests hold
it to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

import tinycss2
from weasyprint.css import ComputedStyle, InitialStyle, StyleFor, declaration_precedence
from weasyprint.css.validation import preprocess_declarations

MOST = 2_000  # styles kept; texts may nest in ever new ways


class Rule(NamedTuple):
    """A rule that matches an element, or its part `pseudo`."""

    origin: str
    layer: float
    specificity: tuple[int, int, int]
    pseudo: str | None
    declarations: Sequence[tuple[str, Any, bool]]


class Kept:
    """The styles computed for style sheets: those of elements, by parent and rules, and those of pages."""

    def __init__(self, sheets: Iterable[tuple[Any, str, Any]], configuration: Any) -> None:
        self.sheets = list(sheets)
        self.configuration = configuration
        self.sizes: dict[str, Any] = {"box": None, "area": None}  # of the first page: no rule of ours asks for it
        self.elements: dict[Any, Any] = {}
        self.pages: dict[Any, dict[Any, Any]] = {}
        self._initial = InitialStyle(configuration)

    def bound(self) -> None:
        """Begin anew where there are too many; not in the middle of a document."""
        if len(self.elements) > MOST:
            self.elements.clear()
            self.pages.clear()

    def rules(self, element: Any) -> list[Rule]:
        """Those that match `element`, as cssselect2 wraps it."""
        return [
            Rule(origin, inf if layer is None else sheet.layers.index(layer), own or specificity, pseudo, declarations)
            for sheet, origin, own in self.sheets
            for specificity, _, pseudo, (declarations, layer) in sheet.matcher.match(element)
        ]

    def computed(self, above: Any, root: Any, cascaded: Mapping[str, Any], pseudo: str | None = None) -> Any:
        """A style below the style `above`, which is None for the root."""
        root = self._initial if above is None else root
        return ComputedStyle(above, cascaded, pseudo, root, None, self.configuration, self.sizes)


class KeptStyles(StyleFor):  # type: ignore[misc]
    """WeasyPrint's way to ask for the style of an element, for a document that has no styles of its own."""

    def __init__(self, html: Any, kept: Kept, targets: Any) -> None:
        kept.bound()
        self._kept, self._targets = kept, targets
        self._sheets, self.font_config, self.initial_page_sizes = kept.sheets, kept.configuration, kept.sizes
        self._cascaded_styles: dict[Any, Any] = {}
        self._computed_styles: dict[Any, Any] = {}
        self._bases: dict[Any, Any] = {}
        self._html = html.etree_element
        for element in html.wrapper_element.iter_subtree():
            self._style(element)

    @property
    def _root(self) -> Any:
        return self._bases.get(self._html)

    def _style(self, wrapper: Any) -> None:
        """An id and a pseudo-element have a style of their own; what is below an id shares that without it."""
        element, kept = wrapper.etree_element, self._kept
        above = self._bases[wrapper.parent.etree_element] if wrapper.parent else None
        rules, language = kept.rules(wrapper), element.get("lang")
        key = (id(above), language, tuple((rule.origin, rule.specificity, id(rule.declarations)) for rule in rules))
        base = kept.elements.get(key)
        if base is None:
            own = _cascaded([_spoken(language)] if language else [], (rule for rule in rules if not rule.pseudo))
            base = kept.elements[key] = kept.computed(above, self._root, own)
        self._bases[element] = base
        self._computed_styles[element, None] = self._anchored(base, anchor) if (anchor := element.get("id")) else base
        for pseudo in {rule.pseudo for rule in rules if rule.pseudo}:
            own = _cascaded(rule for rule in rules if rule.pseudo == pseudo)
            self._computed_styles[element, pseudo] = kept.computed(base, self._root, own, pseudo)

    def _anchored(self, base: Any, anchor: str) -> Any:
        style = base.copy()
        style["anchor"] = anchor
        self._targets.collect_anchor(anchor)
        return style

    def add_page_declarations(self, page_type: Any) -> None:
        """The styles of a page type that was there before are taken over; WeasyPrint asks for no others then."""
        found = self._kept.pages.get((id(self._root), page_type))
        if found is None:
            super().add_page_declarations(page_type)
        else:
            self._computed_styles.update(found)

    def set_computed_styles(self, element: Any, *rest: Any, pseudo_type: str | None = None, **more: Any) -> None:
        """Called for page types and their margins."""
        if (element, pseudo_type) not in self._computed_styles:
            super().set_computed_styles(element, *rest, pseudo_type=pseudo_type, **more)
            page = self._kept.pages.setdefault((id(self._root), element), {})
            page[element, pseudo_type] = self._computed_styles[element, pseudo_type]


def _spoken(language: str) -> Rule:
    said = tinycss2.parse_one_declaration(f'-weasy-lang:"{language}"')
    return Rule("author", inf, (0, 0, 0), None, list(preprocess_declarations(None, [said])))


def _cascaded(*rules: Iterable[Rule]) -> dict[str, Any]:
    """Of each property the declaration that counts, with its weight."""
    found: dict[str, Any] = {}
    for rule in (one for some in rules for one in some):
        for name, values, is_important in rule.declarations:
            weight = (declaration_precedence(rule.origin, is_important), rule.layer, rule.specificity)
            if name not in found or found[name][1] <= weight:
                found[name] = values, weight
    return found
