"""Settings come from the environment, and a wrong one stops start-up with a line that names it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from pim import env

ROOT = Path(__file__).parent.parent
SHIPPED = (("en", "English"), ("it", "Italiano"), ("de", "Deutsch"))
NO_LANGUAGES = "distinct codes of languages such as de, de-AT or ar, separated by commas, the first one known to Django"
STRONG = "abcdefghij" * 5


def read_languages() -> Any:
    return env.languages("PIM_LANGUAGES", SHIPPED)


def read_hosts() -> Any:
    return env.names("ALLOWED_HOSTS", [], env.host, "a host name without scheme or port")


def read_origins() -> Any:
    return env.names("CSRF_TRUSTED_ORIGINS", [], env.origin, "an origin such as https://pim.example.com")


def read_site() -> Any:
    return env.read("SITE_URL", "", env.origin, "an origin such as https://pim.example.com")


def read_database() -> Any:
    return env.database("DATABASE_URL", "sqlite:////tmp/unused.sqlite3")


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """A real start. Variables that are set win over the checkout's `.env`."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PIM_LANGUAGES")}
    return subprocess.run(
        [sys.executable, "-c", "import pim.settings as s; print(s.LANGUAGE_CODE, s.LANGUAGES)"],
        env={**clean, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "reader", "expected"),
    [
        ("DEBUG", "maybe", lambda: env.boolean("DEBUG", False), "1 or 0 (also true/false, yes/no, on/off)"),
        ("ASSET_MAX_MB", "0", lambda: env.integer("ASSET_MAX_MB", 50, 1, 99), "a whole number from 1 to 99"),
        ("ASSET_MAX_MB", "100", lambda: env.integer("ASSET_MAX_MB", 50, 1, 99), "a whole number from 1 to 99"),
        ("ASSET_MAX_MB", "1.5", lambda: env.integer("ASSET_MAX_MB", 50, 1, 99), "a whole number from 1 to 99"),
        ("DATA_ROOT", "", lambda: env.folder("DATA_ROOT", ROOT), "the path of a folder"),
        ("DATA_ROOT", __file__, lambda: env.folder("DATA_ROOT", ROOT), "the path of a folder"),
        ("DATA_ROOT", f"{__file__}/below", lambda: env.folder("DATA_ROOT", ROOT), "the path of a folder"),
        ("DATA_ROOT", "~nobody-of-that-name/x", lambda: env.folder("DATA_ROOT", ROOT), "the path of a folder"),
        ("PIM_LANGUAGES", "", read_languages, NO_LANGUAGES),
        ("PIM_LANGUAGES", "en,xx", read_languages, NO_LANGUAGES),
        ("PIM_LANGUAGES", "en,it,en", read_languages, NO_LANGUAGES),
        ("PIM_LANGUAGES", "de-AT,de-at", read_languages, NO_LANGUAGES),
        ("PIM_LANGUAGES", "gsw,en", read_languages, NO_LANGUAGES),
        ("SITE_URL", "pim.example.com", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "ftp://pim.example.com", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://pim.example.com/shop", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://pim.example.com?a=1", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://pim.example.com#top", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://me:pw@pim.example.com", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://pim.example.com:many", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://pim.example.com:99999", read_site, "an origin such as https://pim.example.com"),
        ("SITE_URL", "https://a b", read_site, "an origin such as https://pim.example.com"),
        (
            "CSRF_TRUSTED_ORIGINS",
            "https://a.example,b.example",
            read_origins,
            "an origin such as https://pim.example.com, several of them separated by commas",
        ),
        (
            "ALLOWED_HOSTS",
            "a.example,https://b.example",
            read_hosts,
            "a host name without scheme or port, several of them separated by commas",
        ),
        ("LOG_LEVEL", "LOUD", lambda: env.read("LOG_LEVEL", "", env.log_level, "INFO or such"), "INFO or such"),
        ("TIME_ZONE", "Europe/Atlantis", lambda: env.read("TIME_ZONE", "", env.time_zone, "IANA"), "IANA"),
    ],
)
def test_a_wrong_value_is_refused_with_the_variable_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reader: Callable[[], Any], expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        reader()
    assert str(refused.value) == f"{name}={value!r} cannot be used: expected {expected}."


@pytest.mark.parametrize(
    "value", ["", "nonsense", "mysql://root:hunter2@host/db", "postgres://me:hunter2@host:port/db", "sqlite"]
)
def test_a_wrong_database_is_refused_without_telling_its_password(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read_database()
    assert str(refused.value) == (
        "DATABASE_URL cannot be used: expected sqlite:////absolute/path or postgres://user:password@host:port/name."
    )
    assert refused.value.__cause__ is None


def test_what_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "SITE_URL", "PIM_LANGUAGES", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    assert env.boolean("DEBUG", False) is False
    assert read_site() == ""
    assert read_languages() == list(SHIPPED)
    assert read_hosts() == []


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), (" True ", True), ("yes", True), ("on", True), ("0", False), ("", False)]
)
def test_booleans_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv("HTTPS", value)
    assert env.boolean("HTTPS", not meant) is meant


def test_lists_lose_their_white_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " .example.com , [::1],,localhost,*")
    assert read_hosts() == [".example.com", "[::1]", "localhost", "*"]


def test_the_first_language_named_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIM_LANGUAGES", "de, en")
    assert read_languages() == [("de", "Deutsch"), ("en", "English")]


def test_other_languages_are_called_as_they_call_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIM_LANGUAGES", "de-AT, ar, gsw")
    assert read_languages() == [("de-at", "Deutsch (Österreich)"), ("ar", "العربية"), ("gsw", "Schwiizertüütsch")]


def test_an_origin_loses_its_trailing_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://pim.example.com:8443/")
    assert read_site() == "https://pim.example.com:8443"


@pytest.mark.parametrize(("key", "debug"), [("short", False), ("a" * 80, False), ("", False)])
def test_a_weak_or_missing_key_is_refused(monkeypatch: pytest.MonkeyPatch, key: str, debug: bool) -> None:
    monkeypatch.setenv("SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY") as refused:
        env.secret_key(debug)
    assert not key or key not in str(refused.value)


def test_a_strong_key_is_taken_and_debug_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", STRONG)
    assert env.secret_key(debug=False) == STRONG
    monkeypatch.setenv("SECRET_KEY", "")
    assert env.secret_key(debug=True) == "debug-only-key-never-used-where-DEBUG-is-off"


def test_a_server_does_not_start_without_a_key() -> None:
    done = start(DEBUG="0", SECRET_KEY="")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set. Set it to at least 50 random characters, "
        "or DEBUG=1 on a development machine."
    )


def test_a_server_starts_with_some_of_the_languages() -> None:
    done = start(DEBUG="0", SECRET_KEY=STRONG, PIM_LANGUAGES="it,de")
    assert (done.stderr, done.stdout) == ("", "it [('it', 'Italiano'), ('de', 'Deutsch')]\n")


def test_sqlite_waits_for_its_turn_instead_of_failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert read_database()["OPTIONS"] == {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }


def test_an_open_sqlite_file_has_a_write_ahead_log(tmp_path: Path) -> None:
    script = (
        "import django; django.setup(); from django.db import connection as c; k = c.cursor();"
        "print([k.execute(f'PRAGMA {p}').fetchone()[0] for p in ('journal_mode', 'busy_timeout', 'foreign_keys')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3", "DJANGO_SETTINGS_MODULE": "pim.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout) == ("", "['wal', 20000, 1]\n")


def test_postgresql_keeps_connections_and_checks_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me:pw@db.example:5433/pim")
    config = read_database()
    assert {name: config[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "pim",
        "USER": "me",
        "PASSWORD": "pw",
        "HOST": "db.example",
        "PORT": 5433,
    }
    assert (config["CONN_MAX_AGE"], config["CONN_HEALTH_CHECKS"]) == (60, True)


@pytest.mark.django_db
def test_the_database_under_test_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_what_an_address_says_of_its_connections_wins_over_what_is_said_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@host/db?options=-c%20a%3D1&keepalives_idle=7")
    options = read_database()["OPTIONS"]
    assert (options["options"], options["keepalives_idle"], options["keepalives_count"]) == ("-c a=1", 7, 3)
