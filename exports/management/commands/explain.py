"""Tell why a product's document says what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports.explaining import Explanation, NotReleased, explain
from exports.management import shell

_SHOWN = 100


class Command(BaseCommand):
    help = "Tell where each fact and statement of a released document comes from, and what it beat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sku", help="the product's SKU")
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("language", help="one of the channel's languages")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        try:
            found = explain(channel, options["language"], options["sku"])
        except NotReleased as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(found)).decode())
        else:
            self.stdout.write("\n".join(_lines(found)))


def _lines(found: Explanation) -> Iterator[str]:
    yield f"{found.sku} in {found.channel}, {found.language}: release {found.release}, digest {found.digest[:12]}"
    yield "\nFacts"
    for code, fact in found.facts.items():
        yield f"  {code}: {_cut(fact['text'])}"
        yield f"    from {_where(fact)}"
        for loser in fact["beaten"]:
            yield f"    beat {_cut(_plain(loser['value']))}, from {_where(loser)}"
    yield "\nStatements"
    for row in found.statements:
        yield f"  {row['slot']}: {_cut(row['text'])}"
        yield f"    from {_fragment(row)}"
        for loser in row["beaten"]:
            yield f"    beat {_fragment(loser)}: {loser['why']}"
    if found.absent:
        yield "\nNot shown"
        for row in found.absent:
            yield f"  {row['slot']}: fragment {row['fragment']}: {row['why']}"
    if found.problems:
        yield "\nProblems"
        for row in found.problems:
            yield f"  {row['kind']}: {row['message']}"


def _where(trace: dict[str, Any]) -> str:
    level = "its own" if trace["level"] == 0 else f"{trace['level']} above"
    return f"{trace['from']} ({level}), {_scope(trace['scope'])}"


def _scope(scope: str) -> str:
    """A scope in words: "", "de", "@print" or "de@print"."""
    language, _, channel = scope.partition("@")
    parts = [f"in {language}" if language else "", f"for {channel}" if channel else ""]
    return " ".join(part for part in parts if part) or "for all"


def _fragment(trace: dict[str, Any]) -> str:
    return f"{trace['fragment']} revision {trace['revision']} in {trace['language']}, placed on {trace['placed']}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
