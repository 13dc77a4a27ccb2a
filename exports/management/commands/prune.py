"""Forget old releases that no channel's rule and no edition needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from catalog.models import Channel
from exports.management import shell
from exports.releasing.pruning import Pruned, prune, prune_bodies, to_prune


class Command(BaseCommand):
    help = "Forget old releases that no channel's rule (keep_releases, keep_days) and no edition needs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", nargs="?", help="the channel's code; all channels without")
        parser.add_argument("--dry-run", action="store_true", help="say which releases would go; write nothing")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["channel"]
        channels = [shell.channel_called(code)] if code else list(Channel.objects.order_by("code"))
        if options["dry_run"]:
            self.tell({channel.code: to_prune(channel) for channel in channels}, options["json"])
            return
        found = Pruned()
        with shell.patience(self.stderr, "Pruning"):
            for channel in channels:
                found += prune(channel)
            found += Pruned(bodies=prune_bodies())
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(found)).decode())
        else:
            self.stdout.write(", ".join(f"{count:,} {name}" for name, count in asdict(found).items()) + " pruned")

    def tell(self, numbers: dict[str, list[int]], json: bool) -> None:
        if json:
            self.stdout.write(orjson.dumps(numbers).decode())
            return
        for code, each in numbers.items():
            self.stdout.write(f"{code}: {', '.join(map(str, each)) or 'nothing'}")
