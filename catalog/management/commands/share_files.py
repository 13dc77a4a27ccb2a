"""Put what this machine has into the bucket: `manage.py share_files`, when it was set or a backup was brought back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog import files


class Command(BaseCommand):
    help = "Put assets' files and editions that this machine has into the bucket, where they lack."

    def handle(self, *args: Any, **options: Any) -> None:
        if files.bucket() is None:
            raise CommandError("There is no bucket; set BUCKET_URL.")
        count = 0
        try:
            for kind, name in files.kept():
                files.share(kind, name)
                count += 1
        except OSError as error:
            raise CommandError(f"{error}. Run it again; what is there by then is passed over.") from error
        self.stdout.write(f"{count:,} files are in the bucket.")
