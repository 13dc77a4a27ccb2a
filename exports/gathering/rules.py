"""Which products of a channel meet the rules of its fragments: asked once for each rule, never product by product."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from catalog.filters import Checked, Context, FilterError, check, parse
from catalog.many import among
from catalog.models import Product
from exports.gathering.selection import SelectionError

NONE: Mapping[str, frozenset[str]] = MappingProxyType({})


class Rules:
    """`named` is what rests on each rule, for messages. `chains` are those of the channel, by language. Asked of the
    products `only`, None for all.

    A rule whose facts differ by language is asked in each; any other once. Raises SelectionError for a rule that is not
    understood any more: without it a text would be missing that must be there, or there where it must not.
    """

    def __init__(
        self,
        channel: str,
        chains: Mapping[str, tuple[str, ...]],
        named: Mapping[str, str],
        only: Collection[int] | None = None,
    ) -> None:
        self._products = Product.objects.all() if only is None else Product.objects.filter(pk__in=among(only))
        self.languages = tuple(chains)
        if named and self._products.filter(index__isnull=True).exists():
            raise SelectionError(
                f"{_refusal(channel, next(iter(named.values())))} Some products are not indexed; run: manage.py reindex"
            )
        self._met = {text: self._ask(channel, chains, text, owner) for text, owner in named.items()}
        self._known: dict[tuple[frozenset[str], ...], Mapping[str, frozenset[str]]] = {}

    def _ask(
        self, channel: str, chains: Mapping[str, tuple[str, ...]], text: str, owner: str
    ) -> Mapping[str, frozenset[int]]:
        rule = _understood(channel, text, owner)
        found: dict[tuple[str, ...], frozenset[int]] = {}
        for chain in chains.values():
            key = chain if rule.localizable else ()
            if key not in found:
                met = self._products.filter(rule.condition(Context(channel, chain)))
                found[key] = frozenset(met.order_by().values_list("pk", flat=True))
        return {language: found[chain if rule.localizable else ()] for language, chain in chains.items()}

    def meets(self, product: int) -> Mapping[str, frozenset[str]]:
        """By language the rules that a product meets. Products that meet the same share one answer."""
        if not self._met:
            return NONE
        met = tuple(
            frozenset(text for text, ids in self._met.items() if product in ids[language])
            for language in self.languages
        )
        if met not in self._known:
            self._known[met] = dict(zip(self.languages, met, strict=True)) if any(met) else NONE
        return self._known[met]


def _understood(channel: str, text: str, owner: str) -> Checked:
    try:
        return check(parse(text))
    except FilterError as error:
        raise SelectionError(f"{_refusal(channel, owner)} {error} Correct it there, or take it away.") from error


def _refusal(channel: str, owner: str) -> str:
    return f"{owner} cannot be used, so channel “{channel}” releases nothing."


def rules_named(placements: Iterable[tuple[str, str, str]], limits: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What rests on each rule in words: placements as (rule, fragment, slot), limits as (rule, fragment)."""
    named = {text: f"The rule that places fragment “{code}” as {slot}" for text, code, slot in placements}
    return {**named, **{text: f"What says of which products fragment “{code}” may be said" for text, code in limits}}
