"""QR codes that lead from paper to a page."""

from __future__ import annotations

from urllib.parse import quote

from exports.documents import Document
from exports.formats.options import Address
from exports.identifiers import compact, gtin_fault
from exports.pdf.kinds import codes
from exports.pdf.kinds.codes import Code

LONGEST = 300  # characters: more make a code too dense for paper


def landing(label: str, help_text: str, group: str = "Codes") -> Address:
    """An option for the address of a QR code; {sku} and {gtin} in it stand for the product's."""
    return Address(label=label, help=help_text, limit=LONGEST, group=group)


def code_to(pattern: str, document: Document | None = None, module: float = codes.MATRIX_MODULE) -> Code | None:
    """The QR code for a product; None without an address, or where it asks for a GTIN that the product has not."""
    if not pattern:
        return None
    if document is None:
        return codes.qr(pattern, module)
    gtin = document.identifiers.get("gtin", "")
    if "{gtin}" in pattern and (not gtin or gtin_fault(gtin)):
        return None
    filled = pattern.replace("{sku}", quote(document.sku, safe="")).replace("{gtin}", compact(gtin).zfill(14))
    return codes.qr(filled, module)
