"""Load the demo knowledge base, release its channels, build every output, and say what to open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.actors import Actor
from catalog.demo import CONTENT
from catalog.importing.apply import apply
from catalog.importing.registry import source_called
from catalog.models import Channel
from exports import demo, editions
from exports.policies.refusing import Retired
from exports.querysets import latest_edition, output_called
from exports.releasing import committing


class Command(BaseCommand):
    help = "Load the demo knowledge base, release its channels, build every output, and say what to open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port that the printed addresses name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has a well-known login. It runs on development machines only: set DEBUG=1.")
        actor = Actor("demo", "command")
        with self.step("Knowledge base (draws its pictures)"):
            report = apply(source_called("tessera").read(CONTENT), actor)
            total = report.total
            self.say(f"{total.created} created, {total.updated} updated, {total.unchanged} as they were")
        demo.ensure_login()
        for channel in Channel.objects.order_by("code"):
            with self.step(f"Release of {channel.code}"):
                self.say(released(actor, channel))
        keys = demo.ensure_tokens(actor)
        for output in demo.ensure_outputs():
            with self.step(f"Edition of {output.code}"):
                try:
                    built = editions.build(actor, output)
                except editions.BuildFailed as error:
                    raise CommandError(str(error)) from error
                self.say(f"{built.edition.size / 1024:,.0f} KiB{'' if built.new else ' as it was'}")
        self.advise(f"http://127.0.0.1:{options['port']}", keys)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A line per step: what, what came of it, how long it took."""
        self.stdout.write(f"{title:<36}", ending="")
        self.stdout.flush()
        started = time.monotonic()
        yield
        self.stdout.write(f"  {time.monotonic() - started:.1f} s")

    def say(self, words: str) -> None:
        self.stdout.write(f" {words}", ending="")
        self.stdout.flush()

    def advise(self, site: str, keys: dict[str, str]) -> None:
        edition = latest_edition(output_called("catalog-de"))
        catalog = editions.path_of(edition) if edition else "not built"
        root = Path(settings.EDITIONS_ROOT)
        self.stdout.write(
            f"""
What to open (after `make run`, if this command does not serve):
  Admin          {site}/admin/            login demo, password demo
  Product page   {site}/p/shop-it/it/BZ-SOLENNE/
  Web shop       {site}/p/shop-it/it/
  Catalog PDF    {catalog}
  API            {site}/api/v1/docs/
  Google feed    curl -H 'Authorization: Bearer {keys["google-it"]}' {site}/feeds/google-it
  Documents      curl -H 'Authorization: Bearer {keys["service"]}' '{site}/api/v1/channels/service/documents/'
Files: editions in {root}, pictures in {settings.MEDIA_ROOT}, keys in {settings.DATA_ROOT / "demo-tokens.json"}"""
        )


def released(actor: Actor, channel: Channel) -> str:
    """What came of releasing a channel, in a few words."""
    try:
        outcome = committing.release(actor, channel)
    except Retired:
        return "none: it is retired"
    made = outcome.release
    return f"release {made.number}{'' if outcome.new else ' as it was'}, {made.documents} documents"
