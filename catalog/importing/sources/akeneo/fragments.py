"""Paragraphs into fragments: shared by products, aligned by language, placed so that each cell reads as it stood."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from catalog.importing.plan import FragmentRecord, PlacementRecord
from catalog.importing.sources.akeneo.schema import SlotKind

SOURCE = "Akeneo import"
MAX_TITLE = 80
_STEP = 10
_BREAK = re.compile(r"<br>|</(?:p|li|tr|td|th|h3|h4)>")
_TAG = re.compile(r"<[^>]*(?:>|$)")
# What a cell says, by its channel ("" for all) and language.
Cells = Mapping[tuple[str, str], tuple[str, ...]]
# A paragraph, or several that belong together, by language.
Body = dict[str, str]


@dataclass
class _Draft:
    body: Body
    channels: tuple[str, ...]
    rich: bool
    placements: list[PlacementRecord] = field(default_factory=list)


class Prose:
    """All fragments so far, by code."""

    def __init__(self) -> None:
        self.drafts: dict[str, _Draft] = {}

    def place(self, sku: str, kind: SlotKind, cells: Cells) -> None:
        """Place what a product says in a slot: for each channel and language its paragraphs in order."""
        for channels, texts in by_channels(cells):
            for bodies in aligned(texts):
                for number, body in enumerate(once_each(bodies), 1):
                    self._place(body, channels, kind, PlacementRecord(kind.slot, sku, position=number * _STEP))

    def _place(self, body: Body, channels: tuple[str, ...], kind: SlotKind, placement: PlacementRecord) -> None:
        code = fragment_code(body, channels, rich=kind.rich)
        draft = self.drafts.setdefault(code, _Draft(body, channels, kind.rich))
        draft.placements.append(placement)

    def records(self) -> Iterable[FragmentRecord]:
        for code, draft in self.drafts.items():
            yield FragmentRecord(
                code,
                title={language: title(text, rich=draft.rich) for language, text in draft.body.items()},
                body=draft.body,
                rich=draft.rich,
                placements=tuple(draft.placements),
                source=SOURCE,
                channels=draft.channels,
            )


def by_channels(cells: Cells) -> list[tuple[tuple[str, ...], dict[str, tuple[str, ...]]]]:
    """Channels that say the same in every language, together; () stands for a text of all channels."""
    texts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for (channel, language), paragraphs in cells.items():
        texts[channel][language] = paragraphs
    groups: list[tuple[list[str], dict[str, tuple[str, ...]]]] = []
    for channel, own in texts.items():
        same = next((channels for channels, other in groups if other == own), None)
        if same is None:
            groups.append(([channel], own))
        else:
            same.append(channel)
    return [(tuple(channel for channel in channels if channel), own) for channels, own in groups]


def aligned(texts: Mapping[str, tuple[str, ...]]) -> list[list[Body]]:
    """Languages with the same number of paragraphs go side by side, the others each for itself."""
    by_count: dict[int, list[str]] = defaultdict(list)
    for language in sorted(texts):
        by_count[len(texts[language])].append(language)
    return [
        [{language: texts[language][number] for language in languages} for number in range(count)]
        for count, languages in by_count.items()
    ]


def once_each(bodies: Iterable[Body]) -> list[Body]:
    """The same in order without repetition, for a slot takes a fragment once: what comes again joins its forerunner."""
    result: list[Body] = []
    for body in bodies:
        while body in result:
            before = result.pop()
            body = {language: before[language] + text for language, text in body.items()}
        result.append(body)
    return result


def fragment_code(body: Body, channels: tuple[str, ...], *, rich: bool) -> str:
    content = json.dumps([sorted(body.items()), sorted(channels), rich], ensure_ascii=False)
    return f"text-{blake2b(content.encode(), digest_size=8).hexdigest()}"


def title(text: str, *, rich: bool) -> str:
    """The first words, at most 80 characters."""
    if rich:
        head = text[: 20 * MAX_TITLE]
        text = html.unescape(_TAG.sub("", _BREAK.sub(" ", head)))
    line = " ".join(text.split()).replace("\N{ZERO WIDTH SPACE}", "")
    if len(line) <= MAX_TITLE:
        return line
    words = line[:MAX_TITLE].rpartition(" ")[0] or line[: MAX_TITLE - 1]
    return f"{words.rstrip(' ,;:–-')}…"


def shown(
    fragments: Iterable[FragmentRecord], line: Sequence[str], slot: str, channel: str, language: str
) -> list[str]:
    """The texts a document of a product shows in a slot with several fragments, in order.

    `line` is the SKU with its parents', from the product up: what is placed on any of them shows, each fragment once.
    """
    found: dict[str, tuple[tuple[int, int, str], str]] = {}
    for fragment in fragments:
        if (fragment.channels and channel not in fragment.channels) or language not in fragment.body:
            continue
        for placement in fragment.placements:
            if placement.slot == slot and placement.product in line:
                rank = (placement.position, line.index(placement.product), fragment.code)
                here = (rank, fragment.body[language])
                found[fragment.code] = min(found.get(fragment.code, here), here)
    return [text for _, text in sorted(found.values())]
