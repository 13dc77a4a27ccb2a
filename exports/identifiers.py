"""Article numbers that other systems check."""

from __future__ import annotations

from stdnum import ean

_FORMATS = (8, 12, 13, 14)


def gtin_fault(raw: str) -> str:
    """Why `raw` is no GTIN that identifies one trade item worldwide; empty for one that does.

    GS1 General Specifications, section 1.4: prefixes 02, 04 and 2 are for use within a company, 05 and 98 to 99 are for
    coupons. Google Merchant Center wants these left out (support.google.com/merchants/answer/7052112, gtin).
    """
    digits = compact(raw)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _FORMATS:
        return "has to have 8, 12, 13 or 14 digits"
    if ean.calc_check_digit(digits[:-1]) != digits[-1]:
        return "has a wrong check digit"
    prefix = digits if len(digits) == 8 else digits.zfill(14)[1:]
    restricted = ("0", "2") if len(digits) == 8 else ("02", "04", "2")
    if prefix.startswith(restricted):
        return "has a prefix for use within a company only"
    if prefix.startswith(("05", "98", "99")):
        return "has the prefix of a coupon"
    return ""


def compact(raw: str) -> str:
    """The digits of a GTIN, which people write with spaces and hyphens."""
    return raw.replace("-", "").replace(" ", "")
