"""Where a reader stands: signed, so that it cannot be made up, and bound to releases, so that it never moves.

A listing is of one release. Changes lead from one release to another, and then on from there.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core.signing import BadSignature, Signer
from rest_framework.exceptions import ValidationError

from catalog.models import Channel

_SALT = "exports.cursor"
_CHANGES = "exports.releasing.changes"


class Cursor(NamedTuple):
    """The listing of a release in a language goes on after this SKU. `asked` is a digest of its filter and fields."""

    release: int
    language: str
    after: str
    asked: str = ""

    def write(self, channel: Channel) -> str:
        # Without a time stamp: the same page always has the same bytes.
        return Signer(salt=_SALT).sign_object([channel.pk, *self])

    @classmethod
    def read(cls, raw: str, channel: Channel) -> Cursor:
        """Raises ValidationError for what this channel was not given."""
        try:
            owner, *place = Signer(salt=_SALT).unsign_object(raw)
        except (BadSignature, ValueError):
            owner = None
        if owner != channel.pk:
            raise ValidationError({"cursor": "This is no cursor of this listing. Take “next” as it is, or begin anew."})
        return cls(*place)


class Position(NamedTuple):
    """A copy of a channel in a language is at the release `since`, and on its way to `until` as far as a place.

    `key` tells the release from another of its number (changes.key_of). At no release: 0 and 0. Where the copy
    is on no way, `until` is 0.
    """

    language: str
    since: int
    key: int
    until: int = 0
    gone: bool = False
    after: str = ""

    def write(self, channel: Channel) -> str:
        return Signer(salt=_CHANGES).sign_object([channel.pk, *self])

    @classmethod
    def read(cls, raw: str, channel: Channel) -> Position:
        """Raises ValidationError for what this channel was not given."""
        try:
            owner, *position = Signer(salt=_CHANGES).unsign_object(raw)
        except (BadSignature, ValueError):
            owner = None
        if owner != channel.pk:
            raise ValidationError({"cursor": "This is no cursor of these changes. Take “cursor” as it was given."})
        return cls(*position)
