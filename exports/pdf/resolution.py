"""How many pixels a picture needs in print."""

from __future__ import annotations

from collections.abc import Iterator

from exports.documents import DocumentAsset
from exports.pdf.limits import clipped

RESOLUTION, LEAST_RESOLUTION = 300, 150  # pixels per inch that are asked for, and that print needs


def pixels(width: float) -> int:
    """Of a picture that is printed `width` mm wide; the asset library has none above 1,600."""
    return min(1_600, round(width / 25.4 * RESOLUTION))


def told_small(asset: DocumentAsset, width: float) -> Iterator[str]:
    """Whether a picture has too few pixels for `width` mm, where its size is known."""
    if asset.width and asset.width < width / 25.4 * LEAST_RESOLUTION:
        found = f"{asset.width} pixels for {width:g} mm, {asset.width / width * 25.4:.0f} per inch"
        yield f"The picture “{clipped(asset.alt or asset.url, 60)}” has {found}; print needs {LEAST_RESOLUTION}."
