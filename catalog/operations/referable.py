"""What texts may refer to, looked up by code: a constant number of queries however many codes are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from modeltranslation.utils import build_localized_fieldname
from rapidfuzz import fuzz, process

from catalog import querysets
from catalog.aliases import Aliases
from catalog.mentions import body_columns
from catalog.models import Asset, Attribute, Fragment, FragmentRevision, Product
from catalog.references import Reference, references_in
from catalog.values import AttributeSpec

# How alike, of 100, a code is to what somebody wrote who may have meant it; and how many are compared.
ALIKE = 65
COMPARED = 5_000


class Piece(NamedTuple):
    """A fragment as far as references to it go: whether it is retired, whether any of it was approved, and the codes,
    in lower case, of the fragments that its working copy refers to.
    """

    code: str
    is_retired: bool
    is_approved: bool
    refers_to: frozenset[str]


class Referable(Protocol):
    """Codes are asked for, and answered, in lower case; what is not there is not in the answer."""

    def attributes(self, codes: Collection[str]) -> Mapping[str, AttributeSpec]: ...

    def fragments(self, codes: Collection[str]) -> Mapping[str, Piece]: ...

    def products(self, codes: Collection[str]) -> Collection[str]: ...

    def pictures(self, codes: Collection[str]) -> Mapping[str, bool]:
        """For each asset whether it is a picture that is kept here."""


class Stored:
    """What is in the database. A former code counts as the present one."""

    def __init__(self) -> None:
        self.aliases = Aliases()

    def attributes(self, codes: Collection[str]) -> dict[str, AttributeSpec]:
        present = self._present("attribute", codes)
        found = querysets.attribute_specs(present.values()) if codes else {}
        return {code: found[now] for code, now in present.items() if now in found}

    def fragments(self, codes: Collection[str]) -> dict[str, Piece]:
        present = self._present("fragment", codes)
        approved = FragmentRevision.objects.filter(fragment=OuterRef("pk"), out__isnull=False)
        rows = _called(Fragment, present.values()).annotate(approved=Exists(approved))
        found = {}
        for code, state, is_approved, *bodies in rows.values_list("code", "state", "approved", *body_columns()):
            named = frozenset(fragments_in(self.aliases.in_text(body) for body in bodies if body))
            found[code.lower()] = Piece(code, state == Fragment.State.RETIRED, is_approved, named)
        return {code: found[now] for code, now in present.items() if now in found}

    def products(self, codes: Collection[str]) -> set[str]:
        present = self._present("product", codes)
        found = set(_called(Product, present.values(), "sku").values_list("lower", flat=True))
        return {code for code, now in present.items() if now in found}

    def pictures(self, codes: Collection[str]) -> dict[str, bool]:
        present = self._present("asset", codes)
        rows = _called(Asset, present.values()).values_list("lower", "kind", "digest")
        found = {code: kind == Asset.Kind.IMAGE and bool(digest) for code, kind, digest in rows}
        return {code: found[now] for code, now in present.items() if now in found}

    def _present(self, kind: str, codes: Collection[str]) -> dict[str, str]:
        return {code: self.aliases.present(kind, code).lower() for code in codes}


def fragments_in(texts: Iterable[str]) -> list[str]:
    """The codes, in lower case, of the fragments that texts refer to."""
    found = (reference for text in texts for reference in references_in(text))
    return [reference.code.lower() for reference in found if reference.kind == "fragment"]


def _called(model: type[Model], codes: Iterable[str], column: str = "code") -> QuerySet[Any]:
    rows: QuerySet[Any] = QuerySet(model).annotate(lower=Lower(column))
    return rows.filter(lower__in=set(codes))


# --- What somebody may have meant ------------------------------------------------------------------------------------
def meant(reference: Reference) -> str:
    """The code that was meant by one that is not there; "" where none is like it."""
    if reference.kind in ("fact", "label"):
        return _closest(reference.code, _attributes())
    if reference.kind == "product":
        return _closest(reference.code, {"name": "name", "sku": "sku"})
    if reference.kind == "link":
        return _closest(reference.code, _alike(Product, "sku", reference.code))
    return _closest(reference.code, _alike(Fragment, "code", reference.code))


def asset_meant(code: str) -> str:
    return _closest(code, _alike(Asset, "code", code))


def _attributes() -> dict[str, str]:
    """Codes of attributes by what people may call them: their codes and labels, in lower case."""
    labels = [build_localized_fieldname("label", language) for language, _ in settings.LANGUAGES]
    found: dict[str, str] = {}
    rows: QuerySet[Any] = QuerySet(Attribute)
    for code, *said in rows.order_by("code").values_list("code", *labels)[:COMPARED]:
        found |= {name.lower(): code for name in (*said, code) if name}
    return found


def _alike(model: type[Model], column: str, code: str) -> dict[str, str]:
    """Codes that begin or end as this one does: there may be very many."""
    some = Q(**{f"{column}__istartswith": code[:3]}) | Q(**{f"{column}__iendswith": code[-3:]})
    rows: QuerySet[Any] = QuerySet(model)
    found = rows.filter(some).order_by(column).values_list(column, flat=True)[:COMPARED]
    return {each.lower(): each for each in found}


def _closest(word: str, candidates: Mapping[str, str]) -> str:
    found = process.extractOne(word.lower(), list(candidates), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return candidates[found[0]] if found else ""
