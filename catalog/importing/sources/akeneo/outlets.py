"""Categories, channels and association types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings

from catalog.importing.plan import AssociationTypeRecord, CategoryRecord, ChannelRecord
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.tables import Row, Table

# A channel says nothing of its medium, so the usual codes do; any other is the web.
MEDIA = {"print": "print", "mobile": "app"}
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_languages(intake: Intake) -> Table:
    """The channels' file; its locales are the first the intake sees, so that they win."""
    table = intake.required("channels", "code", "locales", "tree")
    for row in table.rows:
        for locale in row.codes("locales"):
            intake.locales.language(locale)
    return table


def read_channels(intake: Intake, table: Table) -> None:
    labels = intake.labels(table)
    for row in table.rows:
        code = intake.new_code(table, row, "code", intake.channels)
        if not code:
            continue
        intake.channels[code.lower()] = code
        intake.plan.channels.append(
            ChannelRecord(
                code,
                # Older exports have one label without a language.
                labels(row) or {settings.MODELTRANSLATION_DEFAULT_LANGUAGE: row.code("label")[:200] or code},
                medium=MEDIA.get(code.lower(), "web"),
                languages=tuple((language, "") for language in _languages(intake, table, row)),
                tree=intake.reference(table, row, "tree", intake.categories, row.code("tree"), "category"),
                currencies=tuple(_currencies(intake, table, row)),
                public=True,
            )
        )
    intake.leave(table, {"code", "label", "locales", "currencies", "tree"})


def _languages(intake: Intake, table: Table, row: Row) -> list[str]:
    languages = []
    for locale in row.codes("locales"):
        language = intake.locales.language(locale)
        if language and language not in languages:
            languages.append(language)
        elif not language:
            intake.about(table, row, "locales", f"{intake.locales.why_not(locale)}; the locale is left out", locale)
    return languages


def _currencies(intake: Intake, table: Table, row: Row) -> list[str]:
    for code in row.codes("currencies"):
        if not _CURRENCY.fullmatch(code):
            intake.about(table, row, "currencies", "no currency; they have three capital letters, such as EUR", code)
    return [code for code in dict.fromkeys(row.codes("currencies")) if _CURRENCY.fullmatch(code)]


def read_categories(intake: Intake) -> None:
    table = intake.required("categories", "code", "parent")
    labels = intake.labels(table)
    rows: dict[str, Row] = {}
    for row in table.rows:
        code = intake.new_code(table, row, "code", intake.categories)
        if code:
            intake.categories[code.lower()] = code
            rows[code] = row
    parents = {
        code: intake.reference(table, row, "parent", intake.categories, row.code("parent"), "category")
        for code, row in rows.items()
    }
    order, cut = parents_first(parents)
    for code in cut:
        intake.about(table, rows[code], "parent", "the category is its own ancestor; it is taken as a root")
    for code in order:
        parent = "" if code in cut else parents[code]
        intake.plan.categories.append(CategoryRecord(code, parent, labels(rows[code])))
    intake.leave(table, {"code", "parent"})


def parents_first(parents: Mapping[str, str]) -> tuple[list[str], set[str]]:
    """The codes by depth, else in the order given; and those (the first of each circle) that lose their parent.

    `parents` maps each code to its parent's, which is a code too, or to "".
    """
    links = dict(parents)
    place = {code: number for number, code in enumerate(parents)}
    depths = {"": -1}
    cut = set()
    for code in parents:
        path, end = _up(code, links, depths)
        if end not in depths:
            first = min(path[path.index(end) :], key=place.__getitem__)
            cut.add(first)
            links[first] = ""
            path, end = _up(code, links, depths)
        for member in reversed(path):
            depths[member] = depths[links[member]] + 1
    return sorted(parents, key=depths.__getitem__), cut


def _up(code: str, links: Mapping[str, str], depths: Mapping[str, int]) -> tuple[list[str], str]:
    """The way up from a code to one whose depth is known, or to one that was on the way already."""
    path: dict[str, None] = {}
    while code not in depths and code not in path:
        path[code] = None
        code = links[code]
    return list(path), code


def read_association_types(intake: Intake) -> None:
    table = intake.optional("association_types", "code")
    labels = intake.labels(table)
    for row in table.rows:
        code = intake.new_code(table, row, "code", intake.association_types)
        if code:
            position = len(intake.association_types)
            intake.association_types[code.lower()] = code
            intake.plan.association_types.append(AssociationTypeRecord(code, labels(row), position))
    intake.leave(table, {"code"})
