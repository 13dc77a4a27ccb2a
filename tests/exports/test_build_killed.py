"""A worker is killed in the middle of an edition: the last one stays in place, and the next run completes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Product
from catalog.operations.products import set_facts
from exports.editions import build, path_of
from exports.models import Edition, Output
from exports.outputs import define
from exports.releasing.committing import release
from tests import factories as make
from tests.jobs import processes_database, until

pytestmark = pytest.mark.django_db(transaction=True)


def made() -> Output:
    name = make.make_attribute("text", "name")
    family = make.make_family("fam", [name], label_attribute=name)
    for number in range(40):
        make.make_product(f"P-{number:02}", family, {"name": f"Thing {number}"})
    channel = make.make_channel("print", ["en"], medium="print")
    release(make.ACTOR, channel)
    output, _ = define(make.ACTOR, "book", channel, "en", "catalog", {})
    build(make.ACTOR, output)
    for product in Product.objects.all():
        set_facts(make.ACTOR, product, {"name": {"": f"Another {product.sku}"}})
    release(make.ACTOR, channel)
    return output


def has_begun(press: Path, before: int) -> bool:
    """Its file is there, and nothing was laid out."""
    return any((Path(settings.EDITIONS_ROOT) / "book").glob("*.part"))


def is_busy(press: Path, before: int) -> bool:
    """A fourth of the entries is laid out."""
    return len(list(press.glob("??/*"))) > before + 10


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(said[1]) == pid:
            found.append(int(path.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("moment", [has_begun, is_busy])
def test_the_last_edition_stays_and_the_next_run_completes(moment: Callable[[Path, int], bool], tmp_path: Path) -> None:
    with processes_database(tmp_path) as environment:
        output = made()
        last = Edition.objects.get()
        content = path_of(last).read_bytes()
        roots = {name: str(getattr(settings, name)) for name in ("EDITIONS_ROOT", "PRESS_ROOT", "MEDIA_ROOT")}
        press, before = Path(settings.PRESS_ROOT), len(list(Path(settings.PRESS_ROOT).glob("??/*")))
        process: subprocess.Popen[Any] = subprocess.Popen(
            [sys.executable, "manage.py", "build", output.code],
            env={**environment, **roots, "PRESS_PROCESSES": "1"},
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: moment(press, before))
            helpers = children_of(process.pid)
        finally:
            process.kill()
            process.wait()
        assert [edition.pk for edition in Edition.objects.all()] == [last.pk]
        assert path_of(last).read_bytes() == content
        until(lambda: not any(is_alive(pid) for pid in helpers), seconds=30)
        again = build(make.ACTOR, output)
        assert again.new
        assert path_of(again.edition).read_bytes().startswith(b"%PDF")
        assert again.edition.documents == 40
