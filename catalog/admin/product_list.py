"""The list of products: one box for a filter, and beside it what the products found have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import OrderBy, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from unfold.views import ChangeList

from catalog.admin.presenting import chain
from catalog.admin.product_rows import shown
from catalog.admin.quality_panel import completeness_of
from catalog.admin.swatches import Swatches, swatches_of
from catalog.filters import And, Checked, Condition, Context, Filter, FilterError, check, parse
from catalog.filters.facets import LIMIT, Facets, FacetValue, facets
from catalog.models import Family, Product
from catalog.values import TYPES

PARAMETER = "filter"
BY_SKU = Lower("sku").asc()
# So many values of a facet are shown, and so many facets of a family.
VALUES, FACETS = 10, 12


@dataclass(frozen=True)
class Choice:
    """A value of a facet: a link that adds it to the filter, or takes it away where it is there."""

    label: str
    count: int
    link: str
    chosen: bool
    look: str = ""


@dataclass(frozen=True)
class Marked:
    """A filter that is not understood: what stands before the fault, the words it is about, and the rest."""

    before: str
    words: str
    after: str
    message: str

    @classmethod
    def of(cls, text: str, error: FilterError) -> Marked:
        """Of a long filter, only what stands around the fault."""
        start, end = error.place.start, max(error.place.end, error.place.start + 1)
        return cls(text[:start][-200:], text[start:end][:200], text[end:][:200], error.message)


class ProductFilter(admin.ListFilter):
    """The filter in the address. One that is not understood finds nothing: never more than was asked for."""

    title = "filter"
    template = "catalog/admin/facets.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.text = str((params.pop(PARAMETER, None) or [""])[-1]).strip()
        self.checked: Checked | None = None
        self.fault: Marked | None = None
        try:
            self.checked = check(parse(self.text))
        except FilterError as error:
            self.fault = Marked.of(self.text, error)
        self.cut = False

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [PARAMETER]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.checked is None:
            return queryset.none()
        return queryset.filter(self.checked.condition(Context.in_language(chain()[0]))) if self.text else queryset

    def understood(self) -> str:
        """The filter as it was understood, where it was typed in another way."""
        text = self.checked.filter.text() if self.checked else ""
        return text if text != self.text else ""

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Facets of the products found, each with links."""
        found = self.facets(changelist.queryset)
        self.cut = found.cut
        looks = swatches_of([facet.code for facet in found.facets])
        for facet in found.facets:
            values = [self._choice(changelist, value, looks) for value in facet.values[:VALUES]]
            yield {"label": facet.label, "values": values, "more": len(facet.values) - len(values)}

    def facets(self, found: QuerySet[Product]) -> Facets:
        """Of the facts, those of the families that the filter names."""
        if self.checked is None:
            return Facets(())
        return facets(found, chain()[0], _facts_of(self.checked.filter))

    def _choice(self, changelist: Any, value: FacetValue, looks: Swatches) -> Choice:
        parts = self.checked.filter.parts() if self.checked else ()
        chosen = value.condition in parts
        parts = tuple(part for part in parts if part != value.condition) if chosen else (*parts, value.condition)
        link = changelist.get_query_string({PARAMETER: And(parts).text() or None}, ["p"])
        option = looks.get(value.condition.code.lower(), {}).get(value.condition.values[0].text.lower(), "")
        return Choice(value.label, value.count, link, chosen, option)

    @property
    def limit(self) -> int:
        return LIMIT


def _facts_of(filter: Filter) -> list[str]:
    """The first attributes with few values of the families that a filter asks for."""
    asked = [part for part in filter.parts() if isinstance(part, Condition) and part.field == "family"]
    codes = [word.text.lower() for part in asked if part.operator in ("=", "in") for word in part.values]
    if not codes:
        return []
    kinds = [code for code, kind in TYPES.items() if kind.faceted]
    rows = Family.objects.filter(
        family_attributes__attribute__filterable=True, family_attributes__attribute__type__in=kinds
    ).order_by("family_attributes__position")
    found = rows.values_list("code", "family_attributes__attribute__code")
    return list(dict.fromkeys(attribute for family, attribute in found if family.lower() in codes))[:FACETS]


class ProductList(ChangeList):
    """The page's rows with what is shown of them."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Ordered by their ids alone: whole products, with their facts, would all have to be carried along.
        ids = list(self.result_list.values_list("pk", flat=True))
        whole = self.apply_select_related(self.root_queryset).filter(pk__in=ids).order_by()
        by_id = {row.pk: row for row in whole}
        rows = [by_id[pk] for pk in ids if pk in by_id]
        found = shown(rows, chain())
        shares = completeness_of([row.pk for row in rows])
        for row in rows:
            row.shown = found[row.pk]
            row.share = shares.get(row.pk)
        self.result_list = rows

    @property
    def box(self) -> ProductFilter:
        return next(spec for spec in self.filter_specs if isinstance(spec, ProductFilter))

    def kept(self) -> list[tuple[str, str]]:
        """What the address says besides the filter and the page."""
        return [(name, value) for name, values in self.filter_params.items() if name != PARAMETER for value in values]

    def without_filter(self) -> str:
        return str(self.get_query_string(remove=[PARAMETER, "p"]))

    def _get_deterministic_ordering(self, ordering: Any) -> Any:
        """SKUs differ in lower case, by which they are in order, so that the index alone gives the page."""
        first = ordering[0] if ordering else None
        if isinstance(first, OrderBy) and first.expression == BY_SKU.expression:
            return list(ordering)
        return super()._get_deterministic_ordering(ordering)


def filter_link(text: str) -> str:
    """The part of an address that asks the list for a filter."""
    return "?" + urlencode({PARAMETER: text})
