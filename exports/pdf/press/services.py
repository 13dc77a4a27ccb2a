"""What else a process of the press does, by the name of the service that a task asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from exports.pdf.press.setting import Setting


class Refused(Exception):
    """What was asked for cannot be; the message is for whoever asked."""


def serve(task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What is said of it, and bytes. Raises Refused, and whatever else the service raises."""
    if task["do"] in _SETTING:
        return _SETTING[task["do"]](_setting(), task)
    from exports.pdf.proof import pages  # loads the library that draws PDFs

    try:
        return _SERVICES[task["do"]](pages, task)
    except ValueError as error:
        raise Refused(str(error)) from error


@cache
def _setting() -> Setting:
    return Setting()


def _regions(pages: Any, task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    old, new = pages.regions(task["old"], task["old_page"], task["new"], task["new_page"])
    return {"old": old, "new": new}, b""


_SERVICES: Mapping[str, Callable[[Any, Mapping[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "count": lambda pages, task: ({"pages": pages.count(task["file"])}, b""),
    "draw": lambda pages, task: ({}, pages.drawn(task["file"], task["page"], task["width"])),
    "prints": lambda pages, task: ({"prints": pages.prints(task["file"], task["first"], task["last"])}, b""),
    "regions": _regions,
}

# These are of one PDF in the making: what was laid out stays in the process.
_SETTING: Mapping[str, Callable[[Setting, Mapping[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "begin": lambda setting, _: (setting.begin(), b""),
    "part": lambda setting, task: (setting.part(task), b""),
    "measure": lambda setting, task: (setting.measured(task), b""),
    "bind": lambda setting, task: setting.bound(task),
}
