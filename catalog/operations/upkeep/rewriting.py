"""Putting one code in the place of another, everywhere it stands beside foreign keys."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from catalog import mentions, querysets, rules
from catalog.actors import Actor
from catalog.aliases import Target
from catalog.indexing.locking import lock_everything
from catalog.indexing.writing import update_rows
from catalog.mentions import InFacts
from catalog.models import Asset, Attribute, Channel, Family, Fragment, Placement, Product, Record, Requirement
from catalog.operations.locking import lock_tree
from catalog.operations.translations import follow_all, source_texts

# Rows in one statement.
BATCH = 500
# Seconds that it is tried to lock everything.
PATIENCE = 60
# Gives a row's changed columns, or nothing where it stays as it is.
Change = Callable[[Any], dict[str, Any]]


def lock_all() -> None:
    """Let nobody else write facts, move categories or bring the index up to date until the transaction ends.

    Who would write the old code meanwhile waits, and then reads what things are called now. On SQLite one transaction
    writes at a time anyway.

    Others lock a product or a fragment first, and what is derived of it later; so do not wait for them with a part of
    all this in hand: it is let go, and tried again, before PostgreSQL would call that a deadlock (after a second).
    """
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + PATIENCE
    while not _have_all():
        if time.monotonic() > until:
            raise ValidationError("Others have been writing for a minute without a pause. Try again in a while.")
        time.sleep(random.uniform(0.01, 0.1))


def _have_all() -> bool:
    """Whether everything could be locked soon enough; else nothing is."""
    tables = ", ".join(model._meta.db_table for model in (Product, Family, Record, Fragment, Asset))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            (usual,) = cursor.fetchone()
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
            lock_tree()
            lock_everything()
            cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        return False
    return True


class Rewritten(NamedTuple):
    """Ids of the products and families whose facts were written anew, and of attributes whose settings were.

    `rules` are those that named the old code, as they say it now; `found` the products that they found before.
    """

    products: list[int]
    families: list[int]
    attributes: list[int]
    rules: frozenset[str] = frozenset()
    found: frozenset[int] = frozenset()


class Rewriting:
    """One code for another. Made before anything is changed, for it has to know what says the old one."""

    def __init__(self, actor: Actor, old: Target, new: str) -> None:
        self.actor = actor
        self.old = old
        self.new = new
        specs = querysets.attribute_specs()
        self.carriers = mentions.carriers(old, specs)
        self.names = mentions.names_of(old, self.carriers)
        self.facts = InFacts(old, self.carriers)
        self.settings_of = [spec.code for spec in specs.values() if mentions.in_settings(spec, old, self.carriers)]
        naming = {text for text in rules.placed() | rules.frozen() if mentions.in_filter(text, self.names)}
        self.rules = frozenset(mentions.filter_replaced(text, self.names, new) for text in naming)
        self.found = rules.reached(naming)

    def run(self) -> Rewritten:
        """Rewrite all. A constant number of queries per batch."""
        products = rewrite(self.facts.candidates(plain(Product)), self._facts)
        families = rewrite(self.facts.candidates(plain(Family)), self._facts)
        rewrite(self.facts.candidates(plain(Record)), self._facts)
        defaults = rewrite(plain(Attribute).filter(code__in=self.settings_of), self._settings)
        rewrite(plain(Channel).exclude(selection=""), self._filter("selection"))
        rewrite(plain(Requirement).exclude(condition=""), self._filter("condition"))
        rewrite(plain(Fragment).exclude(products=""), self._filter("products"))
        self._rules()
        self._rewrite_fragments()
        self._lists()
        return Rewritten(products, families, defaults, self.rules, self.found)

    def _facts(self, row: Any) -> dict[str, Any]:
        return {"values": self.facts.replaced(row.values, self.new)}

    def _settings(self, row: Attribute) -> dict[str, Any]:
        return {"settings": mentions.settings_replaced(row, self.old, self.carriers, self.new)}

    def _filter(self, column: str) -> Change:
        return lambda row: {column: mentions.filter_replaced(getattr(row, column), self.names, self.new)}

    def _rules(self) -> None:
        """Rules that say the same afterwards are one; where one of them takes a fragment out, that one."""
        for row in plain(Placement).exclude(filter="").order_by("excluded", "pk"):
            text = mentions.filter_replaced(row.filter, self.names, self.new)
            if text == row.filter:
                continue
            key = rules.key_of(text)
            same = plain(Placement).filter(fragment=row.fragment_id, slot=row.slot_id, filter_key=key)
            same.exclude(pk=row.pk).delete()
            plain(Placement).filter(pk=row.pk).update(filter=text, filter_key=key)

    def _references(self, row: Fragment) -> dict[str, Any]:
        texts = {column: getattr(row, column) for column in mentions.body_columns()}
        return {
            column: mentions.text_replaced(text, self.old, self.new) if text else text for column, text in texts.items()
        }

    def _rewrite_fragments(self) -> None:
        """With the translations' states: another code in a text makes none of them outdated."""
        found = [(row, source_texts(row)) for row in mentions.referring(plain(Fragment), self.old)]
        changed = set(rewrite(mentions.referring(plain(Fragment), self.old), self._references))
        now = plain(Fragment).in_bulk(changed)
        written = [(now[row.pk], before) for row, before in found if row.pk in changed]
        follow_all(self.actor, written, recoded=True)

    def _lists(self) -> None:
        word = mentions.listed_as(self.old)
        if word:
            new = mentions.listed_as(self.old._replace(code=self.new))
            rewrite(mentions.listing(plain(Product), "own_only", word), lambda row: _relisted(row, word, new))
        if key := mentions.limit_key(self.old):
            limit = mentions.limit_key(self.old._replace(code=self.new))
            rewrite(plain(Channel).filter(text_limits__has_key=key), lambda row: _relimited(row, key, limit))


def _relisted(row: Product, old: str, new: str) -> dict[str, Any]:
    return {"own_only": list(dict.fromkeys(new if word == old else word for word in row.own_only))}


def _relimited(row: Channel, old: str, new: str) -> dict[str, Any]:
    kept = {key: limit for key, limit in row.text_limits.items() if key != old}
    return {"text_limits": {new: row.text_limits[old], **kept}}


def plain(model: type[Model]) -> QuerySet[Any]:
    """Columns as they are, whatever language is active."""
    return QuerySet(model)


def rewrite(rows: QuerySet[Any], change: Change) -> list[int]:
    """Change rows in batches of a constant number of queries; returns the ids of those that are different now."""
    changed: list[int] = []
    for part in _parts(rows):
        columns: set[str] = set()
        differing = []
        for row in part:
            found = {name: value for name, value in change(row).items() if getattr(row, name) != value}
            for name, value in found.items():
                setattr(row, name, value)
            if found:
                columns |= found.keys()
                differing.append(row)
        _write(differing, columns)
        changed += [row.pk for row in differing]
    return changed


def _write(rows: list[Any], columns: set[str]) -> None:
    if not rows:
        return
    if hasattr(rows[0], "updated_at"):
        columns = {*columns, "updated_at"}
        for row in rows:
            row.updated_at = timezone.now()
    names = sorted(columns)
    update_rows(type(rows[0]), names, [(row.pk, *(getattr(row, name) for name in names)) for row in rows])


def _parts(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows in batches by id, locked."""
    last = 0
    while part := list(rows.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))[:BATCH]):
        yield part
        last = part[-1].pk
