"""From the database to what the checks see: a constant number of queries however many products a batch has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower

from catalog import inheritance, querysets
from catalog.indexing.batch import Batch, Row
from catalog.indexing.completeness import Receiver, groups, image_attributes, receiver_of, speaks_to
from catalog.indexing.placing import Placed
from catalog.indexing.schema import Schema
from catalog.inheritance import MAIN
from catalog.models import Asset, Channel, ForbiddenTerm, Fragment, Slot
from catalog.models import Term as TermRow
from catalog.models.base import label_of
from catalog.quality.base import PROSE_TYPES, Concept, Outlet, Picture, Prose, Said, Subject, Term
from catalog.quality.likeness import likeness_of
from catalog.references import Reference, references_in, substitute
from catalog.richtext import to_text
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.effective import effective
from catalog.values.wanted import wanted_text


@dataclass(frozen=True)
class Showing:
    """A channel: what it demands, whom it speaks to, and the ids of the families it takes (none means all)."""

    outlet: Outlet
    receiver: Receiver
    families: frozenset[int]

    def hears(self, language: str) -> bool:
        """Whether a text in a language ("" for any) may be shown there, in its own right or in place of another."""
        return not language or any(language in chain for chain in self.receiver.chains)


@dataclass(frozen=True)
class House:
    """What all products share: channels, words to use and to leave, slots by id, the languages texts are written in."""

    showings: tuple[Showing, ...]
    terms: tuple[Term, ...]
    slots: Mapping[int, Slot]
    languages: tuple[str, ...]
    concepts: tuple[Concept, ...] = ()


def house(schema: Schema) -> House:
    """Read once for all batches of a run: six queries."""
    return schema.cached("house", _house)


def _house() -> House:
    channels = [channel for channel in querysets.channels() if not channel.retired]
    named = list(TermRow.objects.select_related("concept", "channel").order_by("concept__code", "-status", "text"))
    return House(
        tuple(
            Showing(_outlet(row), receiver_of(row), frozenset(each.pk for each in row.families.all()))
            for row in channels
        ),
        (
            *(
                Term(row.term, row.language, row.channel.code if row.channel else "", row.instead)
                for row in ForbiddenTerm.objects.select_related("channel")
            ),
            *_forbidden(named),
        ),
        {slot.pk: slot for slot in querysets.slots()},
        tuple(language for language, _ in settings.LANGUAGES),
        _concepts(named),
    )


def _forbidden(terms: Sequence[TermRow]) -> Iterator[Term]:
    """Forbidden terms of the termbase, with the words to write in their place."""
    preferred = {(row.concept_id, row.language): row.text for row in terms if row.status == TermRow.Status.PREFERRED}
    for row in terms:
        if row.status == TermRow.Status.FORBIDDEN:
            instead = row.note or preferred.get((row.concept_id, row.language), "")
            yield Term(row.text, row.language, row.channel.code if row.channel else "", instead)


def _concepts(terms: Sequence[TermRow]) -> tuple[Concept, ...]:
    """What things may be called, by concept and language; terms of one channel are none that all have to use."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in terms:
        if row.status != TermRow.Status.FORBIDDEN and row.channel_id is None:
            names[row.concept.code][row.language].append(row.text)
    return tuple(
        Concept(code, settings.LANGUAGE_CODE, {language: tuple(texts) for language, texts in found.items()})
        for code, found in names.items()
    )


def _outlet(channel: Channel) -> Outlet:
    limits = channel.text_limits if isinstance(channel.text_limits, dict) else {}
    return Outlet(
        channel.code,
        tuple((place.lower(), limit) for place, limit in limits.items() if isinstance(limit, int)),
        channel.min_picture or 0,
    )


class Subjects:
    """Products as the checks see them. What a variant shares with its parent is found at the parent."""

    def __init__(self, schema: Schema, ids: Sequence[int]) -> None:
        self.house = house(schema)
        rows = Batch(schema, ids)
        self.batch = Batch(schema, dict.fromkeys([*ids, *(row.parent_id for row in rows.rows if row.parent_id)]))
        self.rows = [row for row in self.batch.rows if row.pk in set(ids)]
        self.groups = groups(self.batch)
        self.facts = {row.pk: tuple(self._facts(row)) for row in self.rows}
        self.images = self._images()
        self.fragments = dict(Fragment.objects.filter(pk__in=self._spoken_ids()).values_list("pk", "code"))

    def __iter__(self) -> Iterator[tuple[Row, Subject]]:
        return ((row, self._subject(row)) for row in self.rows)

    def _subject(self, row: Row) -> Subject:
        family = self.batch.family(row)
        facts = self.facts[row.pk]
        showings = [each for each in self.house.showings if not each.families or row.family_id in each.families]
        return Subject(
            sku=row.sku,
            name=family.label_attribute,
            facts=facts,
            texts=(*self._prose(facts, showings), *self._spoken(row, facts, showings)),
            pictures=tuple(self._pictures(row, showings)),
            channels=tuple(each.outlet for each in showings),
            terms=self.house.terms,
            concepts=self.house.concepts,
            likeness="" if row.pk in self.groups else likeness_of(family.code, self._name(row), facts),
        )

    def _name(self, row: Row) -> str:
        """The product's name in the default language, else in any."""
        code = self.batch.family(row).label_attribute
        names = {said.scope.language: said.value for said in self.facts[row.pk] if said.spec.code.lower() == code}
        return str(names.get(settings.LANGUAGE_CODE) or next(iter(names.values()), ""))

    # --- Facts -------------------------------------------------------------------------------------------------------
    def _facts(self, row: Row) -> Iterator[Said]:
        """Every value that some channel shows in some language, once for each scope it stands in."""
        choice = self.batch.choice(row, "quality", lambda _: True)
        levels = self.batch.levels(row, choice)
        mine = {level.sku for level in levels} if row.parent_id is None else {row.sku}
        seen = set()
        for specs, channel, language in self._contexts(choice.specs):
            found = effective(specs, levels, channel, (language,))
            for spec in specs:
                if spec.code not in found:
                    continue
                winner = found[spec.code].winner
                if winner.value is not None and (spec.code, winner.scope) not in seen:
                    seen.add((spec.code, winner.scope))
                    yield Said(spec, winner.scope, winner.value, winner.sku in mine)

    def _contexts(self, specs: Sequence[AttributeSpec]) -> Iterator[tuple[Sequence[AttributeSpec], str, str]]:
        """Which facts to look at, for which channel ("" for all) and in which language."""
        stored = [spec for spec in specs if not TYPES[spec.type].computed]
        localizable = [spec for spec in stored if spec.localizable]
        per_channel = [spec for spec in stored if spec.per_channel]
        yield specs, "", settings.LANGUAGE_CODE
        for language in self.house.languages if localizable else ():
            yield localizable, "", language
        for showing in self.house.showings if per_channel else ():
            for language in self.house.languages:
                yield per_channel, showing.outlet.code, language

    # --- Texts -------------------------------------------------------------------------------------------------------
    def _prose(self, facts: Sequence[Said], showings: Sequence[Showing]) -> Iterator[Prose]:
        """The facts that are texts."""
        for said in facts:
            if said.spec.type in PROSE_TYPES:
                hearing = (each for each in showings if each.hears(said.scope.language))
                everywhere = frozenset(each.outlet.code.lower() for each in hearing)
                only = said.scope.channel.lower()
                yield Prose(
                    place=f"fact:{said.spec.code}",
                    label=said.spec.label(("en",)),
                    language=said.scope.language,
                    text=to_text(said.value) if said.spec.type == "richtext" else said.value,
                    source=f"@{said.scope.channel}" if only else "",
                    channels=everywhere & {only} if only else everywhere,
                    own=said.own,
                )

    def _spoken_ids(self) -> set[int]:
        return {placed.fragment_id for row in self.rows for placed in self.batch.placements[row.pk]}

    def _spoken(self, row: Row, facts: Sequence[Said], showings: Sequence[Showing]) -> Iterator[Prose]:
        """The approved fragments, with what they refer to put in, in every language they are written in."""
        above = self.batch.placements.get(row.parent_id or 0, ())
        for placed in self.batch.placements[row.pk]:
            slot, content = self.house.slots.get(placed.slot_id), self.batch.schema.revisions.get(placed.fragment_id)
            if slot is None or content is None:
                continue
            for language, body in content["body"].items():
                known = {each: self._reference(row, facts, each, language) for each in references_in(body)}
                yield Prose(
                    place=f"slot:{slot.code}",
                    label=label_of(slot, "en") or slot.code,
                    language=language,
                    text=substitute(plain(body), known.__getitem__),
                    source=self.fragments.get(placed.fragment_id, ""),
                    channels=frozenset(
                        each.outlet.code.lower() for each in showings if self._shows(each, row, placed, language)
                    ),
                    limit=slot.max_length,
                    own=placed not in above,
                )

    def _shows(self, showing: Showing, row: Row, placed: Placed, language: str) -> bool:
        """Whether a channel may show what a fragment says of a product in a language."""
        content = self.batch.schema.revisions[placed.fragment_id]
        if not speaks_to(content, showing.receiver, (language,)):
            return False
        receiver, limit = showing.receiver, str(content["applies"].get("products", ""))
        return any(
            placed in self.batch.placing.counting(receiver.code, chain)[row.pk]
            and self.batch.placing.meets(row.pk, limit, receiver.code, chain)
            for chain in receiver.chains
            if language in chain
        )

    def _reference(self, row: Row, facts: Sequence[Said], reference: Reference, language: str) -> str:
        """What a reference shows, as far as the product itself says it; nothing for what others say."""
        if reference.kind == "product":
            return row.sku if reference.code.lower() == "sku" else self._name(row)
        code = reference.code.lower() if reference.kind == "fact" else ""
        for said in facts:
            if said.spec.code.lower() == code and said.scope.language in ("", language) and not said.scope.channel:
                return _written(said, reference, (language, "en"))
        return ""

    # --- Pictures ----------------------------------------------------------------------------------------------------
    def _images(self) -> Mapping[str, Asset]:
        """The images that may be main pictures, by code in lower case: one query."""
        ids = {each.asset_id for rows in self.batch.attached.values() for each in rows if each.role.lower() == MAIN}
        named = {self._named_picture(row) for row in self.rows}
        rows = Asset.objects.annotate(lower=Lower("code")).filter(Q(pk__in=ids) | Q(lower__in=named))
        images = rows.filter(kind=Asset.Kind.IMAGE, width__isnull=False, height__isnull=False)
        return {asset.code.lower(): asset for asset in images.only("code", "width", "height")}

    def _named_picture(self, row: Row) -> str:
        """The asset that the family's picture fact names, in lower case, or ""."""
        code = image_attributes(self.batch.schema).get(row.family_id or 0)
        values = (said.value for said in self.facts[row.pk] if said.spec.code.lower() == code)
        return next((str(value).lower() for value in values if isinstance(value, str)), "")

    def _pictures(self, row: Row, showings: Sequence[Showing]) -> Iterator[Picture]:
        """The first main picture on each channel."""
        shown: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for each in showings:
            code, own = self._main_picture(row, each.receiver)
            shown[code, own].add(each.outlet.code.lower())
        for (code, own), channels in shown.items():
            if (asset := self.images.get(code)) is not None:
                yield Picture(asset.code, asset.width or 0, asset.height or 0, frozenset(channels), own)

    def _main_picture(self, row: Row, receiver: Receiver) -> tuple[str, bool]:
        """The code of the main picture on a channel, in lower case or "", and whether it is the product's own."""
        line = self.batch.lines[row.pk]
        attached = [self.batch.attached.get(each.pk, ()) for each in line]
        for depth, each in inheritance.assets(attached, inheritance.cuts(line), receiver.pk):
            if each.role.lower() == MAIN:
                return self._codes.get(each.asset_id, ""), depth == 0
        code = image_attributes(self.batch.schema).get(row.family_id or 0, "")
        own = any(said.own for said in self.facts[row.pk] if said.spec.code.lower() == code)
        cut, named = inheritance.cuts(line), self._named_picture(row)
        naming = self.batch.schema.attributes.get(code)
        if not named or naming is None or not cut:
            return named, own
        depth = self.batch.depth(row, naming, receiver.code, self.batch.schema.default_chain)
        return dict(inheritance.files(code, code, [named], cut, depth)).get(MAIN, ""), own

    @cached_property
    def _codes(self) -> Mapping[int, str]:
        return {asset.pk: code for code, asset in self.images.items()}


def _written(said: Said, reference: Reference, chain: tuple[str, ...]) -> str:
    """A fact in the unit and with the decimals that a reference wants; nothing where it cannot be written so."""
    decimals = reference.option("decimals")
    try:
        return wanted_text(
            said.value, said.spec, chain, {}, reference.option("unit"), int(decimals) if decimals else None
        )
    except (Invalid, ValueError):
        return ""


def plain(body: str) -> str:
    """A fragment's text without markup. One written without any is shown as it is."""
    return to_text(body) if body.startswith("<") else body
