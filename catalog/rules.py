"""Filters as rules of fragments: of placements on every product that a filter finds, and of whom a text may be said.

A rule is asked for the channel and languages of whoever asks, as facts are; what counts for the house as a whole is
asked for all channels in the default language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from catalog import querysets
from catalog.aliases import Aliases
from catalog.filters import EVERYTHING, Checked, Context, Filter, FilterError, check, codes_in, parse
from catalog.filters.tree import Place
from catalog.models import FragmentRevision, Placement
from catalog.values.contexts import own_chain

# What a rule may ask: what a product is and says, and what hangs on it. Anything else would change with what the rule
# itself brings about (a text that is placed completes a product, has tags, is judged) or with time alone.
FIELDS = (
    *("fact", "sku", "name", "family", "category", "status", "level", "parent", "root"),
    *("asset", "association"),
)


# --- Writing one -----------------------------------------------------------------------------------------------------
def canonical(text: str, field: str = "filter") -> str:
    """A rule's text as it is stored. Raises ValidationError at `field` that names the place and the fix."""
    return understood_as_rule(text, field).text()


def understood_as_rule(text: str, field: str, noun: str = "rule") -> Filter:
    """Raises ValidationError at `field` for a text that cannot be a rule, or what else `noun` says."""
    try:
        filter = read(text, noun)
        check(filter)
    except FilterError as error:
        raise ValidationError({field: str(error)}) from error
    return filter


def read(text: str, noun: str = "rule") -> Filter:
    """A rule's filter, whatever it names. Raises FilterError."""
    filter = parse(text)
    if filter == EVERYTHING:
        raise FilterError(f"an empty {noun} would find every product; say which, such as: status = enabled", Place())
    for condition in filter.conditions():
        if condition.field not in FIELDS:
            raise FilterError(
                f"a {noun} cannot ask for “{condition.name()}”, which changes with what it says or by itself; it can "
                f"ask for facts, {', '.join(FIELDS[1:])}.",
                condition.place,
                condition.name(),
            )
    return filter


def key_of(text: str) -> str:
    """The digest under which a canonical text is stored once: BLAKE2b-256, hex, whatever the case."""
    return blake2b(text.casefold().encode(), digest_size=32).hexdigest() if text else ""


# --- Asking ----------------------------------------------------------------------------------------------------------
class Rules:
    """Which products meet rules. Each is read once, and asked once for all whom it answers alike.

    One that cannot be understood any more finds nothing. `ids` are the products that are asked about, few enough to be
    named in a query; None for all. `known` is shared by several that are asked about different products.
    """

    def __init__(self, ids: Collection[int] | None = None, known: dict[str, Checked | None] | None = None) -> None:
        self.ids = ids
        self._known = {} if known is None else known
        self._met: dict[tuple[str, str, tuple[str, ...]], frozenset[int]] = {}

    def understood(self, text: str) -> Checked | None:
        if text not in self._known:
            try:
                self._known[text] = check(parse(text))
            except FilterError:
                self._known[text] = None
        return self._known[text]

    def varies(self, texts: Iterable[str]) -> tuple[bool, bool]:
        """Whether any of these may be met by other products on another channel, and in other languages."""
        found = [rule for text in texts if (rule := self.understood(text)) is not None]
        return any(rule.per_channel for rule in found), any(rule.localizable for rule in found)

    def met(self, text: str, channel: str, chain: tuple[str, ...]) -> frozenset[int]:
        """The ids of the products that meet a rule on a channel ("" for all) in these languages."""
        rule = self.understood(text)
        if rule is None:
            return frozenset()
        key = (text, channel if rule.per_channel else "", chain if rule.localizable else ())
        if key not in self._met:
            products = rule.products(Context(key[1], key[2] or _default_chain()))
            found = products if self.ids is None else products.filter(pk__in=self.ids)
            self._met[key] = frozenset(found.values_list("pk", flat=True))
        return self._met[key]


def reached(texts: Collection[str]) -> frozenset[int]:
    """The ids of the products that meet any of these rules for anybody. One query for each, and for each that varies
    one for each whom it may answer otherwise."""
    if not texts:
        return frozenset()
    rules = Rules()
    askers = [("", _default_chain())]
    if any(rules.varies(texts)):
        rows = querysets.channels().order_by("code")
        askers += [(channel.code, chain) for channel in rows for chain in channel.chains().values()]
    return frozenset().union(*(rules.met(text, *asker) for text in texts for asker in askers))


def _default_chain() -> tuple[str, ...]:
    return own_chain(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)


# --- Which there are -------------------------------------------------------------------------------------------------
def placed() -> set[str]:
    """The rules of all placements. One query of an index."""
    rows = Placement.objects.exclude(filter_key="").order_by().values_list("filter", flat=True)
    return set(rows.distinct())


def frozen() -> set[str]:
    """The rules of whom texts that are out may be said. One pass over these texts."""
    rows = limited(querysets.current_revisions()).values_list("out__applies__products", flat=True)
    return {text for text in rows if text}


def limited(revisions: QuerySet[FragmentRevision]) -> QuerySet[FragmentRevision]:
    """Those of these revisions that are said of some products only."""
    return revisions.filter(out__applies__has_key="products")


def asks(text: str, facts: Collection[str], aliases: Aliases) -> bool:
    """Whether a rule asks for one of these facts (lower-case codes); one that asks for a name may ask for any."""
    try:
        filter = parse(text)
    except FilterError:
        return False
    if any(condition.field == "name" for condition in filter.conditions()):
        return True
    named = (name.code for name in codes_in(filter) if name.kind == "attribute")
    return any(aliases.present("attribute", code).lower() in facts for code in named)
