"""Files that are kept for good: in a folder, and in a bucket behind it where several machines share them.

What is kept is named by its content and never changed. So a machine's folder may lack any file, which then is fetched,
and may be emptied at any time; what it has is right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

BUCKET = "bucket"
MEDIA, EDITIONS = "media", "editions"
_ROOTS = {MEDIA: "MEDIA_ROOT", EDITIONS: "EDITIONS_ROOT"}
_CHUNK = 1 << 20


def bucket() -> Storage | None:
    return storages[BUCKET] if BUCKET in settings.STORAGES else None


def place(kind: str, name: str) -> Path:
    """Where this machine has the file, or would have it."""
    return Path(getattr(settings, _ROOTS[kind])) / name


def share(kind: str, name: str) -> None:
    """Put a file that is in its place into the bucket as well, unless it is there. Raises OSError."""
    behind = bucket()
    if behind is None:
        return
    with _reached():
        if not behind.exists(f"{kind}/{name}"):
            with place(kind, name).open("rb") as file:
                behind.save(f"{kind}/{name}", File(file))


def fetched(kind: str, name: str) -> Path:
    """The file's place, after it was fetched where this machine lacks it and the bucket has it. Raises OSError."""
    path, behind = place(kind, name), bucket()
    if behind is not None and not path.exists():
        # What the bucket lacks as well is lacking: whoever opens the path is told.
        with suppress(FileNotFoundError), _reached(), behind.open(f"{kind}/{name}") as file:
            _copy(file, path)
    return path


def kept() -> Iterator[tuple[str, str]]:
    """Kind and name of all that this machine has and that is kept for good: not what can be made again from that."""
    for kind, pattern in ((MEDIA, "assets/*/*.*"), (EDITIONS, "*/*.*")):
        root = place(kind, "")
        for path in sorted(root.glob(pattern)):
            if path.is_file() and path.suffix != ".part":
                yield kind, str(path.relative_to(root))


@contextmanager
def _reached() -> Iterator[None]:
    """Services have errors of their own, of many kinds; for us their bucket is a disk that cannot be read."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"the bucket cannot be reached: {error}") from error


def _copy(source: File[bytes], path: Path) -> None:
    """In one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
        part = Path(out.name)
        try:
            for chunk in source.chunks(_CHUNK):
                out.write(chunk)
            out.flush()
            part.chmod(0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


class Media(FileSystemStorage):
    """MEDIA_ROOT, with the bucket behind it."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        fetched(MEDIA, name)
        opened: File[bytes] = super()._open(name, mode)  # type: ignore[misc]  # the hook that open() calls
        return opened
