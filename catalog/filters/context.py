"""For whom a filter is asked: facts may differ by channel and language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from catalog.models import Channel, FactContext, Product
from catalog.values import AttributeSpec
from catalog.values.contexts import context_key, own_chain

# No tree of products is that deep; a circle, which only a damaged database has, ends here.
_DEEPEST = 50


@dataclass(frozen=True)
class Context:
    """A channel's code, or "" for what holds for all; and the languages a text may stand in, best first."""

    channel: str = ""
    chain: tuple[str, ...] = ("en",)

    @classmethod
    def in_language(cls, language: str) -> Context:
        """All channels, in a language and what stands in for it."""
        return cls(chain=own_chain(language, settings.LANGUAGE_CODE))

    @classmethod
    def of(cls, channel: Channel, language: str = "") -> Context:
        """A channel in one of its languages, or in the first. Raises KeyError for a language it has not."""
        chains = channel.chains()
        first = next(iter(chains.values()), own_chain(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE))
        return cls(channel.code, chains[language] if language else first)

    def key(self, spec: AttributeSpec) -> str:
        """The key of the FactContext in which an attribute's values count here."""
        return context_key(self.channel if spec.per_channel else "", self.chain if spec.localizable else ())


class Scene:
    """A context with what conditions have to know of the database to become queries; each is asked once."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def _fact_contexts(self) -> dict[str, int]:
        return dict(FactContext.objects.values_list("key", "pk"))

    def fact_context(self, spec: AttributeSpec) -> int | None:
        """The id of the FactContext of an attribute; None where no product has a value in it."""
        return self._fact_contexts.get(self.context.key(spec))

    @cached_property
    def depth(self) -> int:
        """How many levels of variants there are below products, at most: one query for each, and one more."""
        depth, above = 0, "parent"
        while depth < _DEEPEST and Product.objects.filter(**{f"{above}__isnull": False}).exists():
            depth, above = depth + 1, f"{above}__parent"
        return depth
