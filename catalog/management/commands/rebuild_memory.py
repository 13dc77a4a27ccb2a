"""Make the translation memory anew: `manage.py rebuild_memory`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog.operations.translating.memory import rebuild


class Command(BaseCommand):
    help = "Make the translation memory anew from all that was ever approved."

    def handle(self, **options: Any) -> None:
        self.stderr.write("Reading what was approved ...")
        self.stdout.write(f"The translation memory has {rebuild():,} paragraphs.")
