"""For whom a filter is asked: facts may differ by channel and language."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Max, Q

from catalog.models import Category, Channel, FactContext, Product
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
    """A context with what conditions have to know of the database to become queries; each is asked once.

    `rule` says which products a placement's filter finds: a field cannot ask for a whole filter by itself.
    """

    def __init__(self, context: Context, rule: Callable[[str, Scene], Q]) -> None:
        self.context = context
        self._rule = rule
        self._found: dict[Hashable, Q] = {}

    def once(self, key: Hashable, find: Callable[[], Q]) -> Q:
        """What was found before under a key, else what is found now."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def rule(self, text: str) -> Q:
        """What holds for the products that a placement's filter finds; it has no joins."""
        return self.once(("rule", text), lambda: self._rule(text, self))

    @cached_property
    def _fact_contexts(self) -> dict[str, int]:
        return dict(FactContext.objects.values_list("key", "pk"))

    def fact_context(self, spec: AttributeSpec) -> int | None:
        """The id of the FactContext of an attribute; None where no product has a value in it."""
        return self._fact_contexts.get(self.context.key(spec))

    @property
    def has_asked_more(self) -> bool:
        """Whether what was told depends on what changes more often than the schema: products, what is placed where."""
        return bool(self._found) or not self.__dict__.keys().isdisjoint(("depth", "category_depth"))

    @cached_property
    def depth(self) -> int:
        """How many levels of variants there are below products, at most: one query for each, and one more."""
        depth, above = 0, "parent"
        while depth < _DEEPEST and Product.objects.filter(**{f"{above}__isnull": False}).exists():
            depth, above = depth + 1, f"{above}__parent"
        return depth

    @cached_property
    def category_depth(self) -> int:
        """How many levels of categories there are below roots, at most. One query."""
        return Category.objects.aggregate(deepest=Max("level"))["deepest"] or 0
