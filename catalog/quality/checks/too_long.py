"""Texts that do not fit where they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Prose, Subject, key_of


class TooLong(Check):
    """Characters of plain text, against the slot's own limit and the limits of the channels that show it."""

    code = "too_long"
    label = "Text too long"
    severity = "warning"
    hint = "Shorten it, or write a shorter text for that channel."

    def check(self, subject: Subject) -> Iterator[Found]:
        for prose in subject.own_texts():
            length = len(prose.text)
            if prose.limit and length > prose.limit:
                yield Found(prose.key, f"{prose.where} has {length} characters; at most {prose.limit} fit.")
            for channel in subject.channels:
                limit = limit_of(prose, subject.name, dict(channel.text_limits))
                if limit and length > limit and channel.code.lower() in prose.channels:
                    yield Found(
                        key_of(prose.key, f"@{channel.code}"),
                        f"{prose.where} has {length} characters; at most {limit} fit in {channel.code}.",
                    )


def limit_of(prose: Prose, name: str, limits: dict[str, int]) -> int:
    """A channel's limit of a text: "slot:CODE", "fact:CODE" or CODE, and "name" for whatever names the product."""
    place = prose.place.lower()
    is_name = place == f"fact:{name.lower()}"
    found = limits.get(place) or limits.get(place.removeprefix("fact:"))
    return found or (limits.get("name", 0) if is_name else 0)
