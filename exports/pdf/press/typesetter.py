"""What a process of the press does: lays out one chunk after the other, within limits that the system enforces."""

from __future__ import annotations

import gc
import math
import os
import resource
import socket
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

from exports.formats.base import Problem
from exports.pdf.hearing import listening
from exports.pdf.press import services, wire
from exports.pdf.press.composing import Composer
from exports.pdf.press.drawing import MissingGlyph, drawn, font_file
from exports.pdf.press.given import Given
from exports.pdf.rendering import AssetFetcher, FontConfiguration, weasyprint

STYLES = 8  # style sheets kept parsed
SLANTS = ("normal", "oblique", "italic")


class Typesetter:
    def __init__(self) -> None:
        self._configuration = FontConfiguration()
        self._given = Given()
        self._fetcher = AssetFetcher(self._given)
        self._composers: dict[str, Composer] = {}
        self._fonts: dict[Any, Any] = {}

    def chunk(self, task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """What Laid says of the chunk, and its file. Raises whatever layout raises."""
        problems = list[Problem]()
        composer = self._composer(task["css"])
        self._given.of(task["pictures"])
        with listening(problems):
            body, said = drawn(*composer.composed(task["html"]), self._fonts)
        told = [{"sku": "", "message": text, "fatal": False} for text in self._given.refused]
        told += [{"sku": one.sku, "message": one.message, "fatal": one.fatal} for one in problems]
        return {**said, "problems": told, "failed": ""}, body

    def fonts(self, wanted: Mapping[str, Mapping[str, Any]]) -> bytes:
        """A file with these fonts. They are found as the chunks found them: by asking CSS for a letter."""
        lines = "".join(f"<p style='{_style_of(asked)}'>{_letter(asked)}</p>" for asked in wanted.values())
        # At a size of its own, whichever the chunks have: a font's measures are rounded at the size it is found in.
        source = weasyprint.HTML(string=f"<body style='font-size: 100px'>{lines}", url_fetcher=self._fetcher)
        self._given.of({})
        fonts: dict[Any, Any] = {}
        drawn(source.render(font_config=self._configuration).pages, {}, fonts)
        return font_file(list(fonts.values()), wanted)

    def _composer(self, css: str) -> Composer:
        if css not in self._composers:
            if len(self._composers) >= STYLES:
                self._composers.clear()
            self._given.of({})
            sheet = weasyprint.CSS(string=css, url_fetcher=self._fetcher, font_config=self._configuration)
            self._composers[css] = Composer([sheet], self._fetcher, self._configuration)
        return self._composers[css]


def _style_of(asked: Mapping[str, Any]) -> str:
    family = escape(asked["family"].replace("\\", "").replace('"', ""))
    return f'font-family: "{family}"; font-weight: {asked["weight"]}; font-style: {SLANTS[asked["style"]]}'


def _letter(asked: Mapping[str, Any]) -> str:
    """One that the font was asked for; a space finds none."""
    texts = [text for _, text in asked["glyphs"].values() if text.strip()]
    return escape(texts[0] if texts else "x")


def serve(channel: socket.socket, megabytes: int) -> None:
    """Do what is asked until nobody asks any more."""
    _bound_memory(megabytes)
    setter = Typesetter()
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)  # layout makes millions of objects that stay until it ends
    with suppress(wire.Gone):
        while True:
            task, _ = wire.receive(channel)
            _bound_time(task["seconds"])
            if "megabytes" in task:
                _bound_memory(task["megabytes"])
            wire.send(channel, *_answer(setter, task))


def _answer(setter: Typesetter, task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        if "fonts" in task:
            return {}, setter.fonts(task["fonts"])
        if "do" in task:
            return services.serve(task)
        return setter.chunk(task)
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)  # it could not be trusted any more
    except (MissingGlyph, services.Refused) as error:
        return {"failed": str(error)}, b""
    except Exception as error:  # Whatever layout stumbles over is the chunk's failure, and no other's.
        return {"failed": f"layout ends with {type(error).__name__}"}, b""


def _bound_memory(megabytes: int) -> None:
    """At most so much more than a process takes that has done nothing yet."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # where there is no /proc there is no such limit either
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + megabytes * 1024 * 1024
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _bound_time(seconds: int) -> None:
    """The system ends this process after so many more seconds of processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
