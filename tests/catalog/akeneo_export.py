"""Small Akeneo exports for tests: a folder of files in which each test changes what it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog.importing.plan import Plan
from catalog.importing.sources.akeneo import Akeneo

# A file as it stands, or as rows, or None for no file at all.
File = str | bytes | Sequence[Mapping[str, str]] | None


def attribute(code: str, kind: str, **more: str) -> dict[str, str]:
    row = {"code": code, "type": f"pim_catalog_{kind}", "group": "main", "localizable": "0", "scopable": "0"}
    return {**row, "label-en_US": code.title(), **more}


ATTRIBUTES = [
    attribute("sku", "identifier"),
    attribute("name", "text", localizable="1"),
    attribute("notes", "textarea"),
    attribute("watts", "number", decimals_allowed="0", number_min="1", number_max="2000", useable_as_grid_filter="1"),
    attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM"),
    attribute("quiet", "boolean", scopable="1"),
    attribute("color", "simpleselect"),
    attribute("uses", "multiselect"),
    attribute("released", "date"),
    attribute("price", "price_collection"),
    attribute("picture", "image"),
    attribute("ean", "text"),
    attribute("brand", "simpleselect"),
    attribute("description", "textarea", localizable="1", scopable="1"),
    attribute("short_description", "textarea", localizable="1", scopable="1"),
]
ROWS: dict[str, Sequence[Mapping[str, str]]] = {
    "attribute_groups": [{"code": "main", "sort_order": "3", "label-en_US": "Main", "label-de_DE": "Haupt"}],
    "attributes": ATTRIBUTES,
    "attribute_options": [
        {"attribute": "color", "code": "Red", "sort_order": "2", "label-en_US": "Red"},
        {"attribute": "uses", "code": "home", "sort_order": "1", "label-en_US": "Home"},
        {"attribute": "uses", "code": "bar", "sort_order": "2", "label-en_US": "Bar"},
    ],
    "families": [
        {
            "code": "machines",
            "label-en_US": "Machines",
            "attributes": "weight,sku,name,color,description,picture",
            "attribute_as_label": "name",
            "attribute_as_image": "picture",
            "requirements-web": "sku,name,description",
            "requirements-print": "color",
        }
    ],
    "family_variants": [
        {
            "code": "by_color",
            "family": "machines",
            "label-en_US": "By colour",
            "variant-axes_1": "color",
            "variant-attributes_1": "sku,color,weight",
        }
    ],
    "categories": [{"code": "master", "parent": "", "label-en_US": "All"}],
    "channels": [
        {"code": "web", "locales": "en_US,de_DE", "currencies": "EUR,USD", "tree": "master", "label-en_US": "Web"},
        {"code": "print", "locales": "en_US", "currencies": "EUR", "tree": "master", "label-en_US": "Print"},
    ],
    "association_types": [{"code": "X_SELL", "label-en_US": "Cross sell"}],
    "products": [{"sku": "A1", "family": "machines", "enabled": "1"}],
}


def csv_text(rows: Sequence[Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def export(folder: Path, **files: File) -> Path:
    """Write an export whose files are the usual ones unless said."""
    for name, content in {**ROWS, **files}.items():
        if content is None:
            continue
        if not isinstance(content, str | bytes):
            content = csv_text(content)
        (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def plan_of(folder: Path, **files: File) -> Plan:
    return Akeneo().read(export(folder, **files))


def issues(plan: Plan, words: str = "") -> list[str]:
    """The issues that have these words, as a person reads them, without those every export has."""
    usual = ("is the SKU of each product", "its texts become fragments")
    texts = [str(issue) for issue in plan.issues]
    return [text for text in texts if words in text and not any(phrase in text for phrase in usual)]
