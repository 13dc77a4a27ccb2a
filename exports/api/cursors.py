"""Where a listing stands: signed, so that it cannot be made up, and bound to one release, so that it never moves."""

from __future__ import annotations

from typing import NamedTuple

from django.core.signing import BadSignature, Signer
from rest_framework.exceptions import ValidationError

from catalog.models import Channel

_SALT = "exports.cursor"


class Cursor(NamedTuple):
    """The listing of a release in a language goes on after this SKU."""

    release: int
    language: str
    after: str

    def write(self, channel: Channel) -> str:
        # Without a time stamp: the same page always has the same bytes.
        return Signer(salt=_SALT).sign_object([channel.pk, *self])

    @classmethod
    def read(cls, raw: str, channel: Channel) -> Cursor:
        """Raises ValidationError for what this channel was not given."""
        try:
            owner, release, language, after = Signer(salt=_SALT).unsign_object(raw)
        except (BadSignature, ValueError):
            owner = None
        if owner != channel.pk:
            raise ValidationError({"cursor": "This is no cursor of this listing. Take “next” as it is, or begin anew."})
        return cls(release, language, after)
