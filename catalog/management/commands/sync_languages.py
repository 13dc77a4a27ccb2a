"""Add the columns of languages: `manage.py sync_languages [--check]`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from catalog.columns import add, hidden, missing
from catalog.schema_token import install


class Command(BaseCommand):
    help = "Give each language that PIM_LANGUAGES names its columns. Nothing is ever removed; again changes nothing."
    # The check that sends people here would keep the command from running.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if columns are missing")

    def handle(self, *, check: bool, **options: Any) -> None:
        columns = missing(connection) if check else add(connection)
        if columns and not check:
            install(connection)
        said = "lacks" if check else "now has"
        for language, count in sorted(Counter(field.language for field in columns).items()):
            self.stdout.write(f"{language} {said} {count} columns.")
        if not columns:
            self.stdout.write(f"All columns are there: {', '.join(settings.MODELTRANSLATION_LANGUAGES)}.")
        kept = {*settings.MODELTRANSLATION_LANGUAGES, *hidden(connection)}
        if unseen := sorted(kept - set(dict(settings.LANGUAGES))):
            self.stdout.write(f"Hidden, with their texts kept, until PIM_LANGUAGES names them: {', '.join(unseen)}.")
        if check and columns:
            sys.exit(1)
