"""The termbase: concepts with their names, read for checking and exchanged as CSV."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.models import Channel, Concept, Term
from catalog.operations.recording import record, store
from catalog.translating.terms import ConceptNames, Names
from catalog.values import Invalid
from catalog.values.base import clean_text

COLUMNS = ("concept", "language", "term", "status", "channel", "definition", "part_of_speech", "domain", "note")
MAX_ROWS = 50_000
MAX_BYTES = 10 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def termbase(source: str, target: str, channel: str = "") -> list[ConceptNames]:
    """The concepts with names in both languages, those for all channels and for one. Two queries."""
    names: dict[int, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for term in Term.objects.filter(language__in=[source, target]).select_related("channel").order_by("pk"):
        if term.channel is None or term.channel.code.lower() == channel.lower():
            names[term.concept_id][term.language].append(term)
    return [
        ConceptNames(
            concept.code, _names(names[concept.pk][source]), _names(names[concept.pk][target]), concept.definition
        )
        for concept in Concept.objects.filter(pk__in=list(names)).order_by("code")
    ]


def _names(terms: Iterable[Term]) -> Names:
    rows = list(terms)
    status = Term.Status
    return Names(
        tuple(row.text for kind in (status.PREFERRED, status.ADMITTED) for row in rows if row.status == kind),
        tuple(row.text for row in rows if row.status == status.FORBIDDEN),
    )


# --- CSV -------------------------------------------------------------------------------------------------------------
def as_csv() -> str:
    """All terms, a line each. What a spreadsheet would take for a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for term in Term.objects.select_related("concept", "channel").order_by("concept__code", "language", "pk"):
        concept = term.concept
        row = (concept.code, term.language, term.text, term.status, term.channel.code if term.channel else "")
        writer.writerow(
            [_safe(text) for text in (*row, concept.definition, concept.part_of_speech, concept.domain, term.note)]
        )
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


@transaction.atomic
def from_csv(actor: Actor, content: bytes) -> int:
    """Take terms in; how many were made or changed. Terms that the file does not name stay.

    Raises ValidationError that names the lines, and writes nothing then.
    """
    found, problems = 0, []
    for number, row in _rows(content):
        try:
            found += _take(actor, row)
        except (ValidationError, Invalid) as error:
            messages = error.messages if isinstance(error, ValidationError) else [str(error)]
            problems.append(f"Line {number}: {' '.join(messages)}")
    if problems:
        raise ValidationError(problems[:50])
    return found


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > MAX_BYTES:
        raise ValidationError(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} are read.")
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = reader.fieldnames or []
        if missing := [name for name in COLUMNS[:3] if name not in names]:
            raise ValidationError(f"The file has no column “{missing[0]}”; its first line names: {', '.join(COLUMNS)}.")
        for row in reader:
            if reader.line_num > MAX_ROWS:
                raise ValidationError(f"The file has more than {MAX_ROWS:,} lines.")
            yield reader.line_num, {name: row.get(name) or "" for name in COLUMNS}
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValidationError(f"The file is no CSV in UTF-8: {error}.") from error


def _unsafe(text: str) -> str:
    text = clean_text(text, 10_000).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _take(actor: Actor, raw: dict[str, str]) -> bool:
    row = {name: _unsafe(text) for name, text in raw.items()}
    concept = Concept.objects.filter(code__iexact=row["concept"]).first() or Concept(code=row["concept"])
    changed = concept.pk is None
    for name in ("definition", "part_of_speech", "domain"):
        if row[name] and row[name] != getattr(concept, name):
            setattr(concept, name, row[name])
            changed = True
    if changed:
        store(actor, concept)
    language = row["language"].lower()
    if language not in dict(settings.LANGUAGES):
        raise ValidationError(f"There is no language “{language[:20]}” here.")
    channel = _channel(row["channel"])
    same = Term.objects.filter(concept=concept, language=language, text=row["term"], channel=channel).first()
    term = same or Term(concept=concept, language=language, text=row["term"], channel=channel)
    wanted: dict[str, Any] = {"status": row["status"].lower() or Term.Status.PREFERRED, "note": row["note"]}
    if same is None or any(getattr(term, name) != value for name, value in wanted.items()):
        term.status, term.note = wanted["status"], wanted["note"]
        store(actor, term)
        record(actor, "change", [concept])
        return True
    return changed


def _channel(code: str) -> Channel | None:
    if not code:
        return None
    found = Channel.objects.filter(code__iexact=code).first()
    if found is None:
        raise ValidationError(f"There is no channel “{code[:100]}”.")
    return found
