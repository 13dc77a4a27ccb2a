"""The fact side at size: filters, facets, lists and a bulk change, against the same facts kept in other ways.

The references are in the same database: one row per value, with the indexes such tables have, and a scan of the
values documents. SIZE=1 measures filters and facets among 50,000 products and lists at 5,000, 50,000 and 500,000;
lists are the pages of the admin, through routing, view and template.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.measuring import in_turn, scratch_database
from bench.products import ACTOR, attribute_codes, make_products, make_schema
from catalog import filters
from catalog.filters.facets import facets
from catalog.indexing import rebuild
from catalog.models import Attribute, Product
from catalog.operations.bulk import set_fact_on

SMALL, MIDDLE, LARGE = 5_000, 50_000, 500_000
CHANGED = 1_000
FACETS = tuple(f"choice_{place}" for place in range(6))
# One option and one range: about one product in 160.
FILTER = "choice_0 = o5 and length_0 between 0.5 m and 1 m"
EAV = "bench_value"


def run(size: float) -> dict[str, dict[str, float]]:
    small, middle, large = (max(1_000, int(count * size)) for count in (SMALL, MIDDLE, LARGE))
    with scratch_database():
        make_schema()
        figures: dict[str, float] = {}
        fill(0, small, figures)
        lists = {small: list_times(figures, small)}
        fill(small, middle, figures)
        lists[middle] = list_times(figures, middle)
        make_value_rows()
        filtering = in_turn({"ours": ours, "value_rows": by_value_rows, "documents": by_documents})
        facetting = in_turn({"ours": our_facets, "value_rows": facets_by_value_rows})
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
            "bulk_1000_vs_raw_update": changing["ours"] / changing["raw"],
            "list_50k_vs_5k": lists[middle] / lists[small],
            "list_500k_vs_5k": lists[large] / lists[small],
        },
    }


def fill(start: int, end: int, figures: dict[str, float]) -> None:
    make_products(start, end)
    started = time.perf_counter()
    rebuild()
    figures[f"rebuild_{end}_s"] = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
    return facets(filters.products(filters.parse(subset())), "en", FACETS)


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
        cursor.execute("ANALYZE")


def columns(kind: str, value: Any) -> tuple[str | None, float | None]:
    if kind == "measurement":
        return None, float(value["amount"]) / 1000
    return (None, float(value)) if kind == "number" else (str(value), None)


def drop_value_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {EAV}")


# --- Changing many ---------------------------------------------------------------------------------------------------


def bulk_times(figures: dict[str, float]) -> dict[str, float]:
    """One fact on a thousand products: with its index rows and completeness, and a bare UPDATE of the same rows."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True)[:CHANGED])
    turn = iter(range(1_000_000))

    def change() -> None:
        report = set_fact_on(ACTOR, ids, {"choice_0": {"": f"o{30 + next(turn) % 10}"}})
        assert report.changed == CHANGED

    def raw() -> None:
        rows = Product.objects.filter(pk__in=ids).values_list("pk", "values")
        documents = [(connection.ops.adapt_json_value(value, None), pk) for pk, value in rows]
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.executemany('UPDATE catalog_product SET "values" = %s WHERE id = %s', documents)
        taken.append(time.perf_counter() - started)

    taken: list[float] = []
    times = in_turn({"ours": change, "raw": raw})
    times["raw"] = sorted(taken)[len(taken) // 2]
    figures |= {"bulk_1000_ms": 1000 * times["ours"], "raw_update_1000_ms": 1000 * times["raw"]}
    return times


# --- Lists -----------------------------------------------------------------------------------------------------------


def list_times(figures: dict[str, float], count: int) -> float:
    """Seconds for the admin's list with a filter, facets and completeness; queries and other pages are figures."""
    user, _ = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    address = reverse("admin:catalog_product_changelist")
    narrow = f"choice_0 = o5 and number_0 < {int(100_000 * 1_000 / count * 1.25)} and family = family-1"

    def page(**query: str) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(address, query)
            assert answer.status_code == 200

        return get

    pages = {"filter": page(filter=narrow), "plain": page(), "search": page(q="product 77")}
    pages["filter"]()
    with CaptureQueriesContext(connection) as queries:
        pages["filter"]()
    times = in_turn(pages)
    figures[f"list_{count}_queries"] = len(queries)
    figures |= {f"list_{count}_{name}_ms": 1000 * taken for name, taken in times.items()}
    return times["filter"]
