"""Keys for the fact index: texts that sort by code point as the values they stand for do."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

# Forty digits as they are stored, times the twenty a conversion to another unit may bring.
KEY_DIGITS = 60
TEXT_LENGTH = 160

_ROUNDED = Context(prec=KEY_DIGITS, rounding=ROUND_HALF_EVEN)
_BIAS = 5_000
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


@lru_cache(maxsize=20_000)
def number_key(number: Decimal) -> str:
    """The key of a finite number: sign, order of magnitude, digits; equal numbers have equal keys.

    Exact for 60 digits; what has more is rounded to them. Raises ValueError for magnitudes beyond 10 ** ±4999.
    """
    if not number:
        return "o"
    rounded = number.normalize(_ROUNDED)
    magnitude = rounded.adjusted()
    if not -_BIAS < magnitude < _BIAS:
        raise ValueError(f"10 ** {magnitude} is out of the range of keys")
    digits = "".join(map(str, rounded.as_tuple().digits))
    if rounded > 0:
        return f"p{_BIAS + magnitude:04d}{digits}"
    # The larger a negative number's digits, the earlier it stands; "~" puts -1.2 after -1.23.
    return f"n{_BIAS - magnitude:04d}{digits.translate(_COMPLEMENT)}~"


def text_key(text: str) -> str:
    """The key of a text, without regard to case; beyond 160 characters their beginning and a digest of the whole."""
    folded = normalize("NFC", normalize("NFC", text).casefold())
    if len(folded) <= TEXT_LENGTH:
        return folded
    digest = blake2b(folded.encode(), digest_size=8).hexdigest()
    return f"{folded[:TEXT_LENGTH]}\N{HORIZONTAL ELLIPSIS}{digest}"
