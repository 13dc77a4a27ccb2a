"""Markets, audiences and channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Model

from catalog.filters import FilterError, Name, codes_in, parse
from catalog.filters.names import VALUE
from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.links import Links
from catalog.importing.plan import AudienceRecord, ChannelRecord, ForbiddenTermRecord, MarketRecord
from catalog.models import (
    AssociationType,
    Attribute,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    Family,
    ForbiddenTerm,
    Market,
    Slot,
    Tag,
)
from catalog.values import TYPES

# What a selection may name that an import brings or finds.
_NAMED: dict[str, type[Model]] = {
    "attribute": Attribute,
    "family": Family,
    "category": Category,
    "tag": Tag,
    "slot": Slot,
    "associationtype": AssociationType,
}


class Markets(Kind[MarketRecord]):
    name = "markets"
    noun = "market"
    model = Market
    plain = ("country", "currency")


class Audiences(Kind[AudienceRecord]):
    name = "audiences"
    noun = "audience"
    model = Audience


def _languages(kind: Kind[ChannelRecord], item: Item) -> Iterator[dict[str, Any]]:
    for place, (language, fallback) in enumerate(item.record.languages):
        if fallback == language:
            kind.issue(item.record, "languages", language, "a language cannot stand in for itself; it has none.")
            fallback = ""
        yield {"language": language, "fallback": fallback, "position": place}


def _families(kind: Kind[ChannelRecord], item: Item) -> Iterator[dict[str, Any]]:
    return ({"family": row} for row in kind.find_all(item.record, "families", Family, item.record.families))


class ForbiddenTerms(Kind[ForbiddenTermRecord]):
    """A word of one language on one channel is another than the same of all."""

    name = "forbidden_terms"
    noun = "forbidden word"
    model = ForbiddenTerm
    identity = ("language", "channel", "term")
    plain = ("term", "language", "instead")
    texts = ()
    references = {"channel": Channel}

    def compare_rows(self) -> None:
        """A word for a channel or a language that there is not is left out: it would be forbidden everywhere."""
        sound = [record for record in self.records if self._is_sound(record)]
        self.left_out += len(self.records) - len(sound)
        self.records = sound
        super().compare_rows()

    def _is_sound(self, record: ForbiddenTermRecord) -> bool:
        if record.language and record.language not in dict(settings.LANGUAGES):
            self.issue(record, "language", record.language, f"there is no language of this code; {LEFT_OUT}.")
            return False
        if record.channel and self.find(record, "channel", Channel, record.channel) is None:
            return False
        return bool(self.copied(record, "term", "term", record.term))


class Channels(Kind[ChannelRecord]):
    name = "channels"
    noun = "channel"
    model = Channel
    plain = ("medium", "selection", "currencies", "public")
    optional = ("units", "text_limits", "min_picture", "expired_claims", "keep_releases", "keep_days")
    references = {"market": Market, "audience": Audience, "tree": Category}
    links = (
        Links(
            "languages",
            ChannelLanguage,
            "channel",
            ("language",),
            _languages,
            payload=("fallback", "position"),
        ),
        Links("families", Channel.families.through, "channel", ("family",), _families),
    )

    def columns(self, record: ChannelRecord, row: Any) -> dict[str, Any]:
        """A selection is kept even where it is wrong: without it, more would go out than was meant."""
        for word, reason in self._faults(record.selection):
            self.issue(record, "selection", word, f"{reason} Until this is mended, the channel releases nothing.")
        return super().columns(record, row)

    def _faults(self, selection: str) -> Iterator[tuple[str, str]]:
        """What is wrong with a selection: words in it, each with the reason. What the plan brings counts as there."""
        try:
            names = codes_in(parse(selection))
        except FilterError as error:
            yield error.words, str(error)
            return
        for name in sorted(names):
            model = _NAMED.get(name.kind)
            row = self.run.known.get(model, name.code) if model else None
            if model and row is None:
                yield name.code, f"there is no {model._meta.verbose_name} of this code."
            elif isinstance(row, Attribute) and not (row.filterable or row.unique):
                yield name.code, "the attribute is not filterable."
            elif name.kind == VALUE:
                yield from self._option_faults(name)

    def _option_faults(self, name: Name) -> Iterator[tuple[str, str]]:
        attribute = self.run.known.get(Attribute, name.scope)
        if attribute is None or attribute.type not in TYPES or not TYPES[attribute.type].has_options:
            return
        if self.run.known.get(AttributeOption, f"{name.scope}:{name.code}") is None:
            yield name.code, f"{attribute.code} has no option of this code."
