"""Captions as browsers show them: WebVTT (W3C, section 4), as far as an author has to get it right."""

from __future__ import annotations

import re

from catalog.values.base import Invalid, clean_text

MOST = 1_000_000
_ARROW = "-->"
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+{_ARROW}[ \t]+{_TIME}(?:[ \t]+\S.*)?")


def clean_captions(text: str) -> str:
    """Captions as they are stored: lines end in line feeds. Raises Invalid that names the line and what is wrong."""
    lines = clean_text(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), MOST).split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise Invalid("line 1 has to be WEBVTT")
    cues = last = 0
    for number, line in enumerate(lines[1:], 2):
        if _ARROW in line:
            start, end = _times(line.strip(), number)
            if start < last:
                raise Invalid(f"line {number}: this cue begins before the one above it")
            if end <= start:
                raise Invalid(f"line {number}: this cue ends before it begins")
            last, cues = start, cues + 1
    if cues == 0:
        raise Invalid("there is no cue; write lines such as 00:01.000 --> 00:04.000")
    return "\n".join(lines).rstrip("\n") + "\n"


def _times(line: str, number: int) -> tuple[int, int]:
    """Beginning and end of a cue in milliseconds. Raises Invalid."""
    found = _TIMING.fullmatch(line)
    if found is None:
        raise Invalid(f"line {number} is no timing; write it as 00:01.000 {_ARROW} 00:04.000")
    hours, minutes, seconds, thousandths, *end = (int(part or 0) for part in found.groups())
    start = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths
    return start, ((end[0] * 60 + end[1]) * 60 + end[2]) * 1_000 + end[3]
