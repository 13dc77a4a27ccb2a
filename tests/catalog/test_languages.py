"""Languages beyond the shipped six: named in one setting, given their columns by one command, hidden without loss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from catalog.languages import bases, canonical, direction, name_of, stand_ins
from catalog.templatetags.languages import spoken

ROOT = Path(__file__).parent.parent.parent
MORE = "en,de,de-AT,ar,pt"
SKETCH = """
import json
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from catalog.models import Attribute, AttributeGroup, Category, Channel, ChannelLanguage
from catalog.models.base import label_of, set_texts, texts_of
from django.core.management import CommandError, call_command
from io import StringIO

def said(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()
"""


# --- Codes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "de"),
        (" de-AT ", "de-at"),
        ("pt_BR", "pt-br"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("es-419", "es-419"),
        ("ar", "ar"),
    ],
)
def test_tags_have_one_spelling(tag: str, code: str) -> None:
    assert canonical(tag) == code


@pytest.mark.parametrize(
    "tag", ["", "x", "xx", "de-", "de-XX", "de-Hant", "en-GB-oxendict", "\x00", "\ud800", "d" * 5_000]
)
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="language"):
        canonical(tag)


def test_languages_know_their_names_directions_and_bases() -> None:
    assert [name_of(code) for code in ("it", "de-at", "ar")] == ["Italiano", "Deutsch (Österreich)", "العربية"]
    assert [direction(code) for code in ("de-at", "ar", "he", "ur-pk", "nonsense")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "ltr",
    ]
    assert bases("zh-hant-tw") == ("zh-hant", "zh")
    assert stand_ins("de-at", {"en", "de"}, "en") == ("de", "en")
    assert stand_ins("de-at", {"en"}, "en") == ("en",)
    assert stand_ins("de", {"en", "de"}, "en") == ("en",)


# --- Columns, in processes with languages of their own ---------------------------------------------------------------
class Site:
    """An installation with its own database."""

    def __init__(self, folder: Path, database: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_ROOT": str(folder),
            "DJANGO_SETTINGS_MODULE": "pim.settings",
        }

    def run(self, languages: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**self.environment, "PIM_LANGUAGES": languages},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, languages: str, *arguments: str) -> tuple[int, str]:
        """The exit code, and all that was said."""
        done = self.run(languages, "manage.py", *arguments)
        return done.returncode, done.stdout + done.stderr

    def ask(self, languages: str, script: str) -> Any:
        """What a script prints as JSON."""
        done = self.run(languages, "-c", SKETCH + script)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    """A site with the shipped languages, on the engine the tests run on."""
    folder = tmp_path_factory.mktemp("site")
    if connection.vendor == "sqlite":
        yield migrated(Site(folder, f"sqlite:///{folder / 'site.sqlite3'}"))
        return
    own = connection.settings_dict
    secret = own["PASSWORD"] or None
    server = {"host": own["HOST"], "port": own["PORT"] or None, "user": own["USER"], "password": secret}
    name = f"{own['NAME']}_languages"
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            login = f"{own['USER']}:{secret}" if secret else own["USER"]
            yield migrated(Site(folder, f"postgres://{login}@{own['HOST']}:{own['PORT'] or 5432}/{name}"))
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def migrated(site: Site) -> Site:
    assert site.manage("en,de", "migrate", "--verbosity", "0") == (0, "")
    return site


def test_a_language_is_added_hidden_and_shown_again(site: Site) -> None:
    """One test, because each step starts where the one before ended."""
    refused(site)
    added(site)
    written(site)
    hidden(site)
    shown_again(site)


def refused(site: Site) -> None:
    """Nothing starts while columns are missing, and what is said names the command."""
    code, said = site.manage(MORE, "check")
    assert code == 1
    assert "PIM_LANGUAGES names ar, de-at, pt, which the database has no columns for." in said
    assert "Run: manage.py sync_languages" in said
    server = site.run(MORE, "-c", "import pim.wsgi")
    assert server.stderr.splitlines()[-1].endswith("no columns for. Run: manage.py sync_languages")


def added(site: Site) -> None:
    """Once is enough, and no migration is wanted."""
    code, said = site.manage(MORE, "sync_languages")
    assert code == 0
    assert [line.split(" now has ")[0] for line in said.splitlines()[:3]] == ["ar", "de-at", "pt"]
    again = site.ask(
        MORE, "print(json.dumps([said('sync_languages'), said('makemigrations', '--check', '--dry-run')]))"
    )
    assert again[0].splitlines()[0] == "All columns are there: en, it, ro, de, fr, es, de-at, ar, pt."
    assert again[1] == "No changes detected\n"


def written(site: Site) -> None:
    """Texts in them are written and read; a region falls back; none of it costs a query more."""
    found = site.ask(
        MORE,
        """
group = AttributeGroup(code="g")
set_texts(group, "label", {"ar": "عام", "de": "Jänner", "en": "January"})
group.save()
channel = Channel.objects.create(code="web")
for position, language in enumerate(settings.LANGUAGES):
    ChannelLanguage.objects.create(channel=channel, language=language[0], position=position)
with CaptureQueriesContext(connection) as queries:
    row = AttributeGroup.objects.get()
    texts = texts_of(row, "label")
shown = {}
for code in ("ar", "de-at", "pt"):
    with override(code):
        shown[code] = row.label
print(json.dumps([texts, shown, label_of(row, "de-at"), label_of(row, "pt"), channel.chains(), len(queries)]))
""",
    )
    assert found == [
        {"en": "January", "de": "Jänner", "ar": "عام"},
        {"ar": "عام", "de-at": "Jänner", "pt": "January"},
        "Jänner",
        "January",
        {"en": ["en"], "de": ["de"], "de-at": ["de-at", "de", "en"], "ar": ["ar"], "pt": ["pt"]},
        1,
    ]


def hidden(site: Site) -> None:
    """A language that is not named any more is out of sight everywhere, and no migration loses it."""
    found = site.ask(
        "en,de-AT",
        """
row = AttributeGroup.objects.get()
try:
    lost = "nothing" if connection.vendor == "postgresql" else said("migrate", "catalog", "zero", "--verbosity", "0")
except CommandError as error:
    lost = str(error)
seen = [hasattr(row, "label_ar"), texts_of(row, "label"), Channel.objects.get().chains()]
print(json.dumps([seen, said("check"), said("sync_languages"), lost]))
""",
    )
    assert found[0] == [False, {"en": "January", "de": "Jänner"}, {"en": ["en"], "de-at": ["de-at", "en"]}]
    assert found[1] == "System check identified no issues (0 silenced).\n"
    assert "Hidden, with their texts kept, until PIM_LANGUAGES names them: ar, de," in found[2]
    if connection.vendor == "sqlite":
        assert found[3].startswith("The database has texts in ar, pt, which SQLite would lose now.")
        assert "Migrate with PIM_LANGUAGES=en,de-at,ar,pt;" in found[3]


def shown_again(site: Site) -> None:
    found = site.ask(MORE, "print(json.dumps(texts_of(AttributeGroup.objects.get(), 'label')))")
    assert found == {"en": "January", "de": "Jänner", "ar": "عام"}


def test_a_new_site_has_all_its_languages_at_once(tmp_path: Path) -> None:
    new = Site(tmp_path, f"sqlite:///{tmp_path / 'new.sqlite3'}")
    found = new.ask(
        "ar,en,de-AT",
        "print(json.dumps([said('migrate', '--verbosity', '0'), said('sync_languages', '--check')]))",
    )
    assert [text.splitlines()[:1] for text in found] == [
        [],
        ["All columns are there: en, it, ro, de, fr, es, ar, de-at."],
    ]


# --- Directions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "around", "attributes"),
    [
        ("", "ar", ""),
        ("de", "", ' lang="de"'),
        ("ar", "", ' lang="ar" dir="rtl"'),
        ("ar", "he", ' lang="ar"'),
        ("en", "ar", ' lang="en" dir="ltr"'),
        ('"><b>', "", ' lang="&quot;&gt;&lt;b&gt;"'),
    ],
)
def test_a_part_says_its_language_and_a_new_direction(language: str, around: str, attributes: str) -> None:
    assert spoken(language, around) == attributes
