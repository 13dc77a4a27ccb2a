"""Where a value holds: everywhere, in a language, in a channel, or in both."""

from __future__ import annotations

from typing import NamedTuple

from catalog.values.base import AttributeSpec, Invalid


class Scope(NamedTuple):
    """`language` and `channel`, each "" for all. Written "", "de", "@print" or "de@print" in a values document."""

    language: str = ""
    channel: str = ""

    def __str__(self) -> str:
        return f"{self.language}@{self.channel}" if self.channel else self.language

    @classmethod
    def read(cls, key: str) -> Scope:
        language, _, channel = key.partition("@")
        return cls(language, channel)

    def check(self, spec: AttributeSpec) -> None:
        """Raises Invalid where the attribute does not vary as the scope does."""
        if bool(self.language) != spec.localizable:
            raise Invalid(
                "this attribute has one value per language; say which language"
                if spec.localizable
                else "this attribute has one value for all languages"
            )
        if self.channel and not spec.per_channel:
            raise Invalid("this attribute has one value for all channels")
