"""Bringing back what a revision of a fragment said."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Lower

from catalog.actors import Actor
from catalog.aliases import Aliases
from catalog.models import Asset, Audience, Channel, Fragment, FragmentRevision, Market
from catalog.operations.fragments import is_rich, write_fragment
from catalog.operations.reviewing import locked

_LINKED: Mapping[str, type[Model]] = {"channels": Channel, "markets": Market, "audiences": Audience}


@transaction.atomic
def restore(actor: Actor, fragment: Fragment, revision: FragmentRevision) -> Fragment:
    """Give the working copy the texts, the applicability and the source of a revision, cleaned as whatever is written.

    What is out stays as it is. A language the revision has no text in loses its text. Who restores it and who wrote
    it are among the authors. Raises ValidationError, also where the revision names what is no longer there: without
    that it would hold for more than was meant.
    """
    if revision.fragment_id != fragment.pk:
        raise ValidationError(f"{revision} is not one of “{fragment}”.")
    stored = locked(fragment)
    aliases = Aliases()
    content = aliases.in_revision(revision.content)
    links = {name: _rows(model, content["applies"][name]) for name, model in _LINKED.items()}
    _put_details(stored, content, aliases)
    texts = {
        field: {language: content[field].get(language, "") for language in settings.MODELTRANSLATION_LANGUAGES}
        for field in ("title", "body")
    }
    write_fragment(
        actor,
        stored,
        title=texts["title"],
        body=texts["body"],
        rich=is_rich(stored),
        links=links,
        operation="restore",
        authors=revision.authors,
    )
    fragment.refresh_from_db()
    fragment.remember()
    return fragment


def _put_details(stored: Fragment, content: Mapping[str, Any], aliases: Aliases) -> None:
    applies, source = content["applies"], content["source"]
    document = source.get("document", "")
    stored.source_document = _rows(Asset, [aliases.present("asset", document)])[0] if document else None  # type: ignore[assignment]
    stored.vouched_by, stored.source = source.get("by", ""), source["text"]
    stored.verified_on, stored.claim_valid_until = _date(source["verified_on"]), _date(source["valid_until"])
    stored.media, stored.products = applies["media"], applies.get("products", "")
    stored.valid_from, stored.valid_until = _date(applies["from"]), _date(applies["until"])


def _rows(model: type[Model], codes: list[str]) -> list[Model]:
    """The rows of these codes. Raises ValidationError naming those that are gone."""
    manager: Any = model._default_manager
    rows = {
        row.key: row for row in manager.annotate(key=Lower("code")).filter(key__in=[code.lower() for code in codes])
    }
    if missing := list(_missing(codes, rows)):
        kind = model._meta.verbose_name
        raise ValidationError(f"It names the {kind} “{missing[0]}”, which there is not any more. Write the text anew.")
    return [rows[code.lower()] for code in codes]


def _missing(codes: list[str], rows: Mapping[str, Any]) -> Iterator[str]:
    return (code for code in codes if code.lower() not in rows)


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
