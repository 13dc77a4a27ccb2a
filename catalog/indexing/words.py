"""Texts as words to be searched by: the same on both engines, because neither takes part in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from unicodedata import combining, normalize

# PostgreSQL's lexemes have at most 2,046 bytes; nobody types that much of a word.
MAX_WORD = 60
# Characters of one row's words: PostgreSQL's text search vectors end at a megabyte.
MAX_TEXT = 200_000
# Stands before an identifier written in one. No text that is folded has it.
IDENTIFIER = "\N{NUMERO SIGN}"
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Without case, accents and other differences of writing that people do not make when they search."""
    if text.isascii():
        return text.lower()
    plain = "".join(c for c in normalize("NFKD", text.casefold()) if not combining(c))
    return plain.casefold()


def identifier(code: str) -> str:
    """An identifier without its separators, marked as one: what is typed as TS200 or ts-200 is compared with it."""
    return IDENTIFIER + "".join(words_of(code))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in order: letters and digits of any script, everything else separates them."""
    return [word[:MAX_WORD] for word in _WORD.findall(folded(text))]


def joined(texts: Iterable[str], codes: Iterable[str] = ()) -> str:
    """The words of texts and codes with a space between them, each once, as far as they fit; their place is lost.

    Of a code there are the parts, the whole without separators, and the whole marked as an identifier.
    """
    marked = [identifier(code) for code in codes]
    words = chain(*map(_words, (*codes, *texts)))
    found = " ".join(dict.fromkeys((*marked, *(word[len(IDENTIFIER) :] for word in marked), *words)))
    return found if len(found) <= MAX_TEXT else found[:MAX_TEXT].rpartition(" ")[0]


def _words(text: str) -> Sequence[str]:
    return _remembered(text) if len(text) < 200 else words_of(text)


# Names and options come again and again.
@lru_cache(maxsize=20_000)
def _remembered(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


def distance(one: str, other: str, limit: int) -> int:
    """How many letters must be put in, left out, replaced or swapped with the next; `limit` + 1 if more than that."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if last and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def tolerance(word: str) -> int:
    """How many slips are forgiven in a word: none in short ones and in numbers, which are other words at once."""
    if len(word) < 5 or word.isdigit():
        return 0
    return 1 if len(word) < 8 else 2
