"""Pictures that are too small for a channel."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject, key_of


class SmallPicture(Check):
    """The main picture's shorter side, in pixels, against what each channel demands."""

    code = "picture"
    label = "Picture too small"
    severity = "warning"
    hint = "Ask the photographer for a larger file; enlarging this one does not help."

    def check(self, subject: Subject) -> Iterator[Found]:
        for picture in subject.pictures:
            side = min(picture.width, picture.height)
            for channel in subject.channels:
                if picture.own and side < channel.min_picture and channel.code.lower() in picture.channels:
                    yield Found(
                        key_of(picture.code, f"@{channel.code}"),
                        f"The main picture {picture.code} has {picture.width} × {picture.height} pixels; "
                        f"{channel.code} needs {channel.min_picture} on the shorter side.",
                    )
