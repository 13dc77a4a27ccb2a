"""References in a fragment's text: `{{ fact:weight }}`, `{{ fragment:battery-warning }}`, `{{ product:name }}`.

They have no logic: each stands for one text, put in when a document is assembled.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_REFERENCE = re.compile(r"\{\{\s*(fact|fragment|product):([A-Za-z0-9_.-]+)\s*\}\}")
# What is left of `{{ ... }}` when all references are taken out, as much of it as fits a message.
_BRACES = re.compile(r"\{\{[^{}]{0,60}(?:\}\})?")


class Reference(NamedTuple):
    kind: str
    code: str

    def __str__(self) -> str:
        return f"{{{{ {self.kind}:{self.code} }}}}"


def references_in(text: str) -> list[Reference]:
    """The references of a text, in order."""
    return [Reference(match[1], match[2]) for match in _REFERENCE.finditer(text)]


def malformed_in(text: str) -> list[str]:
    """What opens double braces but is no reference; of a long one only the beginning."""
    return _BRACES.findall(_REFERENCE.sub(" ", text))


def substitute(text: str, resolve: Callable[[Reference], str]) -> str:
    """The text with each reference replaced by what `resolve` gives for it."""
    return _REFERENCE.sub(lambda match: resolve(Reference(match[1], match[2])), text)
