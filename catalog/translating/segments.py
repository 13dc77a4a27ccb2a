"""A text as translators get it: paragraphs of words, in which codes stand for markup and references.

What is around the paragraphs stays here as a skeleton, so that a translation can neither lose nor break it. In marked
text `<g id="1">…</g>` stands for a pair of inline tags and `<x id="2"/>` for anything that stands alone: a reference, a
line break, half of a pair. The words between are escaped as in XML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from catalog.references import references_in, substitute

Kind: TypeAlias = Literal["open", "close", "alone"]
# Elements of clean markup that stand within a sentence; all others are blocks around it.
INLINE = frozenset(["a", "b", "br", "code", "em", "i", "img", "small", "span", "strong", "sub", "sup", "u"])
# What clean markup escapes in words (HTML Living Standard, section 13.3, "escaping a string").
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;"})
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A tag of clean markup, in which every other "<" is written as an entity.
_TOKEN = re.compile(r'</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^>"]*(?:"[^"]*"[^>"]*)*)?/?>')
_MARK = re.compile(r'<(/?)(g|x)(?: id="(\d{1,6})")?(/?)>')
_ALONE = frozenset(["br", "img"])
# Stands in no text that is stored.
_INVISIBLE = "\x00"


@dataclass(frozen=True)
class Code:
    """Something in a sentence that is not its words. `id` counts from 1; the two ends of a pair share it.

    `text` is what stands there, as it is written.
    """

    id: int
    kind: Kind
    text: str

    @property
    def mark(self) -> str:
        return {"open": f'<g id="{self.id}">', "close": "</g>", "alone": f'<x id="{self.id}"/>'}[self.kind]


Part: TypeAlias = "str | Code"
Segment: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True)
class Text:
    """A whole text. `skeleton` has what stands around the segments: one string more than there are segments."""

    rich: bool
    skeleton: tuple[str, ...]
    segments: tuple[Segment, ...]

    def with_targets(self, targets: Sequence[Segment]) -> str:
        """The text with other segments in its skeleton. Raises ValueError for another number of them."""
        written = [self.written(target) for target in targets]
        pairs = zip(self.skeleton, [*written, ""], strict=True)
        return "".join(part for pair in pairs for part in pair)

    def written(self, segment: Segment) -> str:
        """One segment as it stands in the text."""
        return "".join(
            part.text if isinstance(part, Code) else (part.translate(_ESCAPES) if self.rich else part)
            for part in segment
        )

    @property
    def shape(self) -> tuple[str, ...]:
        """The skeleton without its white space, by which two texts are told to be built alike."""
        return tuple("".join(part.split()) for part in self.skeleton)


class CodeProblem(ValueError):
    """The codes of a translation are not those of its source."""


# --- Taking a text apart ---------------------------------------------------------------------------------------------
def segmented(text: str) -> Text:
    """A stored text in parts; `segmented(text).with_targets(its segments)` is the text.

    One that is not clean markup is words as they are.
    """
    if _TOKEN.search(text):
        found = _segmented(text, rich=True)
        if found.with_targets(found.segments) == text:
            return found
    return _segmented(text, rich=False)


def _segmented(text: str, *, rich: bool) -> Text:
    skeleton, segments = [""], list[Segment]()
    for run, is_block in _runs(text) if rich else [([text], False)]:
        before, segment, after = _segment(run, rich=rich) if not is_block else (run[0], (), "")
        skeleton[-1] += before
        if segment:
            segments.append(segment)
            skeleton.append(after)
        else:
            skeleton[-1] += after
    return Text(rich, tuple(skeleton), tuple(segments))


def _runs(markup: str) -> Iterator[tuple[list[str], bool]]:
    """Clean markup as block tags and, between them, runs of inline tags and words."""
    run: list[str] = []
    for token in _tokens(markup):
        if _TOKEN.fullmatch(token) and _name(token) not in INLINE:
            if run:
                yield run, False
            run = []
            yield [token], True
        else:
            run.append(token)
    if run:
        yield run, False


def _tokens(markup: str) -> Iterator[str]:
    last = 0
    for found in _TOKEN.finditer(markup):
        if found.start() > last:
            yield markup[last : found.start()]
        yield found[0]
        last = found.end()
    if last < len(markup):
        yield markup[last:]


def _name(tag: str) -> str:
    found = _TOKEN.match(tag)
    return found[1].lower() if found else ""


def _segment(run: Sequence[str], *, rich: bool) -> tuple[str, Segment, str]:
    """What stands before a run's words, the segment, what stands behind; no segment where there is nothing to say."""
    parts = list(_parts(run, rich=rich))
    first = next((place for place, part in enumerate(parts) if _says(part)), None)
    if first is None:
        return "".join(run), (), ""
    last = max(place for place, part in enumerate(parts) if _says(part))
    while not _balanced(parts[first : last + 1]):
        wider = (max(first - 1, 0), min(last + 1, len(parts) - 1))
        if wider == (first, last):
            break
        first, last = wider
    before, inside, after = parts[:first], parts[first : last + 1], parts[last + 1 :]
    lead, inside, trail = _trimmed(inside)
    whole = Text(rich, ("",), ())
    return (
        whole.written(tuple(before)) + _written(lead, rich),
        _numbered(inside),
        _written(trail, rich) + whole.written(tuple(after)),
    )


def _written(text: str, rich: bool) -> str:
    return text.translate(_ESCAPES) if rich else text


def _says(part: Part) -> bool:
    """Whether a part is words, or a reference that stands for some."""
    return bool(part.strip()) if isinstance(part, str) else part.text.startswith("{{")


def _balanced(parts: Sequence[Part]) -> bool:
    """Whether every tag that opens or closes in these parts has its other half in them."""
    depth = 0
    for part in parts:
        if isinstance(part, Code) and part.kind != "alone":
            depth += 1 if part.kind == "open" else -1
        if depth < 0:
            return False
    return depth == 0


def _trimmed(parts: list[Part]) -> tuple[str, list[Part], str]:
    """White space at either end taken off, if words stand there."""
    lead = trail = ""
    if parts and isinstance(parts[0], str):
        bare = parts[0].lstrip()
        lead, parts = parts[0][: len(parts[0]) - len(bare)], [bare, *parts[1:]]
    if parts and isinstance(parts[-1], str):
        bare = parts[-1].rstrip()
        trail, parts = parts[-1][len(bare) :], [*parts[:-1], bare]
    return lead, [part for part in parts if part != ""], trail


def _parts(run: Sequence[str], *, rich: bool) -> Iterator[Part]:
    """Words unescaped; tags and references as codes without a number. A tag without its other half is alone."""
    paired = _paired(run) if rich else {}
    for place, token in enumerate(run):
        if rich and _TOKEN.fullmatch(token):
            yield Code(0, paired.get(place, "alone"), token)
        else:
            for words, reference in _split(token):
                if words:
                    yield html.unescape(words) if rich else words
                if reference:
                    yield Code(0, "alone", reference)


def _paired(run: Sequence[str]) -> dict[int, Kind]:
    """The places of tags that open and close in this run, in order."""
    found: dict[int, Kind] = {}
    inside: list[tuple[int, str]] = []
    for place, token in enumerate(run):
        name = _name(token) if _TOKEN.fullmatch(token) else ""
        if name not in INLINE or name in _ALONE:
            continue
        if not token.startswith("</"):
            inside.append((place, name))
        elif inside and inside[-1][1] == name:
            found[inside.pop()[0]], found[place] = "open", "close"
    return found


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Words and the reference that follows them, as it is written; the last reference is ""."""
    if not references_in(text):
        yield text, ""
        return
    plain = substitute(text, lambda _: _INVISIBLE).split(_INVISIBLE)
    rest = text
    for words in plain[:-1]:
        rest = rest[len(words) :]
        end = rest.index("}}") + 2
        yield words, rest[:end]
        rest = rest[end:]
    yield rest, ""


def _numbered(parts: Sequence[Part]) -> Segment:
    """Codes numbered as they appear; words that follow words joined."""
    out: list[Part] = []
    open_ids: list[int] = []
    count = 0
    for part in parts:
        if isinstance(part, str):
            if out and isinstance(out[-1], str):
                out[-1] += part
            else:
                out.append(part)
            continue
        if part.kind == "close":
            number = open_ids.pop()
        else:
            number = count = count + 1
            if part.kind == "open":
                open_ids.append(number)
        out.append(Code(number, part.kind, part.text))
    return tuple(out)


# --- Marked text -----------------------------------------------------------------------------------------------------
def marked(segment: Segment) -> str:
    """A segment as marked text."""
    return "".join(part.mark if isinstance(part, Code) else part.translate(_XML) for part in segment)


def words_of(marked_text: str) -> str:
    """The words of a marked text, with a space for what stands alone."""
    return html.unescape(_MARK.sub(lambda found: " " if found[2] == "x" else "", marked_text))


def plain(segment: Segment) -> str:
    """The words of a segment, with a space for what stands alone."""
    parts = ((" " if part.kind == "alone" else "") if isinstance(part, Code) else part for part in segment)
    return "".join(parts)


def unmarked(text: str, source: Segment) -> Segment:
    """Marked text as a segment with the codes of its source. Raises CodeProblem."""
    known = {(part.id, part.kind): part for part in source if isinstance(part, Code)}
    out: list[Part] = []
    inside: list[int] = []
    last = 0
    for found in _MARK.finditer(text):
        if found.start() > last:
            out.append(html.unescape(text[last : found.start()]))
        last = found.end()
        out.append(_code(found, inside, known))
    if last < len(text):
        out.append(html.unescape(text[last:]))
    segment = tuple(out)
    check_codes(source, segment)
    return segment


def _code(found: re.Match[str], inside: list[int], known: Mapping[tuple[int, Kind], Code]) -> Code:
    kind: Kind = "close" if found[1] else ("open" if found[2] == "g" else "alone")
    if kind == "close":
        if not inside:
            raise CodeProblem("</g> closes what is not open")
        number = inside.pop()
    else:
        number = int(found[3] or 0)
        if kind == "open":
            inside.append(number)
    if (number, kind) not in known:
        raise CodeProblem(f"the code {number} is not in the source")
    return known[number, kind]


class Balance(NamedTuple):
    lost: list[Code]
    doubled: list[Code]
    invented: list[Code]


def balance(source: Segment, target: Segment) -> Balance:
    """Which codes of a source its translation has lost or doubled, and which it has that the source has not."""
    having = [part for part in source if isinstance(part, Code)]
    got = [part for part in target if isinstance(part, Code)]
    return Balance(
        [code for code in having if code not in got and code.kind != "close"],
        list(dict.fromkeys(code for code in having if got.count(code) > 1 and code.kind != "close")),
        [code for code in got if code not in having],
    )


def check_codes(source: Segment, target: Segment) -> None:
    """Raises CodeProblem, which names the code, unless a translation has each code of its source once, well nested."""
    lost, doubled, invented = balance(source, target)
    if lost:
        raise CodeProblem(f"{_named(lost)} is lost; put it where it belongs")
    if doubled:
        raise CodeProblem(f"{_named(doubled)} stands there more than once; leave it once")
    if invented:
        raise CodeProblem(f"{_named(invented)} is not in the source; take it out")
    inside: list[int] = []
    for part in target:
        if not isinstance(part, Code) or part.kind == "alone":
            continue
        if part.kind == "open":
            inside.append(part.id)
        elif not inside or inside.pop() != part.id:
            raise CodeProblem(f"the code {part.id} ({part.text}) closes where another one is still open")
    if inside:
        raise CodeProblem(f"the code {inside[-1]} is not closed")


def _named(codes: Sequence[Code]) -> str:
    named = ", ".join(f"{code.id} ({code.text[:80]})" for code in codes[:5])
    return f"the code {named}" if len(codes) == 1 else f"each of the codes {named}"
