"""The same catalogue given to others whole: WeasyPrint's command line and Chromium get HTML, Typst its own markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from exports.documents import Document

STYLE = """
@page { size: A4; margin: 23mm 18mm 19mm; @top-left { content: string(chapter) } @top-right { content: "Works" }
  @bottom-right { content: counter(page) } }
@page cover { margin: 0; @top-left { content: none } @top-right { content: none } @bottom-right { content: none } }
body { font: 9pt/12pt "Source Sans Pro"; margin: 0; hyphens: manual }
h1, h2, h3 { font-family: "Source Serif Pro"; font-weight: 400; margin: 0; break-after: avoid }
a { color: inherit; text-decoration: none }
.cover { page: cover; height: 296mm; background: #2a1a14; color: #fff; padding: 40mm 18mm }
.cover h1 { font-size: 52pt; line-height: 56pt; bookmark-level: none }
.contents h1, .chapter h1 { font-size: 30pt; line-height: 36pt; string-set: chapter content(); bookmark-level: 1 }
.contents { break-before: page }
.contents p { margin: 0 } .contents b { display: block; margin-top: 6pt }
.contents a::after { content: leader(".") target-counter(attr(href), page) }
.chapter { break-before: page }
.entry { break-inside: avoid; height: 117mm; margin-bottom: 6mm }
.entry h3 { font-size: 19pt; line-height: 24pt; bookmark-level: 2 }
.side { float: left; width: 56mm } .side img { width: 56mm }
.words { margin-left: 62mm } .words p { margin: 0 0 6pt; hyphens: auto }
.price { font: 15pt/18pt "Source Serif Pro" }
table { clear: both; width: 100%; border-collapse: collapse; font-size: 8pt; line-height: 10pt }
th, td { text-align: left; border-bottom: 0.4pt solid #ddd; padding: 1.3pt 0 } th { color: #806f60; font-weight: 400 }
td { font-weight: 600 }
"""

TYPST = """
#set page("a4", margin: (top: 23mm, bottom: 19mm, x: 18mm), numbering: "1", header: context {
  let found = query(heading.where(level: 1)).filter(it => it.location().page() <= here().page())
  if found.len() > 0 { found.last().body }
  h(1fr)
  [Works]
})
#set text(9pt, font: "Source Sans Pro", hyphenate: true)
#let entry(picture, name, price, words, table) = block(height: 117mm, breakable: false)[
  #grid(columns: (56mm, 1fr), gutter: 6mm, image(picture, width: 56mm), [#heading(level: 2, name) #price\\ #words])
  #table
]
#let facts(..cells) = table(columns: (1fr,) * 4, stroke: (bottom: 0.4pt + luma(220)), ..cells)
#align(horizon, text(52pt)[Works])
#outline(depth: 2)
"""


def chapters(documents: Iterable[Document]) -> Iterator[tuple[str, list[Document]]]:
    for label, group in groupby(documents, key=lambda document: document.categories[0].label):
        yield label, list(group)


def html(documents: Sequence[Document], folder: Path) -> Path:
    """The catalogue as a page of HTML in `folder`, with its pictures beside it."""
    parts = [f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Works</title><style>{STYLE}</style>']
    parts.append('<section class="cover"><h1>Works</h1></section><section class="contents"><h1>Contents</h1>')
    for label, entries in chapters(documents):
        parts.append(f"<b>{escape(label)}</b>")
        parts += [f'<p><a href="#{one.sku}">{escape(one.name)}</a></p>' for one in entries]
    parts.append("</section>")
    for label, entries in chapters(documents):
        parts.append(f'<section class="chapter"><h1>{escape(label)}</h1>')
        parts += [entry(one) for one in entries]
        parts.append("</section>")
    path = folder / "catalog.html"
    path.write_text("".join(parts))
    return path


def entry(document: Document) -> str:
    rows = list(document.facts.values())
    half = (len(rows) + 1) // 2
    cells = [
        "".join(f"<th>{escape(fact.label)}</th><td>{escape(fact.text)}</td>" for fact in pair)
        for pair in zip(rows[:half], rows[half:], strict=True)
    ]
    table = "".join(f"<tr>{row}</tr>" for row in cells)
    price = f"{document.prices[0].amount} €"
    side = f'<div class="side"><img src="{picture(document)}" alt=""></div>'
    return (
        f'<article class="entry" id="{document.sku}">{side}'
        f'<div class="words"><h3>{escape(document.name)}</h3><p class="price">{price}</p>{document.statements[0].html}'
        f"</div><table>{table}</table></article>"
    )


def picture(document: Document) -> str:
    """The name of its file."""
    return f"{document.assets[0].alt.rpartition(' ')[2]}.jpg"


def typst(documents: Sequence[Document], folder: Path) -> Path:
    """The same catalogue in Typst's markup."""
    parts = [TYPST]
    for label, entries in chapters(documents):
        parts.append(f"#pagebreak(weak: true)\n= {label}\n")
        parts += [_typst_entry(one) for one in entries]
    path = folder / "catalog.typ"
    path.write_text("".join(parts))
    return path


def _typst_entry(document: Document) -> str:
    cells = ", ".join(f"[{fact.label}], [*{fact.text}*]" for fact in document.facts.values())
    return (
        f'#entry("{picture(document)}", "{document.name}", "{document.prices[0].amount} €")'
        f"[{document.statements[0].text}][#facts({cells})]\n"
    )
