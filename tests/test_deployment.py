"""The commands of docs/deployment.md are such as the shell, Django and Celery understand; its settings are there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs/deployment.md").read_text()
BLOCKS = re.findall(r"^```sh(?: service)?\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
MANAGE = re.findall(r"^tessera python manage\.py (\w+)(.*)$", "".join(BLOCKS), re.MULTILINE)
OTHERS = {"PASSWORD", "REPOSITORY", "POSTGRES_PASSWORD"}  # of the shell, and of compose.yaml


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][:40])
def test_every_block_is_understood_by_the_shell(block: str) -> None:
    subprocess.run(["bash", "-n"], input=block, text=True, check=True)


@pytest.mark.parametrize(("name", "words"), MANAGE)
def test_every_command_is_there_and_takes_what_it_is_given(name: str, words: str) -> None:
    owner = get_commands()[name]
    command = load_command_class(owner, name) if isinstance(owner, str) else owner
    command.create_parser("manage.py", name).parse_args(shlex.split(words))


def test_every_command_of_the_text_is_there() -> None:
    named = set(re.findall(r"manage\.py (\w+)", GUIDE))
    assert named <= set(get_commands())
    assert {name for name, _ in MANAGE} <= named
    assert len(MANAGE) >= 15


def test_every_setting_is_one_of_those_that_are_documented() -> None:
    known = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    named = set(re.findall(r"^([A-Z_]{4,})=", GUIDE, re.MULTILINE)) | set(re.findall(r"`([A-Z_]{4,})(?:=\w+)?`", GUIDE))
    assert named - OTHERS <= known
    assert named >= {"SECRET_KEY", "DATABASE_URL", "CACHE_URL", "BUCKET_URL", "JOBS_ENGINE"}


def test_the_locks_it_names_are_there() -> None:
    named = {name.replace("/srv/tessera/", "") for name in re.findall(r"[.\w/]+\.lock", GUIDE)}
    assert named == {"requirements.lock", ".ci/scale.lock"}
    assert all((ROOT / name).is_file() for name in named)


def test_the_image_is_made_of_the_lock_that_has_everything() -> None:
    assert "COPY .ci/scale.lock ." in (ROOT / "Dockerfile").read_text()
    lock = (ROOT / ".ci/scale.lock").read_text()
    assert all(re.search(rf"^{name}==", lock, re.MULTILINE) for name in ("celery", "redis", "boto3", "django-storages"))
