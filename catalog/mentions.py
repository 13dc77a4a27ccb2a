"""Where codes stand in documents and texts, beside foreign keys: how to find one there, and how to put another in.

facts        {attribute: {scope: value}} of products, families and records; an attribute's default value
filters      selections of channels, conditions of requirements, rules of placements, whom fragments may be said of
references   {{ fact:CODE }}, {{ label:CODE }}, {{ fragment:CODE }}, {{ link:SKU }} in the working copies of fragments
pictures     asset:CODE in the same
expressions  of computed attributes, and which entity an attribute's records are of
lists        what a product does not inherit; the limits of a channel's texts
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from modeltranslation.utils import build_localized_fieldname

from catalog.aliases import NAMED_BY, REFERRED, Target
from catalog.filters.errors import FilterError
from catalog.filters.names import Name, codes_in, renamed
from catalog.filters.reading import parse
from catalog.models import Attribute
from catalog.references import Reference, pictures_in, references_in, substitute, with_pictures
from catalog.values import TYPES, AttributeSpec, Scope
from catalog.values.expressions import FUNCTIONS

Document: TypeAlias = Mapping[str, Mapping[str, Any]]
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Texts and units, which are passed over, and names, as catalog.values.expressions reads them.
_EXPRESSED = re.compile(
    r""" "(?:[^"\\]|\\.)*" | \[[^\]]*\] | \{(?P<braced>[^{}]*)\} | (?P<plain>[A-Za-z_][A-Za-z0-9_]*\b)(?!\s*\() """,
    re.VERBOSE,
)
LANGUAGE = "language"
_APPLIES = {"channel": "channels", "market": "markets", "audience": "audiences"}
_LISTED = {"slot": "slot", "associationtype": "association"}


def carriers(target: Target, specs: Mapping[str, AttributeSpec]) -> frozenset[str]:
    """The codes of the attributes whose values may name the target. `specs` are all attributes by lower-case code."""
    return frozenset(spec.code for spec in specs.values() if _carries(spec, target))


def _carries(spec: AttributeSpec, target: Target) -> bool:
    if NAMED_BY.get(spec.type) != target.kind:
        return False
    if target.kind == "attributeoption":
        return spec.code.lower() == target.scope.lower()
    return target.kind != "record" or str(spec.settings.get("entity", "")).lower() == target.scope.lower()


@dataclass(frozen=True)
class InFacts:
    """A target in facts' documents; `carriers` as above."""

    target: Target
    carriers: frozenset[str] = frozenset()

    def candidates(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows whose `values` may name it: all that do, and few others. Done by the database."""
        code = self.target.code
        if self.target.kind == "attribute":
            return rows.filter(values__has_key=code)
        if self.target.kind == "channel":
            return _said(rows, F("values"), f'@{code}"')
        if self.target.kind == LANGUAGE:
            return _said(rows, F("values"), f'"{code}"', f'"{code}@')
        if not self.carriers:
            return rows.none()
        return _said(rows.filter(values__has_any_keys=sorted(self.carriers)), F("values"), f'"{code}"')

    def stands_in(self, document: Document) -> bool:
        if self.target.kind == "attribute":
            return self.target.code in document
        if self.target.kind in ("channel", LANGUAGE):
            return any(self._of_scope(key) for scopes in document.values() for key in scopes)
        return any(
            self.target.code in (value if isinstance(value, list) else [value])
            for attribute in self.carriers
            for value in document.get(attribute, {}).values()
        )

    def _of_scope(self, key: str) -> bool:
        scope = Scope.read(key)
        return self.target.code == (scope.channel if self.target.kind == "channel" else scope.language)

    def replaced(self, document: Document, new: str) -> dict[str, dict[str, Any]]:
        """The document with `new` in its place. Where both are said already, what is said of `new` stays."""
        if self.target.kind == "attribute":
            return self._key_replaced(document, new)
        if self.target.kind == "channel":
            return {code: self._scopes_replaced(scopes, new) for code, scopes in document.items()}
        return {
            code: {key: self.value_replaced(value, new) for key, value in scopes.items()}
            if code in self.carriers
            else dict(scopes)
            for code, scopes in document.items()
        }

    def _key_replaced(self, document: Document, new: str) -> dict[str, dict[str, Any]]:
        result: dict[str, dict[str, Any]] = {}
        for code, scopes in document.items():
            if code == self.target.code and new in document and new != code:
                continue
            result[new if code == self.target.code else code] = dict(scopes)
        if new != self.target.code and new in document:
            result[new] = {**document.get(self.target.code, {}), **document[new]}
        return result

    def _scopes_replaced(self, scopes: Mapping[str, Any], new: str) -> dict[str, Any]:
        moved = {
            str(Scope.read(key)._replace(channel=new)): value for key, value in scopes.items() if self._of_scope(key)
        }
        return moved | {key: value for key, value in scopes.items() if not self._of_scope(key)}

    def value_replaced(self, value: Any, new: str) -> Any:
        if isinstance(value, list):
            return list(dict.fromkeys(new if item == self.target.code else item for item in value))
        return new if value == self.target.code else value


def _said(rows: QuerySet[Any], document: Any, *words: str) -> QuerySet[Any]:
    """The rows in whose JSON one of these words stands, whatever it means there."""
    rows = rows.alias(said=Cast(document, TextField()))
    found = Q()
    for word in words:
        found |= Q(said__contains=word)
    return rows.filter(found)


# --- Filters ---------------------------------------------------------------------------------------------------------
def names_of(target: Target, carried_by: frozenset[str]) -> list[Name]:
    """What filters call the target."""
    values = [Name("value", target.code.lower(), attribute.lower()) for attribute in carried_by]
    if target.kind in ("attributeoption", "record", "asset"):
        return values
    return [Name(target.kind, target.code.lower()), *values]


def in_filter(text: str, names: list[Name]) -> bool:
    """Whether a filter's text says one of the names. One that cannot be read says nothing."""
    try:
        return bool(text) and not codes_in(parse(text)).isdisjoint(names)
    except FilterError:
        return False


def filter_replaced(text: str, names: list[Name], new: str) -> str:
    """A filter's text with `new` where it said one of the names; as it was written where it said none."""
    if not in_filter(text, names):
        return text
    found = parse(text)
    for name in names:
        found = renamed(found, name.kind, name.code, new, name.scope)
    return found.text()


# --- References ------------------------------------------------------------------------------------------------------
def body_columns() -> list[str]:
    return [build_localized_fieldname("body", language) for language in settings.MODELTRANSLATION_LANGUAGES]


def _called(target: Target) -> list[str]:
    """What stands in a text that refers to the target, or shows it."""
    if target.kind == "asset":
        return [f"asset:{target.code}"]
    return [f"{reference}:{target.code}" for reference, kind in REFERRED.items() if kind == target.kind]


def referring(rows: QuerySet[Any], target: Target) -> QuerySet[Any]:
    """The fragments whose working copy may refer to the target."""
    found = Q()
    for said in _called(target):
        for column in body_columns():
            found |= Q(**{f"{column}__icontains": said})
    return rows.filter(found) if found else rows.none()


def refers(text: str, target: Target) -> bool:
    if target.kind == "asset":
        return target.code.lower() in [code.lower() for code in pictures_in(text)]
    return any(_is(reference, target) for reference in references_in(text))


def text_replaced(text: str, target: Target, new: str) -> str:
    """The text with `new` where it refers to the target; what its references are told besides stays."""

    def put(reference: Reference) -> str:
        return str(reference._replace(code=new) if _is(reference, target) else reference)

    if not refers(text, target):
        return text
    if target.kind == "asset":
        return with_pictures(text, lambda code: new if code.lower() == target.code.lower() else code)
    return substitute(text, put)


def _is(reference: Reference, target: Target) -> bool:
    return REFERRED.get(reference.kind) == target.kind and reference.code.lower() == target.code.lower()


def frozen_with(revisions: QuerySet[Any], target: Target) -> QuerySet[Any]:
    """Of these revisions those that may name the target, in a reference, as a picture or in what they apply to."""
    found = Q(out__applies__has_key="products")
    revisions = revisions.alias(said=Cast(F("out"), TextField()))
    for said in _called(target):
        found |= Q(said__icontains=said)
    if target.kind in _APPLIES:
        found |= Q(said__contains=f'"{target.code}"')
    return revisions.filter(found)


def in_revision(content: Mapping[str, Any], target: Target, names: list[Name]) -> bool:
    """Whether what is out names the target; `names` is what filters call it."""
    if in_filter(content["applies"].get("products", ""), names):
        return True
    if target.kind in _APPLIES:
        return target.code.lower() in [code.lower() for code in content["applies"][_APPLIES[target.kind]]]
    return any(refers(text, target) for text in content["body"].values())


# --- Attributes' settings --------------------------------------------------------------------------------------------
def in_settings(spec: AttributeSpec, target: Target, carried_by: frozenset[str]) -> bool:
    """Whether an attribute's settings name the target: as its default value, in its expression, as its entity."""
    if target.kind == "attribute":
        sources = {code.lower() for code in TYPES[spec.type].sources(spec)}
        return target.code.lower() in sources and "expression" in spec.settings
    if target.kind == "entitytype":
        return str(spec.settings.get("entity", "")).lower() == target.code.lower()
    default = spec.settings.get("default")
    return spec.code in carried_by and target.code in (default if isinstance(default, list) else [default])


def expression_replaced(expression: str, old: str, new: str) -> str:
    """An expression with another code for a fact; functions, texts and units stay."""
    spelt = new if _PLAIN_NAME.fullmatch(new) and new not in FUNCTIONS else f"{{{new}}}"

    def put(found: re.Match[str]) -> str:
        return spelt if (found["braced"] or found["plain"] or "").lower() == old.lower() else found[0]

    return _EXPRESSED.sub(put, expression)


def settings_replaced(attribute: Attribute, target: Target, carried_by: frozenset[str], new: str) -> dict[str, Any]:
    changed = dict(attribute.settings)
    if target.kind == "attribute":
        changed["expression"] = expression_replaced(changed["expression"], target.code, new)
    elif target.kind == "entitytype":
        changed["entity"] = new
    else:
        changed["default"] = InFacts(target, carried_by).value_replaced(changed["default"], new)
    return changed


# --- Lists of codes --------------------------------------------------------------------------------------------------
def listed_as(target: Target) -> str:
    """How a product's `own_only` names the target, or "" where it never does."""
    kind = _LISTED.get(target.kind)
    return f"{kind}:{target.code.lower()}" if kind else ""


def limit_key(target: Target) -> str:
    """How a channel's `text_limits` name the target, or ""."""
    return {"attribute": target.code, "slot": f"slot:{target.code}"}.get(target.kind, "")


def listing(rows: QuerySet[Any], column: str, word: str) -> QuerySet[Any]:
    """The rows whose JSON column says the word, in quotation marks."""
    return _said(rows, F(column), f'"{word}"')
