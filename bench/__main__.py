"""Run one benchmark by name, or all: prints a table and writes bench/results/NAME.json."""

from __future__ import annotations

import gc
import os
import sys

import django
from django.conf import settings

from bench.measuring import write

BENCHMARKS = ("continuous", "copies", "facts", "feed", "formats", "fragments", "pdf", "release")
# What one of them measures, too, and can be asked for alone.
PARTS = ("fanout",)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in (*BENCHMARKS, *PARTS)]
    if unknown:
        sys.exit(f"There is no benchmark “{unknown[0]}”; there are {', '.join(BENCHMARKS)}.")
    django.setup()
    settings.DEBUG = False  # else every query is kept and told
    gc.freeze()  # as the server does, see pim/wsgi.py
    from importlib import import_module

    for name in wanted:
        write(name, import_module(f"bench.{name}").run(float(os.environ.get("SIZE", "1"))))


if __name__ == "__main__":
    main()
