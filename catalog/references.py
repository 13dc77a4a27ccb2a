"""References in a fragment's text: `{{ fact:weight unit=kg decimals=1 }}`, `{{ fragment:battery-warning }}` ...

They have no logic: each stands for one text, put in when a document is assembled. Pictures are named likewise, by the
code of an asset, within the markup: `<img src="asset:CODE" alt="">`.

    {{ fact:CODE }}        a fact of the product; unit=SYMBOL and decimals=0 to 12 say how a number is written
    {{ label:CODE }}       what an attribute is called
    {{ product:name }}     the product's name; {{ product:sku }} its SKU
    {{ link:SKU }}         another product's name, which leads there where that can be
    {{ fragment:CODE }}    another fragment's text; as markup where it stands alone in its paragraph
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

# Fragments that one text may go through to its last word, the first included.
MAX_DEPTH = 5
MAX_DECIMALS = 12
# What each kind may be told, in the order in which it is written.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "fact": ("unit", "decimals"),
    "label": (),
    "fragment": (),
    "product": (),
    "link": (),
}
PRODUCT = ("name", "sku")

# Clean markup writes a no-break space, which editors put in where two spaces meet, as an entity.
_SPACE = r"(?:\s|&nbsp;)"
_REFERENCE = re.compile(
    rf"\{{\{{{_SPACE}*+({'|'.join(OPTIONS)}):([A-Za-z0-9_.-]++)"
    rf"((?:{_SPACE}++[a-z]{{1,20}}+=[^\s{{}}<>\"&=]{{1,40}}+){{0,6}}+){_SPACE}*+\}}\}}"
)
_OPTION = re.compile(r"([a-z]+)=([^\s&]+)")
# What is left of `{{ ... }}` when all references are taken out, as much of it as fits a message.
_BRACES = re.compile(r"\{\{[^{}]{0,60}(?:\}\})?")
_PICTURE = re.compile(r'(<img src="asset:)([A-Za-z0-9_.-]+)(?=")')


class Reference(NamedTuple):
    """`options` are pairs of name and value, in the order in which their kind lists them."""

    kind: str
    code: str
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        told = "".join(f" {name}={value}" for name, value in self.options)
        return f"{{{{ {self.kind}:{self.code}{told} }}}}"

    def option(self, name: str) -> str:
        """What it is told, "" where it is told nothing. A unit's symbol has its blanks back (`fl_oz`)."""
        return dict(self.options).get(name, "").replace("_", " ")


def references_in(text: str) -> list[Reference]:
    """The references of a text, in order."""
    return [_read(match) for match in _REFERENCE.finditer(text)]


def malformed_in(text: str) -> list[str]:
    """What opens double braces but is no reference; of a long one only the beginning."""
    return _BRACES.findall(_REFERENCE.sub(" ", text))


def substitute(text: str, resolve: Callable[[Reference], str]) -> str:
    """The text with each reference replaced by what `resolve` gives for it."""
    return _REFERENCE.sub(lambda match: resolve(_read(match)), text)


def split(text: str) -> tuple[str | Reference, ...]:
    """The text in pieces, its references among them: for texts that are put into words again and again."""
    found: list[str | Reference] = []
    last = 0
    for match in _REFERENCE.finditer(text):
        found += [text[last : match.start()], _read(match)]
        last = match.end()
    return (*found, text[last:])


def pictures_in(markup: str) -> list[str]:
    """The codes of the assets whose pictures stand in clean markup, in order."""
    return [match[2] for match in _PICTURE.finditer(markup)]


def with_pictures(markup: str, named: Callable[[str], str]) -> str:
    """The markup with each picture's asset called what `named` gives for its code."""
    return _PICTURE.sub(lambda match: f"{match[1]}{named(match[2])}", markup)


def faults(reference: Reference) -> list[str]:
    """What is wrong with a reference whatever it names, as the end of a sentence; nothing for a good one."""
    known, names = OPTIONS[reference.kind], [name for name, _ in reference.options]
    found = [
        f"has an option “{name}”; " + (f"there are {', '.join(known)}" if known else f"{reference.kind} has none")
        for name in dict.fromkeys(names)
        if name not in known
    ]
    found += [f"says “{name}” twice" for name in dict.fromkeys(names) if name in known and names.count(name) > 1]
    if reference.kind == "product" and reference.code.lower() not in PRODUCT:
        found.append(f"names nothing of the product; there are {' and '.join(PRODUCT)}")
    decimals = dict(reference.options).get("decimals")
    if decimals is not None and not (re.fullmatch("[0-9]{1,2}", decimals) and int(decimals) <= MAX_DECIMALS):
        found.append(f"has decimals={decimals}; they are a number from 0 to {MAX_DECIMALS}")
    return found


def _read(match: re.Match[str]) -> Reference:
    kind, code, told = match.groups()
    if not told:
        return Reference(kind, code)
    order = {name: place for place, name in enumerate(OPTIONS[kind])}
    options = sorted(_OPTION.findall(told), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))
    return Reference(kind, code, tuple(options))
