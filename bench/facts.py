"""The fact side at size: filters, facets, lists and a bulk change, against the same facts kept in other ways.

The references are in the same database: one row per value, with the indexes such tables have, and a scan of the
values documents. SIZE=1 measures filters and facets among 50,000 products and lists at 5,000, 50,000 and 500,000;
lists are the pages of the admin, through routing, view and template.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.measuring import ROUNDS, in_turn, scratch_database
from bench.products import ACTOR, attribute_codes, make_others, make_products, make_schema
from catalog import filters
from catalog.filters.facets import facets
from catalog.indexing import rebuild
from catalog.models import Attribute, Family, Product
from catalog.operations.bulk import set_fact_on

SMALL, MIDDLE, LARGE = 5_000, 50_000, 500_000
CHANGED = 1_000
CALLS = 10
FACETS = tuple(f"choice_{place}" for place in range(6))
# One option and one range: about one product in 160.
FILTER = "choice_0 = o5 and length_0 between 0.5 m and 1 m"
EAV = "bench_value"
ATTRIBUTES, FAMILIES = 1_000, 400
# What the engines do by themselves from time to time.
TIDY = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}


def run(size: float) -> dict[str, dict[str, float]]:
    small, middle, large = (max(1_000, int(count * size)) for count in (SMALL, MIDDLE, LARGE))
    with scratch_database():
        make_schema()
        figures: dict[str, float] = {}
        fill(0, small, figures)
        lists = {small: list_times(figures, small)}
        slowing = screen_times(figures)
        fill(small, middle, figures)
        lists[middle] = list_times(figures, middle)
        make_value_rows()
        filtering = in_turn({"ours": ours, "value_rows": by_value_rows, "documents": by_documents}, calls=CALLS)
        facetting = in_turn({"ours": our_facets, "value_rows": facets_by_value_rows}, calls=CALLS)
        drop_value_rows()
        changing = bulk_times(figures)
        fill(middle, large, figures)
        lists[large] = list_times(figures, large)
    figures |= {f"filter_{name}_ms": 1000 * taken for name, taken in filtering.items()}
    figures |= {f"facets_{name}_ms": 1000 * taken for name, taken in facetting.items()}
    return {
        "figures": figures,
        "ratios": {
            "filter_vs_value_rows": filtering["ours"] / filtering["value_rows"],
            "filter_vs_documents": filtering["ours"] / filtering["documents"],
            "facets_vs_value_rows": facetting["ours"] / facetting["value_rows"],
            **changing,
            "list_50k_vs_5k": lists[middle] / lists[small],
            "list_500k_vs_5k": lists[large] / lists[small],
            "screens_with_1000_attributes_vs_few": slowing,
        },
    }


def fill(start: int, end: int, figures: dict[str, float]) -> None:
    make_products(start, end)
    started = time.perf_counter()
    rebuild()
    figures[f"rebuild_{end}_s"] = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute(TIDY[connection.vendor])


# --- Filters and facets ----------------------------------------------------------------------------------------------


def ours() -> int:
    return filters.products(filters.parse(FILTER)).count()


def by_value_rows() -> int:
    return counted(
        f"SELECT COUNT(*) FROM catalog_product p JOIN {EAV} a ON a.product_id = p.id"
        f" JOIN {EAV} b ON b.product_id = p.id WHERE a.attribute_id = %s AND a.text = %s"
        " AND b.attribute_id = %s AND b.number BETWEEN %s AND %s",
        [attribute("choice_0"), "o5", attribute("length_0"), 0.5, 1],
    )


def by_documents() -> int:
    """A scan of the products' own documents."""
    if connection.vendor == "postgresql":
        choice, amount = "\"values\"->'choice_0'->>''", "(\"values\"->'length_0'->''->>'amount')::float"
    else:
        choice = 'json_extract("values", \'$.choice_0.""\')'
        amount = 'CAST(json_extract("values", \'$.length_0."".amount\') AS REAL)'
    return counted(
        f"SELECT COUNT(*) FROM catalog_product WHERE {choice} = %s AND {amount} BETWEEN %s AND %s", ["o5", 500, 1000]
    )


def subset() -> str:
    """A filter that about five thousand products meet."""
    return f"number_0 < {int(100_000 * SMALL / Product.objects.count() * 1.25)}"


def our_facets() -> Any:
    return facets(filters.products(filters.parse(subset())), "en", FACETS, own=False)


def facets_by_value_rows() -> list[tuple[Any, ...]]:
    ids = [attribute(code) for code in FACETS]
    places = ", ".join(["%s"] * len(ids))
    limit = int(subset().split()[-1])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT attribute_id, text, COUNT(*) FROM {EAV} WHERE attribute_id IN ({places}) AND product_id IN"
            f" (SELECT product_id FROM {EAV} WHERE attribute_id = %s AND number < %s) GROUP BY attribute_id, text",
            [*ids, attribute("number_0"), limit],
        )
        return list(cursor.fetchall())


def attribute(code: str) -> int:
    return int(Attribute.objects.values_list("pk", flat=True).get(code=code))


def counted(statement: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def make_value_rows() -> None:
    """Every fact of every product as a row of its own."""
    kinds = attribute_codes()
    ids = dict(Attribute.objects.values_list("code", "pk"))
    real = "DOUBLE PRECISION" if connection.vendor == "postgresql" else "REAL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {EAV} (product_id BIGINT NOT NULL, attribute_id BIGINT NOT NULL, text TEXT, number {real})"
        )
        batch: list[tuple[Any, ...]] = []
        for pk, values in Product.objects.values_list("pk", "values").iterator(chunk_size=2_000):
            for code, scopes in values.items():
                batch.append((pk, ids[code], *columns(kinds[code], scopes[""])))
            if len(batch) > 20_000:
                cursor.executemany(f"INSERT INTO {EAV} VALUES (%s, %s, %s, %s)", batch)
                batch.clear()
        cursor.executemany(f"INSERT INTO {EAV} VALUES (%s, %s, %s, %s)", batch)
        for columns_ in ("attribute_id, text", "attribute_id, number", "product_id"):
            cursor.execute(f"CREATE INDEX {EAV}_{columns_.replace(', ', '_')} ON {EAV} ({columns_})")
        cursor.execute(TIDY[connection.vendor])


def columns(kind: str, value: Any) -> tuple[str | None, float | None]:
    if kind == "measurement":
        return None, float(value["amount"]) / 1000
    return (None, float(value)) if kind == "number" else (str(value), None)


def drop_value_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {EAV}")


# --- Changing many ---------------------------------------------------------------------------------------------------


def bulk_times(figures: dict[str, float]) -> dict[str, float]:
    """One fact on a thousand products, with its index rows and completeness, against one bare UPDATE of the same rows.

    Once with a choice, which is searched and counted by too, and once with a number. Both ways change every row each
    time, and what the bare one changes is undone, so that the index is right for the next.
    """
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True)[:CHANGED])
    ratios = {}
    for name, code, values in (
        ("bulk_1000", "choice_0", [f"o{number}" for number in range(30, 40)]),
        ("bulk_1000_number", "number_0", [str(number) for number in range(10)]),
    ):
        times = bulk_rounds(ids, code, values)
        figures |= {f"{name}_ms": 1000 * times["ours"], f"{name}_raw_update_ms": 1000 * times["raw"]}
        ratios[f"{name}_vs_raw_update"] = times["ours"] / times["raw"]
    return ratios


def bulk_rounds(ids: list[int], code: str, values: list[str]) -> dict[str, float]:
    """Median seconds of both ways, in turn."""
    assert set_fact_on(ACTOR, ids, {code: {"": values[0]}})
    times: dict[str, list[float]] = {"ours": [], "raw": []}
    for place in range(ROUNDS):
        before, after = values[place : place + 2]
        times["raw"].append(seconds(partial(update_bare, ids, code, values[-1])))
        update_bare(ids, code, before)
        times["ours"].append(seconds(partial(change, ids, code, after)))
    return {name: statistics.median(taken) for name, taken in times.items()}


def change(ids: list[int], code: str, value: str) -> None:
    report = set_fact_on(ACTOR, ids, {code: {"": value}})
    assert report.changed == len(ids)


def update_bare(ids: list[int], code: str, value: str) -> None:
    """The change to the documents alone, made where they are: one statement, as one would write it by hand."""
    document = (
        f"jsonb_set(\"values\", '{{{code}}}', jsonb_build_object('', %s::text))"
        if connection.vendor == "postgresql"
        else f'json_set("values", \'$.{code}.""\', %s)'
    )
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE catalog_product SET "values" = {document}, updated_at = %s WHERE id IN ({places})',
            [value, timezone.now(), *ids],
        )
        assert cursor.rowcount == len(ids)


def seconds(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


# --- Screens ---------------------------------------------------------------------------------------------------------


def list_times(figures: dict[str, float], count: int) -> float:
    """Seconds for the admin's list with a filter, facets and completeness; queries and other pages are figures."""
    # About a hundred products, however many there are.
    limit = int(100_000 * 1_250 / count)
    narrow = f"family = family-1 and number_0 < {limit}"
    pages = {
        "filter": page(Product, filter=narrow),
        "plain": page(Product),
        "search": page(Product, q=f"{count - 1:07}"),
    }
    pages["filter"]()
    with CaptureQueriesContext(connection) as queries:
        pages["filter"]()
    figures[f"list_{count}_queries"] = len(queries)
    times = in_turn(pages)
    figures |= {f"list_{count}_{name}_ms": 1000 * taken for name, taken in times.items()}
    return times["filter"]


def screen_times(figures: dict[str, float]) -> float:
    """By how much the screen slows most that does, once there are 1,000 attributes and 400 families."""
    family, product = Family.objects.get(code="family-1"), Product.objects.filter(family__code="family-1").first()
    screens = {
        "attributes": page(Attribute),
        "families": page(Family),
        "family": page(Family, family),
        "products": page(Product, filter="family = family-1"),
        "product": page(Product, product),
    }
    make_others("some", 60, 50)  # so that their lists fill a page either way
    few = in_turn(screens)
    make_others("more", ATTRIBUTES - Attribute.objects.count(), FAMILIES - Family.objects.count())
    many = in_turn(screens)
    figures |= {f"screen_{name}_few_ms": 1000 * taken for name, taken in few.items()}
    figures |= {f"screen_{name}_many_ms": 1000 * taken for name, taken in many.items()}
    return max(many[name] / few[name] for name in screens)


def page(model: type[Model], row: Model | None = None, **query: str) -> Callable[[], None]:
    """Asks for a list of the admin, or for the form of a row, as somebody who may do everything."""
    user, _ = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(user)
    name = f"admin:catalog_{model._meta.model_name}_"
    address = reverse(name + "change", args=[row.pk]) if row else reverse(name + "changelist")

    def get() -> None:
        answer = client.get(address, query)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address} answers {answer.status_code}.")

    return get
