"""Reading settings from the environment, with errors that name the variable.

Every value Tessera takes from outside passes through here once, at start-up, so that a wrong one stops the process
with one line instead of failing at the first request that needs it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

import django
import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale

from catalog.languages import bases, canonical, name_of

T = TypeVar("T")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def read(name: str, default: T, parse: Callable[[str], T], expected: str, *, secret: bool = False) -> T:
    """The variable `name` parsed, or `default` when it is not set.

    Raises ImproperlyConfigured naming the variable, its value (unless that is `secret`) and what was `expected`.
    """
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        return parse(raw)
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        said = name if secret else f"{name}={raw!r}"
        raise ImproperlyConfigured(f"{said} cannot be used: expected {expected}.") from (None if secret else error)


def boolean(name: str, default: bool) -> bool:
    def parse(raw: str) -> bool:
        value = raw.strip().lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise ValueError(raw)

    return read(name, default, parse, "1 or 0 (also true/false, yes/no, on/off)")


def integer(name: str, default: int, low: int, high: int) -> int:
    def parse(raw: str) -> int:
        value = int(raw)
        if not low <= value <= high:
            raise ValueError(raw)
        return value

    return read(name, default, parse, f"a whole number from {low} to {high}")


def names(name: str, default: list[str], parse: Callable[[str], str], expected: str) -> list[str]:
    """A list separated by commas, each item parsed."""

    def parse_all(raw: str) -> list[str]:
        return [parse(part.strip()) for part in raw.split(",") if part.strip()]

    return read(name, default, parse_all, f"{expected}, several of them separated by commas")


def folder(name: str, default: Path) -> Path:
    """A folder's absolute path. It is made when first written to, but a file in its way is refused now."""

    def parse(raw: str) -> Path:
        path = Path(raw).expanduser().resolve()
        nearest = next(place for place in (path, *path.parents) if place.exists())
        if not raw.strip() or not nearest.is_dir():
            raise ValueError(raw)
        return path

    return read(name, default, parse, "the path of a folder")


def languages(name: str, shipped: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The languages that are offered, as Django's LANGUAGES; the first one named is the default language."""
    known = dict(shipped)

    def parse(raw: str) -> list[tuple[str, str]]:
        codes = [canonical(part) for part in raw.split(",") if part.strip()]
        if not codes or len(set(codes)) != len(codes) or not _speaks(codes[0]):
            raise ValueError(raw)
        return [(code, known.get(code) or name_of(code)) for code in codes]

    expected = "distinct codes of languages such as de, de-AT or ar, separated by commas, the first one known to Django"
    return read(name, list(shipped), parse, expected)


def _speaks(code: str) -> bool:
    """Whether Django itself has texts in the default language, without which it does not start."""
    names = [to_locale(form) for form in (code, *bases(code))]
    return any((Path(django.__file__).parent / "conf/locale" / folder).is_dir() for folder in names)


def choice(*known: str) -> Callable[[str], str]:
    """One of these words, or nothing."""

    def parse(raw: str) -> str:
        value = raw.strip().lower()
        if value and value not in known:
            raise ValueError(raw)
        return value

    return parse


def token(raw: str) -> str:
    """A key as it goes into a header: printable, without spaces."""
    value = raw.strip()
    if not (value.isascii() and value.isprintable()) or " " in value or len(value) > 200:
        raise ValueError(raw)
    return value


def secret_key(debug: bool) -> str:
    """SECRET_KEY, without a default unless DEBUG is on."""
    key = os.environ.get("SECRET_KEY", "")
    if key:
        if not debug and (len(key) < 50 or len(set(key)) < 5):
            raise ImproperlyConfigured("SECRET_KEY is too weak: use at least 50 random characters.")
        return key
    if debug:
        return "debug-only-key-never-used-where-DEBUG-is-off"
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to at least 50 random characters, or DEBUG=1 on a development machine."
    )


# A client cut off in the middle of a transaction keeps its locks until the server gives it up: by default after two
# hours, but its jobs are to go on elsewhere within a minute. In seconds, the timeout in milliseconds.
_HEARD = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_TIMEOUT = 25_000
_OF_SERVER = " ".join(f"-c tcp_{name}={value}" for name, value in {**_HEARD, "user_timeout": _TIMEOUT}.items())


def database(name: str, default: str) -> dict[str, Any]:
    """Django's database settings from a URL such as `postgres://user:password@host/name` or `sqlite:////path/file`."""

    def parse(raw: str) -> dict[str, Any]:
        # Looked at first: what environ does not know, it prints, with the password.
        scheme, separator, _ = raw.partition("://")
        if not separator or scheme not in ("sqlite", "postgres", "postgresql"):
            raise ValueError(raw)
        return dict(environ.Env.db_url_config(raw))

    expected = "sqlite:////absolute/path or postgres://user:password@host:port/name"
    config = read(name, None, parse, expected, secret=True) or parse(default)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # With eight writing processes and none of these three, four writes in ten were measured to fail "locked".
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    else:
        config["OPTIONS"] = {**_HEARD, "tcp_user_timeout": _TIMEOUT, "options": _OF_SERVER, **config.get("OPTIONS", {})}
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def cache(name: str) -> dict[str, Any]:
    """Django's cache settings from the address of a Redis server; without one, each process has its own memory."""

    def parse(raw: str) -> dict[str, Any]:
        if urlsplit(raw).scheme not in ("redis", "rediss") or not urlsplit(raw).hostname:
            raise ValueError(raw)
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": raw, "KEY_PREFIX": "tessera"}

    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
    return read(name, memory, parse, "redis://host:port/number", secret=True)


def bucket(name: str) -> dict[str, Any] | None:
    """Django's settings of a storage from the address of a bucket that is spoken to as to Amazon's S3, if there is one.

    `s3://key:secret@host/bucket?region=eu-central-1`; `s3+http` where the server is not asked by https.
    """
    schemes = {"s3": "https", "s3+http": "http"}

    def parse(raw: str) -> dict[str, Any] | None:
        if not raw:
            return None
        parts = urlsplit(raw)
        known = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        folder = parts.path.strip("/")
        if not (parts.hostname and parts.username and parts.password and re.fullmatch(r"[a-z0-9.-]{3,63}", folder)):
            raise ValueError(raw)
        if known.keys() - {"region"}:
            raise ValueError(raw)
        options = {
            "endpoint_url": f"{schemes[parts.scheme]}://{parts.netloc.rpartition('@')[2]}",
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": folder,
            "region_name": known.get("region", "us-east-1"),
            "signature_version": "s3v4",
            "addressing_style": "path",
            "file_overwrite": True,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}

    return read(name, None, parse, "s3://key:secret@host/bucket?region=name (s3+http:// without TLS)", secret=True)


def origin(raw: str) -> str:
    """Scheme and host of the site, without a path: `https://pim.example.com`."""
    parts = urlsplit(raw)
    plain = f"{parts.scheme}://{parts.netloc}"
    # Reading the port checks that it is one. What is not in scheme and host is a path, a query or a fragment.
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.port == 0
        or raw not in (plain, f"{plain}/")
    ):
        raise ValueError(raw)
    if not re.fullmatch(r"[^\s@,]+", parts.netloc):
        raise ValueError(raw)
    return plain


def host(raw: str) -> str:
    """A host name as Django's ALLOWED_HOSTS takes it: without scheme, port or path; `.example.com` and `*` included."""
    if not re.fullmatch(r"\*|\.?[A-Za-z0-9_.-]+|\[[0-9a-fA-F:.]+\]", raw):
        raise ValueError(raw)
    return raw


def log_level(raw: str) -> str:
    if raw.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError(raw)
    return raw.upper()


def jobs_engine(raw: str) -> str:
    if raw not in ("database", "celery"):
        raise ValueError(raw)
    return raw


def time_zone(raw: str) -> str:
    if raw not in available_timezones():
        raise ValueError(raw)
    return raw
