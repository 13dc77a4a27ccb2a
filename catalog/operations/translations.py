"""How current translations are: in which state each language's texts are, and whether their source has changed since.

Holds for everything whose texts are translated together, such as an asset's alternative text or a fragment's prose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from catalog.actors import Actor
from catalog.indexing import outbox
from catalog.indexing.shown import saying
from catalog.models import FragmentRevision, TranslationState
from catalog.models.base import plain, texts_among, texts_of

State = TranslationState.State

# By kind of object, the texts that are one piece of work for a translator.
TRANSLATED: Mapping[str, tuple[str, ...]] = {"asset": ("title", "alt"), "fragment": ("title", "body")}
# For each language, the texts by field.
Texts = Mapping[str, Mapping[str, str]]
# What a machine wrote needs somebody who has read it; these paths are people.
PEOPLE = ("admin", "api")
BATCH = 500
_WRITTEN = ("state", "source_language", "source_digest", "source_texts", "outdated", "by", "at")


class Standing(NamedTuple):
    """What is known of one language of an object, apart from who said it."""

    state: str
    source_language: str
    source_digest: str
    source_texts: Mapping[str, str]
    outdated: bool


def source_texts(instance: Model) -> dict[str, dict[str, str]]:
    """The texts of an object by language and field, without the empty ones."""
    found: dict[str, dict[str, str]] = {}
    for field in TRANSLATED[kind_of(instance)]:
        for language, text in texts_of(instance, field).items():
            found.setdefault(language, {})[field] = text
    return found


def digest_of(texts: Mapping[str, str]) -> str:
    """BLAKE2b-256, hex, of the texts of one language by field."""
    return blake2b(orjson.dumps(dict(texts), option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


NO_TEXTS = digest_of({})


def states(instance: Model) -> dict[str, TranslationState]:
    """By language; languages nobody has translated into yet are left out. One query."""
    rows = TranslationState.objects.filter(kind=kind_of(instance), object_id=instance.pk)
    return {row.language: row for row in rows}


@transaction.atomic
def mark(
    actor: Actor,
    instance: Model,
    language: str,
    state: str,
    source: str = settings.LANGUAGE_CODE,
    *,
    translated_from: Mapping[str, str] | None = None,
) -> TranslationState:
    """Say how far the texts in a language are, against the source texts as they are now or were when translated.

    Raises ValidationError. Fragments are approved by approving a revision of them, not here.
    """
    texts = source_texts(instance)
    if language == source:
        raise ValidationError("The language that is translated from has no state.")
    if not texts.get(language):
        raise ValidationError(f"There is no text in “{language}” yet, so it cannot be {state}.")
    if state == State.APPROVED and kind_of(instance) == "fragment":
        raise ValidationError("A fragment's language is approved with a revision of the fragment.")
    row = states(instance).get(language) or TranslationState(
        kind=kind_of(instance), object_id=instance.pk, language=language
    )
    if state == State.APPROVED:
        refuse_unread(actor, [row])
    now = texts.get(source, {})
    origin = dict(now if translated_from is None else translated_from)
    row.state, row.by = state, actor.name[:200]
    row.source_language, row.source_texts, row.source_digest = source, origin, digest_of(origin)
    row.outdated = row.source_digest != digest_of(now)
    row.full_clean()
    row.save()
    if kind_of(instance) == "fragment" and not row.outdated:
        _is_current_again(instance, language, texts[language])
    return row


def _is_current_again(fragment: Model, language: str, texts: Mapping[str, str]) -> None:
    """What is out in a language is not behind any more, where it is what somebody has looked at now."""
    revision = FragmentRevision.objects.filter(fragment=fragment.pk, out__isnull=False).order_by("-number").first()
    if revision and language in revision.outdated and texts_out(revision.out or {}).get(language) == texts:
        revision.outdated = [each for each in revision.outdated if each != language]
        revision.save(update_fields=["outdated"])
        outbox.note(saying([fragment]))  # type: ignore[list-item]


def refuse_unread(actor: Actor, rows: Iterable[TranslationState]) -> None:
    """Raises ValidationError where a machine has written what is to be approved, and no person has read it."""
    unread = sorted(row.language for row in rows if row.state == State.MACHINE)
    if unread and actor.path not in PEOPLE:
        raise ValidationError(
            f"A machine translated it into {', '.join(unread)}; a person has to read that before it is approved."
        )


def unread(instance: Model, content: Texts) -> list[str]:
    """The languages in which these texts of an object are a machine's, and nobody has looked at them. One query."""
    rows = TranslationState.objects.filter(kind=kind_of(instance), object_id=instance.pk, state=State.MACHINE)
    texts = source_texts(instance)
    languages = rows.order_by("language").values_list("language", flat=True)
    return [language for language in languages if texts.get(language) == content.get(language)]


# --- Following what is written ---------------------------------------------------------------------------------------
def follow(actor: Actor, instance: Model, before: Texts, *, meaning_kept: bool = False) -> None:
    """Bring the states in line after the texts of an object were written; `before` are those it had.

    A language whose texts were written is translated now, or a draft as long as the source says more. One whose source
    has changed is outdated until somebody looks at it, unless the meaning was kept. A language without texts has no
    state.
    """
    follow_all(actor, [(instance, before)], meaning_kept=meaning_kept)


@transaction.atomic(savepoint=False)
def follow_all(
    actor: Actor, written: Sequence[tuple[Model, Texts]], *, meaning_kept: bool = False, recoded: bool = False
) -> None:
    """The same for many objects of one kind, in a constant number of queries per batch.

    `recoded`: only codes in the texts were changed, so that every language is as far as it was.
    """
    for start in range(0, len(written), BATCH):
        _follow_batch(actor, written[start : start + BATCH], meaning_kept=meaning_kept, recoded=recoded)


def _follow_batch(actor: Actor, written: Sequence[tuple[Model, Texts]], *, meaning_kept: bool, recoded: bool) -> None:
    kind = kind_of(written[0][0])
    known: dict[int, dict[str, TranslationState]] = defaultdict(dict)
    for row in TranslationState.objects.filter(kind=kind, object_id__in=[instance.pk for instance, _ in written]):
        known[row.object_id][row.language] = row
    changed: list[TranslationState] = []
    gone: list[int] = []
    for instance, before in written:
        rows, after = known[instance.pk], source_texts(instance)
        for language in sorted((after.keys() | rows.keys()) - {settings.LANGUAGE_CODE}):
            known_row = rows.get(language)
            now = followed(_standing(known_row), language, before, after, kept=meaning_kept, recoded=recoded)
            if now is None and known_row is not None:
                gone.append(known_row.pk)
            elif now is not None and now != _standing(known_row):
                made = known_row or TranslationState(kind=kind, object_id=instance.pk, language=language)
                same_hand = made.pk and (now.state, now.source_digest) == (made.state, made.source_digest)
                changed.append(_put(made, now, made.by if same_hand else actor.name))
    write(changed)
    if gone:
        TranslationState.objects.filter(pk__in=gone).delete()


def followed(
    row: Standing | None, language: str, before: Texts, after: Texts, *, kept: bool = False, recoded: bool = False
) -> Standing | None:
    """Where one language stands after its object's texts were written; None where it has none. Pure."""
    texts = after.get(language)
    if not texts:
        return None
    if row is None or (texts != before.get(language) and not recoded):
        row = _translated(texts, (after if texts != before.get(language) else before).get(settings.LANGUAGE_CODE, {}))
    now = after.get(row.source_language, {})
    digest = digest_of(now)
    if digest == row.source_digest:
        return row._replace(outdated=False)
    # What had no source was written first, and the source made from it.
    if row.source_digest == NO_TEXTS or ((kept or recoded) and not row.outdated):
        return row._replace(source_digest=digest, source_texts=dict(now), outdated=False)
    return row._replace(outdated=True)


def _translated(texts: Mapping[str, str], source: Mapping[str, str]) -> Standing:
    state = State.DRAFT if source.keys() - texts.keys() else State.TRANSLATED
    return Standing(state, settings.LANGUAGE_CODE, digest_of(source), dict(source), False)


def _standing(row: TranslationState | None) -> Standing | None:
    if row is None:
        return None
    return Standing(row.state, row.source_language, row.source_digest, row.source_texts, row.outdated)


def _put(row: TranslationState, now: Standing, by: str) -> TranslationState:
    for name, value in now._asdict().items():
        setattr(row, name, value)
    row.by, row.at = by[:200], timezone.now()
    return row


def write(rows: Sequence[TranslationState]) -> None:
    """Insert or update: one statement for each batch."""
    TranslationState.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kind", "object_id", "language"],
        update_fields=list(_WRITTEN),
    )


def forget_states(instance: Model) -> None:
    """Take the states of an object along that is deleted."""
    if kind_of(instance) in TRANSLATED:
        TranslationState.objects.filter(kind=kind_of(instance), object_id=instance.pk).delete()


# --- Approving -------------------------------------------------------------------------------------------------------
class Approved(NamedTuple):
    """Languages of an object that were approved just now, with all that is out after it: texts by language."""

    instance: Model
    languages: Collection[str]
    out: Texts


def texts_out(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The texts of a revision's content by language and field."""
    found: dict[str, dict[str, str]] = {}
    for field in TRANSLATED["fragment"]:
        for language, text in content.get(field, {}).items():
            if text:
                found.setdefault(language, {})[field] = text
    return found


def approved(actor: Actor, done: Sequence[Approved]) -> list[TranslationState]:
    """Note that these languages of objects of one kind were approved, where the working copy says what was approved.

    A translation behind its source stays outdated. Gives the states of all languages of these objects. Raises
    ValidationError for a machine's words that no person has read. Call it in the transaction that approves.
    """
    found: list[TranslationState] = []
    for start in range(0, len(done), BATCH):
        batch = {each.instance.pk: each for each in done[start : start + BATCH]}
        kind = kind_of(done[0].instance)
        rows = list(TranslationState.objects.filter(kind=kind, object_id__in=batch))
        going = [row for row in rows if _says_what_is_out(row, batch[row.object_id])]
        refuse_unread(actor, going)
        now = timezone.now()
        for row in going:
            row.state, row.by, row.at = State.APPROVED, actor.name[:200], now
        write(going)
        found += rows
    return found


def note_outdated(done: Sequence[Approved], states: Iterable[TranslationState]) -> None:
    """Keep with what is out of fragments which of its languages are behind their source; two queries, or one."""
    fragments = {each.instance.pk: each for each in done if kind_of(each.instance) == "fragment"}
    wanted: dict[int, list[str]] = {pk: [] for pk in fragments}
    for row in states:
        if row.object_id in fragments and is_behind(row, fragments[row.object_id]):
            wanted[row.object_id].append(row.language)
    rows = FragmentRevision.objects.filter(fragment__in=wanted, out__isnull=False).order_by("number")
    latest = {row.fragment_id: row for row in rows.only("fragment_id", "outdated")}
    changed = [revision for pk, revision in latest.items() if revision.outdated != sorted(wanted[pk])]
    for revision in changed:
        revision.outdated = sorted(wanted[revision.fragment_id])
    FragmentRevision.objects.bulk_update(changed, ["outdated"], batch_size=BATCH)


def is_behind(row: TranslationState, done: Approved) -> bool:
    """Whether what is out in a language was translated from something else than what is out in its source.

    States speak of the working copy. Where that says something else than what is out, and was translated from the
    source that has just been let out, what is out is what was said before.
    """
    if row.language not in done.out:
        return False
    of_what_is_out = row.source_digest == digest_of(done.out.get(row.source_language, {}))
    if source_texts(done.instance).get(row.language) == done.out[row.language]:
        return row.outdated and not of_what_is_out
    return row.outdated or (row.source_language in done.languages and of_what_is_out)


def _says_what_is_out(row: TranslationState, done: Approved) -> bool:
    texts = source_texts(done.instance)
    return row.language in done.languages and texts.get(row.language) == done.out.get(row.language)


# --- Whether it is so ------------------------------------------------------------------------------------------------
class Stale(NamedTuple):
    """A state that is not what the texts say. `expected` is None for one that should not be there."""

    kind: str
    object_id: int
    language: str
    expected: Standing | None
    problem: str


def stale_states() -> Iterator[Stale]:
    """Every stored state that a full recompute would write otherwise: which there are, and which are outdated."""
    for kind, fields in TRANSLATED.items():
        rows = all_texts(kind, fields)
        seen: set[int] = set()
        while batch := dict(_take(rows, BATCH)):
            seen |= batch.keys()
            yield from _stale_in(kind, batch)
        for row in TranslationState.objects.filter(kind=kind).exclude(object_id__in=_ids(kind)).iterator():
            yield Stale(kind, row.object_id, row.language, None, "its object is gone")


def _ids(kind: str) -> Any:
    return plain(model_of(kind)).values("pk")


def _take(rows: Iterator[tuple[int, Texts]], count: int) -> Iterator[tuple[int, Texts]]:
    for _ in range(count):
        if (found := next(rows, None)) is None:
            return
        yield found


def _stale_in(kind: str, batch: Mapping[int, Texts]) -> Iterator[Stale]:
    known: dict[tuple[int, str], TranslationState] = {
        (row.object_id, row.language): row for row in TranslationState.objects.filter(kind=kind, object_id__in=batch)
    }
    for pk, texts in batch.items():
        for language in texts.keys() - {settings.LANGUAGE_CODE}:
            row = known.pop((pk, language), None)
            expected = followed(_standing(row), language, texts, texts)
            if row is None:
                yield Stale(kind, pk, language, expected, "it has a text and no state")
            elif expected is not None and (expected.outdated, expected.source_digest) != (
                row.outdated,
                row.source_digest,
            ):
                yield Stale(kind, pk, language, expected, "it is outdated and not marked so, or the other way round")
    for row in known.values():
        yield Stale(kind, row.object_id, row.language, None, "it has no text")


@transaction.atomic
def recompute(actor: Actor) -> int:
    """Write every state that is not what the texts say; how many that were."""
    found = list(stale_states())
    for stale in found:
        rows = TranslationState.objects.filter(kind=stale.kind, object_id=stale.object_id, language=stale.language)
        if stale.expected is None:
            rows.delete()
            continue
        row = rows.first() or TranslationState(kind=stale.kind, object_id=stale.object_id, language=stale.language)
        _put(row, stale.expected, row.by or actor.name).save()
    return len(found)


# --- Objects by kind -------------------------------------------------------------------------------------------------
def kind_of(instance: Model) -> str:
    return instance._meta.model_name or ""


def model_of(kind: str) -> type[Model]:
    """Raises ValueError for a kind that is not translated."""
    if kind not in TRANSLATED:
        raise ValueError(f"“{kind}” is no kind of object that is translated; there are {', '.join(TRANSLATED)}.")
    return apps.get_model("catalog", kind)


def all_texts(kind: str, fields: Sequence[str], ids: Any = None) -> Iterator[tuple[int, dict[str, dict[str, str]]]]:
    """The texts of all objects of a kind, or of these, by id: a stream, without the rows."""
    rows = plain(model_of(kind))
    return texts_among(rows if ids is None else rows.filter(pk__in=ids), fields)
