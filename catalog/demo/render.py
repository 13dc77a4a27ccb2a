"""Drawn pictures as files, each made once and kept as long as the drawing code stays the same."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings

# Kind, colour, view.
Picture = tuple[str, str, str]

SIZE = 1600
QUALITY = 92
DRAWING = Path(__file__).parent / "pictures"

logger = logging.getLogger(__name__)


def files_of(pictures: Iterable[Picture]) -> dict[Picture, Path]:
    """The JPEG file of each picture, drawn if it is not there yet. A picture that nobody can draw is not among them."""
    from catalog.demo.pictures import COLORS, KINDS, views

    files = {
        picture: path_of(picture)
        for picture in pictures
        if picture[0] in KINDS and picture[1] in COLORS and picture[2] in views(picture[0])
    }
    missing = {picture: path for picture, path in files.items() if not path.exists()}
    for done, _ in enumerate(_drawn(missing), 1):
        if done % 10 == 0 or done == len(missing):
            logger.info("Drew %d of %d pictures", done, len(missing))
    return files


def path_of(picture: Picture) -> Path:
    folder = Path(settings.DATA_ROOT) / "demo-pictures"
    return folder / f"{'-'.join(picture)}-{drawing_digest()[:12]}.jpg"


@cache
def drawing_digest() -> str:
    """Digest of the drawing code's source and of what the files are made with."""
    digest = blake2b(f"{SIZE} {QUALITY}".encode(), digest_size=16)
    for file in sorted(DRAWING.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def draw_file(picture: Picture, path: Path) -> None:
    """Draw one picture. The file appears whole or not at all, whoever else draws it at the same time."""
    from catalog.demo.pictures import draw

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    draw(*picture, size=SIZE).save(part, "JPEG", quality=QUALITY)
    part.replace(path)


def _drawn(missing: dict[Picture, Path]) -> Iterator[None]:
    """Draw in as many processes as there are processors; yields once per picture."""
    if not missing:
        return
    workers = min(len(missing), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for drawing in as_completed([pool.submit(draw_file, picture, path) for picture, path in missing.items()]):
            drawing.result()
            yield
