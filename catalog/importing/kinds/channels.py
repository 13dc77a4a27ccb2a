"""Markets, audiences and channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.importing.compare import Item, Kind
from catalog.importing.links import Links
from catalog.importing.plan import AudienceRecord, ChannelRecord, MarketRecord
from catalog.models import Attribute, Audience, Category, Channel, ChannelLanguage, Family, Market


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


class Channels(Kind[ChannelRecord]):
    name = "channels"
    noun = "channel"
    model = Channel
    plain = ("medium", "selection", "currencies", "public")
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
        for code in record.selection:
            if self.run.known.get(Attribute, code) is None:
                self.issue(record, "selection", code, "there is no attribute of this code; it selects nothing.")
        return super().columns(record, row)
