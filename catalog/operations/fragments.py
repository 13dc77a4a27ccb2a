"""Writing, placing and approving fragments."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from modeltranslation.utils import build_localized_fieldname

from catalog.actors import Actor
from catalog.aliases import refuse_former
from catalog.indexing.touched import indexed, refresh_touched
from catalog.models import Fragment, FragmentRevision, RevisionApproval
from catalog.models.base import set_texts, texts_of
from catalog.operations.placements import place as place
from catalog.operations.recording import record
from catalog.operations.referring import refuse_broken
from catalog.references import faults, malformed_in, references_in
from catalog.richtext import clean_html, clean_plain
from catalog.rules import canonical
from catalog.values import Invalid

APPLIES_TO = ("channels", "markets", "audiences")


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


@transaction.atomic
def write_fragment(
    actor: Actor, fragment: Fragment, *, title: Mapping[str, str], body: Mapping[str, str], rich: bool = True
) -> Fragment:
    """Save the working copy; languages not named keep their text. What is approved stays out unchanged.

    Raises ValidationError, and writes nothing then.
    """
    adding = fragment.pk is None
    if not adding:
        # Somebody may have approved or retired it since the caller read it; only those two operations change that.
        fragment.state = Fragment.objects.select_for_update().values_list("state", flat=True).get(pk=fragment.pk)
    set_texts(fragment, "title", cleaned("title", title, lambda text: clean_plain(text, 200)))
    bodies = cleaned("body", body, lambda text: clean_body(text, rich=rich))
    refuse_broken(fragment, bodies)
    set_texts(fragment, "body", bodies)
    fragment.products = canonical(fragment.products, "products") if fragment.products.strip() else ""
    fragment.full_clean()
    refuse_former(fragment)
    fragment.save()
    record(actor, "create" if adding else "change", [fragment])
    return fragment


def freeze(fragment: Fragment) -> dict[str, Any]:
    """What a revision holds: texts by language, applicability by codes, source. Dates are ISO 8601 or null."""
    return frozen(fragment, {name: [row.code for row in getattr(fragment, name).all()] for name in APPLIES_TO})


def frozen(fragment: Fragment, applies: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The same for a caller who has the codes of channels, markets and audiences already.

    `products` of what it applies to, and `by` and `document` of its source, are there only where something is said.
    """
    document = fragment.source_document.code if fragment.source_document_id and fragment.source_document else ""
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


def whole(content: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What is out when a revision is approved in every language it has."""
    return {**content, "revisions": dict.fromkeys(sorted(content["body"]), number)}


def _iso(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None


def digest_of(content: Mapping[str, Any]) -> str:
    """BLAKE2b-256 of a revision's content, whatever the order of its keys."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


@transaction.atomic
def approve(actor: Actor, fragment: Fragment) -> FragmentRevision:
    """Freeze the working copy in the next revision, which is what channels get from the next release on.

    Approving what has not changed since the last revision gives that revision again, and brings a retired fragment
    back. Raises ValidationError for a fragment without any text.
    """
    stored = Fragment.objects.select_for_update().get(pk=fragment.pk)
    content = freeze(stored)
    if not content["body"]:
        raise ValidationError("A fragment without text cannot be approved. Write it in at least one language.")
    digest = digest_of(content)
    latest = stored.revisions.order_by("-number").first()
    fragment.state = Fragment.State.APPROVED
    if latest and latest.digest == digest and stored.state == Fragment.State.APPROVED:
        return latest
    if latest is None or latest.digest != digest:
        number = latest.number + 1 if latest else 1
        latest = FragmentRevision.objects.create(
            fragment=stored,
            number=number,
            content=content,
            digest=digest,
            authors=[actor.name],
            submitted_by=actor.name,
            out=whole(content, number),
        )
        RevisionApproval.objects.bulk_create(
            [RevisionApproval(revision=latest, language=language, by=actor.name) for language in content["body"]]
        )
    if stored.state != Fragment.State.APPROVED:
        stored.state = Fragment.State.APPROVED
        stored.save(update_fields=["state", "updated_at"])
    record(actor, "approve", [stored])
    refresh_touched(stored)
    return latest


@transaction.atomic
def retire(actor: Actor, fragment: Fragment) -> Fragment:
    """Take a fragment out of every channel from the next release on. Its revisions stay."""
    fragment.state = Fragment.State.RETIRED
    with indexed(fragment):
        fragment.save(update_fields=["state", "updated_at"])
    record(actor, "retire", [fragment])
    return fragment
