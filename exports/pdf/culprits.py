"""Which of a product's texts cannot be laid out, so that whoever has to mend it need not look for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exports.documents import Document, Statement
from exports.pdf.engine import CannotBeLaidOut, Press
from exports.pdf.limits import bounded, paragraphs


def culprits(press: Press, document: Document) -> list[str]:
    """The names of the texts that cannot be laid out even alone."""
    return [name for name, html in _texts(document) if _fails(press, html)]


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    count: Counter[str] = Counter()
    for statement in document.statements:
        count[statement.slot] += 1
        yield f"Text {count[statement.slot]} in “{statement.slot}”", _printed(statement)


def _printed(statement: Statement) -> str:
    return bounded(statement.html)[0] if statement.html else paragraphs(statement.text)


def _fails(press: Press, html: str) -> bool:
    try:
        press.render(html)
    except CannotBeLaidOut:
        return True
    return False
