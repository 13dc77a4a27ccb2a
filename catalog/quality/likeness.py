"""When two products are probably one: a digest that is the same for both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from unicodedata import normalize

import orjson

from catalog.quality.base import PROSE_TYPES, Said

_WORD = re.compile(r"[^\W_]+")
# What differs between two entries of one article as well, or says nothing of it.
_TELLING_NOTHING = ("gtin", "isbn", "mpn", "price", "asset", "assets", "computed", *PROSE_TYPES)
_IDENTIFYING_ROLES = ("gtin", "mpn", "price")


def likeness_of(family: str, name: str, facts: Iterable[Said]) -> str:
    """32 hex digits of family, name and facts; "" for a product without a name, which is like no other.

    Of the name only the words count, in any order and case; of the facts those that are no identifier, price, file or
    prose.
    """
    words = sorted(_WORD.findall(normalize("NFKC", name).casefold()))
    if not words:
        return ""
    telling = sorted((said.key, said.value) for said in facts if tells(said))
    said = orjson.dumps([family.lower(), words, telling], option=orjson.OPT_SORT_KEYS)
    return blake2b(said, digest_size=16).hexdigest()


def tells(said: Said) -> bool:
    spec = said.spec
    return spec.type not in _TELLING_NOTHING and spec.role not in _IDENTIFYING_ROLES and not spec.unique
