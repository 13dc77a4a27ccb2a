"""What every part of the reading needs: the folder's files, the languages, and a place for issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from catalog.importing.plan import Issue, Plan, Refused
from catalog.importing.sources.akeneo.tables import Row, Table, content, read_table
from catalog.richtext import clean_plain
from catalog.values import Invalid

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
MAX_CODE = 100
MAX_LABEL = 200
_LOCALE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z0-9]+)+")


@dataclass
class Locales:
    """Which locale is which language: the first one seen of a language, and none of a language we do not ship."""

    chosen: dict[str, str] = field(default_factory=dict)

    def language(self, locale: str) -> str:
        """The language a locale stands for, or ""."""
        language = locale.split("_")[0].lower()
        if not _LOCALE.fullmatch(locale) or language not in settings.MODELTRANSLATION_LANGUAGES:
            return ""
        return language if self.chosen.setdefault(language, locale).lower() == locale.lower() else ""

    def why_not(self, locale: str) -> str:
        taken = self.chosen.get(locale.split("_")[0].lower())
        if taken and _LOCALE.fullmatch(locale):
            return f"the texts of this language are those of {taken}"
        return f"{locale[:20]} is none of the languages {', '.join(settings.MODELTRANSLATION_LANGUAGES)}"


@dataclass
class Intake:
    """The folder while it is read. `opened` are the names of the files that were looked into."""

    folder: Path
    plan: Plan
    locales: Locales = field(default_factory=Locales)
    opened: set[str] = field(default_factory=set)
    channels: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    association_types: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, plan: Plan) -> Intake:
        """Raises Refused."""
        if not folder.is_dir():
            raise Refused(f"{folder}: there is no such folder")
        return cls(folder.resolve(), plan)

    def required(self, name: str, *columns: str) -> Table:
        """The file `name`.csv or `name`.csv.gz. Raises Refused."""
        path = self._find(name)
        if path is None:
            raise Refused(f"{self.folder / name}.csv: the file is missing; this is no complete Akeneo export")
        return self._read(path, columns)

    def optional(self, name: str, *columns: str) -> Table:
        """The same, or an empty table where there is no such file."""
        path = self._find(name)
        return self._read(path, columns) if path else Table(f"{name}.csv")

    def _find(self, name: str) -> Path | None:
        return next((path for end in ("csv", "csv.gz") if (path := self.folder / f"{name}.{end}").is_file()), None)

    def _read(self, path: Path, columns: tuple[str, ...]) -> Table:
        self._mark(path)
        table = read_table(path, columns)
        self.plan.rows[table.file] = len(table.rows)
        return table

    def _mark(self, path: Path) -> None:
        """Raises Refused for a link that leads out of the folder."""
        if not path.resolve().is_relative_to(self.folder):
            raise Refused(f"{path.name}: the file is a link that leads out of the folder")
        self.opened.add(path.name)

    def close(self) -> None:
        """Say which files were not taken: an issue each, their rows counted (of what is no CSV, its lines)."""
        for path in sorted(self.folder.iterdir()):
            if path.name in self.opened or not path.is_file():
                continue
            if path.name.endswith((".csv", ".csv.gz")):
                self._read(path, ())
            elif path.suffix in (".yml", ".yaml"):
                self._mark(path)
                self.plan.rows[path.name] = len(content(path).splitlines())
            else:
                continue
            rows = self.plan.rows[path.name]
            self.report(path.name, 0, "", "", f"nothing of this file is taken ({rows} rows)")

    def report(self, file: str, line: int, column: str, value: str, reason: str) -> None:
        self.plan.issues.append(Issue(file, line, column, value[:200], reason))

    def about(self, table: Table, row: Row, column: str, reason: str, value: str | None = None) -> None:
        """An issue of one cell; `value` where it is not the whole cell."""
        self.report(table.file, row.line, column, row.text(column) if value is None else value, reason)

    def leave(self, table: Table, taken: Collection[str], reason: str = "this column is not taken") -> None:
        """One issue for each column that says something and is neither taken nor a label."""
        for column in table.columns:
            if column in taken or column.startswith("label-"):
                continue
            if count := table.filled(column):
                self.report(table.file, 0, column, "", f"{reason} ({count} filled cells)")

    def new_code(self, table: Table, row: Row, column: str, known: Mapping[str, object]) -> str:
        """The code of a row, or "" and an issue where it is none of ours or there is one already."""
        code = row.code(column)
        if not CODE.fullmatch(code) or len(code) > MAX_CODE:
            why = f"a code has 1 to {MAX_CODE} of the characters A-Z a-z 0-9 _ . - and starts with a letter or digit"
        elif code.lower() in known:
            why = "there is one with this code already"
        else:
            return code
        self.about(table, row, column, f"{why}; the row is left out")
        return ""

    def reference(self, table: Table, row: Row, column: str, known: Mapping[str, str], code: str, noun: str) -> str:
        """The spelling under which a code is known, or "" and an issue; "" for ""."""
        found = known.get(code.lower(), "")
        if code and not found:
            self.about(table, row, column, f"there is no {noun} “{code[:80]}”; it is left out", code)
        return found

    def references(self, table: Table, row: Row, column: str, known: Mapping[str, str], noun: str) -> tuple[str, ...]:
        """The same of a comma-joined cell, each once."""
        found = (self.reference(table, row, column, known, code, noun) for code in row.codes(column))
        return tuple(dict.fromkeys(code for code in found if code))

    def whole(self, table: Table, row: Row, column: str) -> int:
        """A number without sign, 0 and an issue where the cell is none."""
        text = row.code(column)
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            self.about(table, row, column, "this is no whole number from 0; 0 is taken")
            return 0
        return int(text or 0)

    def labels(self, table: Table) -> Callable[[Row], dict[str, str]]:
        """How the labels of a table's rows are read; columns of other languages are one issue each."""
        columns = list(self._label_columns(table))

        def read(row: Row) -> dict[str, str]:
            texts = {language: self._label(table, row, column) for column, language in columns}
            return {language: text for language, text in texts.items() if text}

        return read

    def _label_columns(self, table: Table) -> Iterable[tuple[str, str]]:
        for column in table.columns:
            if not column.startswith("label-"):
                continue
            locale = column.removeprefix("label-")
            language = self.locales.language(locale)
            if language:
                yield column, language
            elif count := table.filled(column):
                self.report(table.file, 0, column, "", f"{self.locales.why_not(locale)}; {count} labels are left out")

    def _label(self, table: Table, row: Row, column: str) -> str:
        try:
            return clean_plain(row.text(column), MAX_LABEL)
        except Invalid as error:
            self.about(table, row, column, f"{error}; the label is left out")
            return ""
