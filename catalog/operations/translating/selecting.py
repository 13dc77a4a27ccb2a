"""Which texts are to be translated: by state, channel release, tag, product filter or code; and how much that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower
from modeltranslation.utils import build_localized_fieldname

from catalog import querysets
from catalog.filters import FilterError, parse
from catalog.filters import products as products_of
from catalog.indexing.batch import Batch
from catalog.indexing.schema import Schema
from catalog.models import Channel, Fragment, Tag, TranslationState
from catalog.models.base import plain
from catalog.operations.translating import others
from catalog.operations.translations import TRANSLATED, all_texts, model_of
from catalog.translating.difference import count_words
from catalog.translating.standing import standing_in

MISSING, OUTDATED = "missing", "outdated"
STATES: Mapping[str, str] = {
    MISSING: "Missing",
    **dict(TranslationState.State.choices),
    OUTDATED: "Outdated",
}
# Of labels and facts no more is known than whether their texts are there.
STATES_OF_OTHERS = (MISSING, str(TranslationState.State.DRAFT), str(TranslationState.State.TRANSLATED))
# What is to be done, unless something else is asked for.
TO_DO = (MISSING, "draft", OUTDATED)
BATCH = 1_000
# Ids in one condition; SQLite takes no more variables than 250,000, PostgreSQL's planner is slow before that.
_PART = 5_000


@dataclass(frozen=True)
class Selection:
    """What a job is about. `codes` are "KIND:CODE", or a fragment's code alone.

    `kinds` are those of TRANSLATED and of translating.others, "label" and "fact" for all of them.
    """

    language: str
    source: str = settings.LANGUAGE_CODE
    states: tuple[str, ...] = TO_DO
    kinds: tuple[str, ...] = tuple(TRANSLATED)
    channel: str = ""
    tags: tuple[str, ...] = ()
    filter: str = ""
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = [f"{' or '.join(self.states)} in {self.language}"]
        said += [f"in the current release of {self.channel}"] if self.channel else []
        said += [f"tagged {', '.join(self.tags)}"] if self.tags else []
        said += [f"on products where {self.filter}"] if self.filter else []
        said += [f"named {', '.join(self.codes)}"] if self.codes else []
        kinds = "" if set(self.kinds) == set(TRANSLATED) else f"{', '.join(f'{kind}s' for kind in self.kinds)} "
        text = f"{kinds}{'; '.join(said)}"
        return text if len(text) <= 500 else f"{text[:499]}…"


class Chosen(NamedTuple):
    """One object with its texts by language and field, and its state in the target language."""

    kind: str
    pk: int
    code: str
    state: str
    texts: Mapping[str, Mapping[str, str]]


def check_selection(selection: Selection) -> None:
    """Raises ValidationError for what cannot be chosen."""
    offered = dict(settings.LANGUAGES)
    for language in (selection.source, selection.language):
        if language not in offered:
            raise ValidationError(f"There is no language “{language}” here. There are: {', '.join(offered)}.")
    if selection.source == selection.language:
        raise ValidationError("A translation is into another language than that of its source.")
    for name, known, label in (
        (selection.states, STATES, "state"),
        (selection.kinds, offered_kinds(), "kind of object"),
    ):
        if unknown := [each for each in name if each not in known]:
            raise ValidationError(f"There is no {label} “{unknown[0]}”. There are: {', '.join(known)}.")
    looked_for = {*TRANSLATED, *others.expanded(selection.kinds)}
    if strange := [code for code in selection.codes if _kind_named(code) not in looked_for]:
        raise ValidationError(f"“{strange[0][:100]}” names nothing that is translated here; choose its kind, too.")


def chosen(selection: Selection) -> Iterator[Chosen]:
    """The objects by kind and code, a batch at a time. Raises ValidationError."""
    check_selection(selection)
    for kind in others.expanded(selection.kinds):
        if kind not in TRANSLATED:
            yield from _others(kind, selection)
            continue
        rows = with_state(kind, selection.language, selection.source).filter(said__in=selection.states)
        found = list(_narrowed(rows, kind, selection).order_by("code").values_list("pk", "code", "said"))
        for start in range(0, len(found), BATCH):
            part = found[start : start + BATCH]
            texts = dict(all_texts(kind, TRANSLATED[kind], [pk for pk, _, _ in part]))
            yield from (Chosen(kind, pk, code, said, texts[pk]) for pk, code, said in part if pk in texts)


def offered_kinds() -> tuple[str, ...]:
    """What `Selection.kinds` may name."""
    return (*TRANSLATED, *others.GROUPS, *others.LABELS, others.PRODUCT)


def _others(kind: str, selection: Selection) -> Iterator[Chosen]:
    """Labels and facts: without a state of their own, so that they are looked at one by one."""
    rows = _narrowed_others(others.named(kind), kind, selection)
    for each in others.found(kind, rows):
        if (said := each.state(selection.source, selection.language)) in selection.states:
            yield Chosen(kind, each.pk, each.name, said, each.texts)


def with_state(kind: str, language: str, source: str = settings.LANGUAGE_CODE) -> Any:
    """Objects that have a source text, with their state in a language as `said`. Retired fragments are left out."""
    rows = plain(model_of(kind)).filter(_some(kind, source))
    if kind == "fragment":
        rows = rows.exclude(state=Fragment.State.RETIRED)
    states = TranslationState.objects.filter(kind=kind, object_id=OuterRef("pk"), language=language)
    return rows.annotate(
        known=Subquery(states.values("state")[:1]),
        behind=Coalesce(Subquery(states.values("outdated")[:1]), Value(False), output_field=BooleanField()),
        said=Case(
            When(~_some(kind, language), then=Value(MISSING)),
            When(behind=True, then=Value(OUTDATED)),
            default=Coalesce(F("known"), Value(str(TranslationState.State.TRANSLATED))),
            output_field=CharField(),
        ),
    )


def _some(kind: str, language: str) -> Q:
    """A text in a language."""
    found = Q()
    for field in TRANSLATED[kind]:
        found |= Q(**{f"{build_localized_fieldname(field, language)}__gt": ""})
    return found


# --- Narrowing -------------------------------------------------------------------------------------------------------
def _narrowed(rows: Any, kind: str, selection: Selection) -> Any:
    if selection.codes:
        rows = rows.filter(pk__in=_named(kind, selection.codes))
    if selection.channel:
        rows = _in_release(rows, kind, selection.channel)
    if selection.tags:
        rows = rows.filter(pk__in=_tagged(selection.tags)) if kind == "fragment" else rows.none()
    if selection.filter:
        rows = rows.filter(pk__in=_on_products(selection.filter)) if kind == "fragment" else rows.none()
    return rows


def _named(kind: str, codes: Iterable[str]) -> list[int]:
    """Ids of the objects of a kind among these. Raises ValidationError for one that there is not."""
    wanted = {code.partition(":")[2] if ":" in code else code for code in codes if _kind_named(code) == kind}
    found = others.named(kind).alias(lower=Lower("said")).filter(lower__in=[code.lower() for code in wanted])
    known = {code.lower(): pk for code, pk in found.values_list("said", "pk")}
    if unknown := sorted(code for code in wanted if code.lower() not in known):
        raise ValidationError(f"There is no {kind} “{unknown[0][:100]}”.")
    return list(known.values())


def _narrowed_others(rows: Any, kind: str, selection: Selection) -> Any:
    """Labels and facts have no tags, and only facts have products."""
    if selection.tags or (selection.filter and kind != others.PRODUCT):
        return rows.none()
    if selection.filter:
        rows = rows.filter(pk__in=list(_products(selection.filter)))
    if selection.codes:
        rows = rows.filter(pk__in=_named(kind, selection.codes))
    if selection.channel:
        known = standing_in(_channel(selection.channel)).others
        if kind == "attributeoption":
            rows = rows.alias(low=Lower("attribute__code")).filter(low__in=sorted(known.get("attribute", ())))
        else:
            codes = known.get(kind, frozenset())
            rows = rows.filter(pk__in=[pk for pk, said in rows.values_list("pk", "said") if said.lower() in codes])
    return rows


def _kind_named(code: str) -> str:
    kind = code.partition(":")[0] if ":" in code else "fragment"
    if kind not in others.KINDS:
        raise ValidationError(f"“{code[:100]}” names nothing that is translated; write fragment:CODE or asset:CODE.")
    return kind


def _channel(code: str) -> Channel:
    try:
        return querysets.channel_called(code)
    except Channel.DoesNotExist:
        raise ValidationError(f"There is no channel “{code[:100]}”.") from None


def _products(text: str) -> Any:
    """Ids of the products that a filter finds. Raises ValidationError."""
    try:
        return products_of(parse(text)).order_by("pk").values_list("pk", flat=True)
    except FilterError as error:
        raise ValidationError(str(error)) from error


def _in_release(rows: Any, kind: str, code: str) -> Any:
    standing = standing_in(_channel(code))
    codes = sorted(standing.fragments if kind == "fragment" else standing.assets)
    if len(codes) > _PART:
        by_code = {row.lower(): pk for row, pk in rows.values_list("code", "pk")}
        return rows.filter(pk__in=[by_code[each] for each in codes if each in by_code])
    return rows.alias(lower=Lower("code")).filter(lower__in=codes)


def _tagged(tags: Iterable[str]) -> Any:
    """Ids of the fragments that have one of these tags, or one below it. Raises ValidationError."""
    rows = list(Tag.objects.values_list("pk", "facet", "code", "parent_id"))
    by_name = {f"{facet}:{code}".lower(): pk for pk, facet, code, _ in rows}
    below: dict[int, list[int]] = defaultdict(list)
    for pk, _, _, parent in rows:
        if parent:
            below[parent].append(pk)
    found: set[int] = set()
    for tag in tags:
        if tag.lower() not in by_name:
            raise ValidationError(f"There is no tag “{tag[:100]}”; write FACET:CODE.")
        level = {by_name[tag.lower()]}
        while level:
            found |= level
            level = {pk for each in level for pk in below[each]} - found
    return Fragment.tags.through.objects.filter(tag__in=found).values("fragment_id")


def _on_products(text: str) -> list[int]:
    """Ids of the fragments that are out and count for products that a filter finds. Raises ValidationError."""
    products = list(_products(text))
    schema = Schema()
    found: set[int] = set()
    for start in range(0, len(products), BATCH):
        batch = Batch(schema, products[start : start + BATCH])
        found |= {placed.fragment_id for row in batch.rows for placed in batch.placements[row.pk]}
    return sorted(found)


# --- How much there is -----------------------------------------------------------------------------------------------
class Amount(NamedTuple):
    objects: int
    words: int


def overview(source: str = settings.LANGUAGE_CODE) -> dict[str, dict[str, Amount]]:
    """By language and state, how many objects are so, and how many words their sources have.

    One stream over the sources, and a query for each kind and language.
    """
    words: dict[tuple[str, int], int] = {}
    for kind, fields in TRANSLATED.items():
        columns = [build_localized_fieldname(field, source) for field in fields]
        for pk, *texts in plain(model_of(kind)).order_by("pk").values_list("pk", *columns).iterator(chunk_size=2_000):
            words[kind, pk] = sum(count_words(text) for text in texts if text)
    return {language: _amounts(language, source, words) for language, _ in settings.LANGUAGES if language != source}


def _amounts(language: str, source: str, words: Mapping[tuple[str, int], int]) -> dict[str, Amount]:
    found = dict.fromkeys(STATES, Amount(0, 0))
    for kind in TRANSLATED:
        for pk, said in with_state(kind, language, source).order_by().values_list("pk", "said"):
            found[said] = Amount(found[said].objects + 1, found[said].words + words.get((kind, pk), 0))
    return found


def overview_of_others(source: str = settings.LANGUAGE_CODE) -> dict[str, dict[str, dict[str, Amount]]]:
    """The same of labels and facts, by language, group and state. One stream over all of them."""
    languages = [language for language, _ in settings.LANGUAGES if language != source]
    counts = {
        language: {group: dict.fromkeys(STATES_OF_OTHERS, Amount(0, 0)) for group in others.GROUPS}
        for language in languages
    }
    for group, kinds in others.GROUPS.items():
        for each in (each for kind in kinds for each in others.found(kind, others.named(kind))):
            words = sum(map(count_words, each.texts.get(source, {}).values()))
            for language in languages:
                own = counts[language][group]
                if said := each.state(source, language):
                    own[said] = Amount(own[said].objects + 1, own[said].words + words)
    return counts


def states_by_id(kind: str, ids: Sequence[int], language: str) -> dict[int, TranslationState]:
    """The stored states of these objects in a language. One query."""
    rows = TranslationState.objects.filter(kind=kind, object_id__in=ids, language=language)
    return {row.object_id: row for row in rows}
