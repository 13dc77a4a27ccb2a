"""Tell why a product's document says what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.values.effective import COMPUTED, DEFAULT, FAMILY
from exports.explaining.documents import Explanation, NotReleased, explain, explain_draft
from exports.management import shell

_SHOWN = 100


class Command(BaseCommand):
    help = "Tell where each fact and statement of a document comes from, what it beat, and why slots are empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sku", help="the product's SKU")
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("language", help="one of the channel's languages")
        parser.add_argument("--draft", action="store_true", help="the document as it would be released now")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        try:
            tell = explain_draft if options["draft"] else explain
            found = tell(channel, options["language"], options["sku"])
        except NotReleased as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(found)).decode())
        else:
            self.stdout.write("\n".join(_lines(found)))


def _lines(found: Explanation) -> Iterator[str]:
    which = f"release {found.release}" if found.release else "as it would be released now"
    yield f"{found.sku} in {found.channel}, {found.language}: {which}, digest {found.digest[:12]}"
    yield "\nFacts"
    yield from _fact_lines(found)
    yield "\nStatements"
    for row in found.statements:
        yield f"  {row['slot']}: {_cut(row['text'])}"
        yield f"    from {_fragment(row)}"
        for use in row.get("uses", ()):
            yield f"    with {use['fragment']} revision {use['revision']} in {use['language']}, by reference"
        for loser in row["beaten"]:
            hint = f"; it {loser['hint']}" if loser.get("hint") else ""
            yield f"    beat {_fragment(loser)}: {loser['why']}{hint}"
    yield from _section("Assets", (line for row in found.assets for line in _asset_lines(row)))
    yield from _section("Categories", (f"  {row['category']}: from {_level(row)}" for row in found.categories))
    yield from _section("Not inherited", (line for row in found.cut for line in _cut_lines(row)))
    yield from _section(
        "Not shown", (f"  {row['slot']}: fragment {row['fragment']}: {row['why']}" for row in found.absent)
    )
    yield from _section("Empty slots", (f"  {row['slot']}: {why}" for row in found.empty for why in row["why"]))
    yield from _section("Problems", (f"  {row['kind']}: {row['message']}" for row in found.problems))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines under their title, or nothing where there are none."""
    for number, line in enumerate(lines):
        if number == 0:
            yield f"\n{title}"
        yield line


def _fact_lines(found: Explanation) -> Iterator[str]:
    for code, fact in found.facts.items():
        yield f"  {code}: {_cut(fact['text'])}"
        yield f"    from {_where(fact)}"
        yield from _beaten(fact)
    for code, fact in found.emptied.items():
        yield f"  {code}: said to be empty"
        yield f"    by {_where(fact)}"
        yield from _beaten(fact)


def _beaten(fact: dict[str, Any]) -> Iterator[str]:
    for loser in fact["beaten"]:
        value = "empty" if loser["value"] is None else _cut(_plain(loser["value"]))
        yield f"    beat {value}, from {_where(loser)}"


def _asset_lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"  {row['role']}: {_asset(row)}"
    yield from (f"    beat {_asset(loser)}" for loser in row["beaten"])


def _asset(trace: dict[str, Any]) -> str:
    return f"{trace['asset']}, from {_level(trace)}, {_scope('@' + trace['channel'] if trace['channel'] else '')}"


def _cut_lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"  {row['what']}: only what {row['at']} and those below it say counts"
    yield from (f"    left out: {name}" for name in row["left_out"])


def _where(trace: dict[str, Any]) -> str:
    return f"{_level(trace)}, {_scope(trace['scope'])}"


def _level(trace: dict[str, Any]) -> str:
    """A level in words: a product and how far above it is, a family, or the attribute itself."""
    kind, colon, code = trace["from"].partition(":")
    if colon:
        return {FAMILY: f"family {code}", DEFAULT: "the attribute’s default", COMPUTED: "what it is computed from"}[
            kind + colon
        ]
    return f"{trace['from']} ({'its own' if trace['level'] == 0 else str(trace['level']) + ' above'})"


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
