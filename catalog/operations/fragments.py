"""Writing and placing fragments, and what is frozen of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from modeltranslation.utils import build_localized_fieldname

from catalog.actors import Actor
from catalog.aliases import refuse_former
from catalog.languages import name_of
from catalog.models import Audience, Change, Channel, Fragment, Market
from catalog.models.base import set_texts, texts_of
from catalog.operations import translations as words
from catalog.operations.placements import place as place
from catalog.operations.recording import record
from catalog.operations.referring import refuse_broken
from catalog.references import faults, malformed_in, references_in
from catalog.richtext import clean_html, clean_plain
from catalog.rules import canonical
from catalog.values import Invalid

APPLIES_TO: Mapping[str, type[Model]] = {"channels": Channel, "markets": Market, "audiences": Audience}


def cleaned(field: str, texts: Mapping[str, str], clean: Callable[[str], str]) -> dict[str, str]:
    """The texts of a translated field as they are stored. Raises ValidationError that names each culprit's field."""
    result = {}
    problems = {}
    for language, text in texts.items():
        try:
            result[language] = clean(text)
        except Invalid as error:
            problems[build_localized_fieldname(field, language)] = f"This text cannot be used: {error}."
    if problems:
        raise ValidationError(problems)
    return result


def clean_body(text: str, *, rich: bool) -> str:
    """One body as it is stored: allowed markup, or one line without any. Raises Invalid."""
    body = clean_html(text) if rich else clean_plain(text)
    bad = malformed_in(body)
    if bad:
        raise Invalid(f"“{bad[0]}” is no reference; write {{{{ fact:CODE }}}} or {{{{ fragment:CODE }}}}")
    for reference in references_in(body):
        for fault in faults(reference):
            raise Invalid(f"{reference} {fault}")
    return body


class Seen(NamedTuple):
    """What somebody had before them who goes on to write: when it was saved last, and the digests of its texts."""

    at: datetime.datetime
    texts: Mapping[str, str]


def seen(fragment: Fragment) -> Seen:
    """The fragment as its reader sees it now, to be handed to `write_fragment` when they save."""
    return Seen(fragment.updated_at, {language: words.digest_of(text) for language, text in _texts(fragment).items()})


def _texts(fragment: Fragment) -> dict[str, dict[str, str]]:
    return words.source_texts(fragment)


@transaction.atomic
def write_fragment(
    actor: Actor,
    fragment: Fragment,
    *,
    title: Mapping[str, str],
    body: Mapping[str, str],
    rich: bool = True,
    links: Mapping[str, Iterable[Model]] | None = None,
    expected: Seen | None = None,
    operation: str = "change",
    authors: Iterable[str] = (),
    meaning_kept: bool = False,
) -> Fragment:
    """Save the working copy: the languages named, the details that were changed on `fragment` since it was read, and
    the `links` named, of channels, markets, audiences and tags. All else stays as it is stored, so that two who write
    in different languages do not undo each other. What is approved stays out unchanged.

    With `expected`, a text that somebody else has changed since is not written over. Whoever changes what a revision
    would hold is among its authors; `authors` are others who wrote what comes in. Translations of a text that was
    changed are outdated then, unless `meaning_kept`. Raises ValidationError, and writes nothing then.
    """
    texts = {
        "title": cleaned("title", title, lambda text: clean_plain(text, 200)),
        "body": cleaned("body", body, lambda text: clean_body(text, rich=rich)),
    }
    refuse_broken(fragment, texts["body"])
    fragment.products = canonical(fragment.products, "products") if fragment.products.strip() else ""
    if fragment._state.adding:
        return _create(actor, fragment, texts, links or {})
    stored = Fragment.objects.select_for_update().get(pk=fragment.pk)
    if expected is not None:
        _refuse_overwriting(stored, expected, dict.fromkeys([*title, *body]))
    applies, spoken = applicability(stored), words.source_texts(stored)
    before, changed = frozen(stored, applies), fragment.changed_details()
    for name in changed:
        setattr(stored, name, getattr(fragment, name))
    for field, named in texts.items():
        set_texts(stored, field, named)
    # Constraints are of the code, which stays, and of details.
    stored.full_clean(exclude={"code", *Fragment.DETAILS} - set(changed), validate_constraints=bool(changed))
    for name, rows in (links or {}).items():
        getattr(stored, name).set(rows)
    if frozen(stored, applicability(stored) if links else applies) != before:
        _note_authors(stored, [actor.name, *authors])
    _save(stored, texts)
    words.follow(actor, stored, spoken, meaning_kept=meaning_kept)
    record(actor, operation, [stored])
    _take_over(fragment, stored)
    return fragment


def _create(
    actor: Actor, fragment: Fragment, texts: Mapping[str, dict[str, str]], links: Mapping[str, Iterable[Model]]
) -> Fragment:
    for field, named in texts.items():
        set_texts(fragment, field, named)
    fragment.authors = [actor.name]
    fragment.full_clean()
    refuse_former(fragment)
    fragment.save()
    for name, rows in links.items():
        getattr(fragment, name).set(rows)
    fragment.remember()
    words.follow(actor, fragment, {})
    record(actor, "create", [fragment])
    return fragment


def _refuse_overwriting(stored: Fragment, expected: Seen, languages: Iterable[str]) -> None:
    """Raises ValidationError at the texts that are others than those somebody saw, naming who saved meanwhile."""
    texts, nothing = _texts(stored), words.digest_of({})
    taken = [
        language
        for language in languages
        if words.digest_of(texts.get(language, {})) != expected.texts.get(language, nothing)
    ]
    if not taken:
        return
    saved = Change.objects.filter(kind="fragment", key=stored.code, at__gt=expected.at).exclude(operation="create")
    names = ", ".join(dict.fromkeys(saved.order_by("id").values_list("actor", flat=True))) or "somebody else"
    reason = f"of “{stored}” was saved meanwhile by {names}, so nothing was written. Look at it as it is now."
    raise ValidationError(
        {build_localized_fieldname("body", language): f"{name_of(language)} {reason}" for language in taken}
    )


def _note_authors(stored: Fragment, authors: Iterable[str]) -> None:
    """After a change of what a revision would hold; what is in review is no longer what was submitted then."""
    stored.authors = list(dict.fromkeys([*stored.authors, *authors]))
    if stored.state == Fragment.State.REVIEW:
        stored.state = Fragment.State.DRAFT


def _take_over(fragment: Fragment, stored: Fragment) -> None:
    """What was saved, with all that others had saved meanwhile, for whoever goes on with the object."""
    vars(fragment).update({field.attname: vars(stored)[field.attname] for field in Fragment._meta.concrete_fields})
    vars(fragment).pop("_prefetched_objects_cache", None)
    fragment._state.fields_cache.clear()
    fragment.remember()


def _save(stored: Fragment, texts: Mapping[str, dict[str, str]]) -> None:
    """The columns that may have changed, as they are, whatever language is active."""
    names = [*Fragment.DETAILS, "authors", "state"]
    columns = {name: getattr(stored, name) for name in names}
    for field, named in texts.items():
        for language in named:
            columns[build_localized_fieldname(field, language)] = named[language]
        if settings.MODELTRANSLATION_DEFAULT_LANGUAGE in named:
            columns[field] = named[settings.MODELTRANSLATION_DEFAULT_LANGUAGE]
    stored.updated_at = timezone.now()
    QuerySet(Fragment).filter(pk=stored.pk).update(**columns, updated_at=stored.updated_at)


def is_rich(fragment: Fragment) -> bool:
    """Whether a fragment stands in a slot with paragraphs and lists, or in none yet."""
    if not fragment.pk:
        return True
    slots = list(fragment.placements.values_list("slot__rich", flat=True))
    return not slots or any(slots)


def freeze(fragment: Fragment) -> dict[str, Any]:
    """What a revision holds: texts by language, applicability by codes, source. Dates are ISO 8601 or null."""
    return frozen(fragment, applicability(fragment))


def applicability(fragment: Fragment) -> dict[str, list[str]]:
    """The codes of the channels, markets and audiences it is for. One query, or none where they were prefetched."""
    if APPLIES_TO.keys() <= getattr(fragment, "_prefetched_objects_cache", {}).keys():
        return {name: [row.code for row in getattr(fragment, name).all()] for name in APPLIES_TO}
    found: dict[str, list[str]] = {name: [] for name in APPLIES_TO}
    with connection.cursor() as cursor:
        cursor.execute(_applicability(), [fragment.pk] * len(APPLIES_TO))
        for name, code in cursor.fetchall():
            found[name].append(code)
    return found


@cache
def _applicability() -> str:
    """Written out: putting the same query together again takes the ORM twenty times as long as the database."""

    def codes(name: str, table: str) -> str:
        link: Any = Fragment._meta.get_field(name)
        return (
            f"SELECT '{name}', named.code FROM {table} named JOIN {link.m2m_db_table()} link "  # noqa: S608
            f"ON link.{link.m2m_reverse_name()} = named.id WHERE link.{link.m2m_column_name()} = %s"
        )

    return " UNION ALL ".join(codes(name, model._meta.db_table) for name, model in APPLIES_TO.items())


def frozen(fragment: Fragment, applies: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The same for a caller who has the codes of channels, markets and audiences already.

    `products` of what it applies to, and `by` and `document` of its source, are there only where something is said.
    """
    document = fragment.source_document.code if fragment.source_document else ""
    said = {"by": fragment.vouched_by, "document": document}
    return {
        "title": texts_of(fragment, "title"),
        "body": texts_of(fragment, "body"),
        "applies": {
            **{name: sorted(applies[name]) for name in APPLIES_TO},
            "media": sorted(fragment.media),
            "from": _iso(fragment.valid_from),
            "until": _iso(fragment.valid_until),
            **({"products": fragment.products} if fragment.products else {}),
        },
        "source": {
            "text": fragment.source,
            "verified_on": _iso(fragment.verified_on),
            "valid_until": _iso(fragment.claim_valid_until),
            **{name: text for name, text in said.items() if text},
        },
    }


def _iso(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None


def digest_of(content: Mapping[str, Any]) -> str:
    """BLAKE2b-256 of a revision's content, whatever the order of its keys."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()
