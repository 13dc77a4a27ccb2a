"""A staged release is killed at random moments, again and again: what is out stays whole, and the rest is gone on with.

`python -m bench.release_crashes --kills 50` in a scratch database on the engine that DATABASE_URL names. Products are
changed, renamed and deleted between the kills. Ends with exit code 1 and a line for each thing that must not be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from typing import Any

import django

from bench.crashes import scratch

PRODUCTS = 150
BATCH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    django.setup()
    wrong: list[str] = []
    for _ in scratch():
        report = crash(options.kills, random.Random(options.seed), wrong)
    print(json.dumps({"seed": options.seed, **report, "wrong": len(wrong)}))
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


def crash(kills: int, dice: random.Random, wrong: list[str]) -> dict[str, Any]:
    from django.db import connection

    from bench.products import ACTOR, make_products, make_schema
    from catalog import indexing, querysets
    from catalog.models import Product
    from exports.models import Release, Staging
    from exports.releasing import staging
    from exports.releasing.committing import release

    staging.SIZE = BATCH
    channel = querysets.channel_called(make_schema().code)
    make_products(0, PRODUCTS)
    indexing.rebuild()
    killed = staged = 0
    slowest = 3.0
    said: dict[int, str] = {}
    while killed < kills:
        started = time.monotonic()
        pid = fork(lambda: release(ACTOR, channel))
        time.sleep(dice.uniform(0, slowest))
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended:
            slowest = min(slowest, time.monotonic() - started)
            change(dice, ACTOR, Product)
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            killed += 1
            staged += Staging.objects.exists()
            if dice.random() < 0.3:
                change(dice, ACTOR, Product)
        judge(channel, said, wrong)
    release(ACTOR, channel)
    while release(ACTOR, channel).new:
        pass
    judge(channel, said, wrong)
    finish(channel, wrong)
    return {
        "engine": connection.vendor,
        "kills": killed,
        "kills_in_the_middle_of_a_staging": staged,
        "releases": Release.objects.count(),
    }


def fork(act: Any) -> int:
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            act()
        finally:
            os._exit(0)
    return pid


def change(dice: random.Random, actor: Any, model: Any) -> None:
    """A write of any kind; one of them touches everything."""
    from catalog.models import Attribute
    from catalog.operations.products import save_product, set_facts
    from catalog.operations.recording import remove, store

    product = dice.choice(list(model.objects.all()))
    match dice.randrange(5):
        case 0:
            remove(actor, product)
        case 1:
            product.sku = f"{product.sku[:11]}-{dice.randrange(1_000_000)}"
            save_product(actor, product, {})
        case 2:
            attribute = Attribute.objects.get(code="name")
            attribute.label = f"Name {dice.randrange(1_000_000)}"
            store(actor, attribute)
        case _:
            set_facts(actor, product, {"name": {"": f"Name {dice.randrange(1_000_000)}"}})


def judge(channel: Any, said: dict[int, str], wrong: list[str]) -> None:
    """Every release has as many documents as it says, and those it had when it was first seen."""
    from hashlib import blake2b

    from exports.models import Release
    from exports.querysets import versions_at

    for made in Release.objects.filter(channel=channel):
        rows = list(versions_at(made, "en").values_list("sku", "body_id"))
        digest = blake2b(repr(rows).encode()).hexdigest()
        if len(rows) != made.documents:
            wrong.append(f"{made} says {made.documents} documents and has {len(rows)}.")
        if said.setdefault(made.number, digest) != digest:
            wrong.append(f"{made} is not what it was.")


def finish(channel: Any, wrong: list[str]) -> None:
    """In the end it is what a draft of everything would be, and nothing is left of what was staged."""
    from django.utils import timezone

    from catalog.verifying import registry
    from exports.models import STAGED, DocumentVersion, StagedEnd, Staging
    from exports.releasing.drafting import draft

    rows = DocumentVersion.objects.filter(channel=channel, valid_until=None)
    there = {(row.sku, row.language): row.body_id for row in rows}
    if there != {row.key: row.digest for row in draft(channel, timezone.localdate()).made}:
        wrong.append("What is out is not what a draft of everything would be.")
    if Staging.objects.exists() or StagedEnd.objects.exists() or DocumentVersion.objects.filter(valid_until=STAGED):
        wrong.append("Something staged is left.")
    for name in ("releases", "documents"):
        wrong += [str(defect) for defect in registry.CHECKS[name]()]


if __name__ == "__main__":
    main()
