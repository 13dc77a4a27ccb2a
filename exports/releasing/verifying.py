"""What must hold of releases: intervals, documents and editions are what was released."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b, file_digest

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog.models import ChannelLanguage
from catalog.verifying import Defect, check
from exports.documents import digest_of
from exports.editions import path_of
from exports.models import STAGED, DocumentBody, DocumentVersion, Edition, Output, Release

_BACKUP = "Restore it from a backup."
_ANEW = "Release the channel anew; if that does not mend it, restore a backup."


@check("releases")
def releases() -> Iterator[Defect]:
    """Releases are numbered without a gap, and their documents stand in intervals that do not overlap."""
    last: dict[int, int] = {}
    for release in Release.objects.select_related("channel").order_by("channel", "number"):
        expected = last.get(release.channel_id, 0) + 1
        if release.number != expected:
            yield Defect(str(release), f"release {expected} is missing before it.", _BACKUP)
        last[release.channel_id] = release.number
    for version in _wrong_intervals().select_related("channel").iterator(chunk_size=1_000):
        yield Defect(f"document {version} of “{version.channel.code}”", "its interval cannot be.", _ANEW)
    for release in Release.objects.select_related("channel"):
        if release.number == last[release.channel_id]:
            yield from _count(release)


def _wrong_intervals() -> QuerySet[DocumentVersion]:
    """Versions that begin or end at no release, or overlap another one of the same document."""
    of_channel = Release.objects.filter(channel=OuterRef("channel"))
    begins = Exists(of_channel.filter(number=OuterRef("valid_from")))
    ends = Exists(of_channel.filter(number=OuterRef("valid_until")))
    same = {name: OuterRef(name) for name in ("channel", "sku", "language")}
    begun = DocumentVersion.objects.filter(**same, valid_from__lte=OuterRef("valid_from")).exclude(pk=OuterRef("pk"))
    overlapping = begun.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_from")))
    return DocumentVersion.objects.exclude(valid_until=STAGED).filter(
        ~begins | (Q(valid_until__isnull=False) & ~ends) | Exists(overlapping) | Q(valid_until__lte=F("valid_from"))
    )


def _count(release: Release) -> Iterator[Defect]:
    """The current release has as many documents as it says."""
    current = DocumentVersion.objects.filter(channel=release.channel, valid_until__isnull=True).count()
    if current != release.documents:
        yield Defect(str(release), f"it says {release.documents} documents, and there are {current}.", _ANEW)


@check("documents")
def documents() -> Iterator[Defect]:
    """Documents have the content their digests say."""
    for body in DocumentBody.objects.order_by("pk").iterator(chunk_size=500):
        if digest_of(bytes(body.content)) != body.digest:
            yield Defect(f"document {body.digest[:12]}…", "its content is not what was released.", _BACKUP)


@check("editions")
def editions() -> Iterator[Defect]:
    """The latest edition of each output is there, with the content that was made."""
    later = Edition.objects.filter(output=OuterRef("output"), pk__gt=OuterRef("pk"))
    for edition in Edition.objects.filter(~Exists(later)).select_related("output", "release"):
        path = path_of(edition)
        if not path.is_file():
            yield Defect(f"edition “{edition}”", "its file is gone.", f"Run: manage.py build {edition.output.code}")
            continue
        with path.open("rb") as file:
            if file_digest(file, lambda: blake2b(digest_size=32)).hexdigest() != edition.digest:
                yield Defect(f"edition “{edition}”", "its file is damaged.", _BACKUP)


@check("outputs")
def outputs() -> Iterator[Defect]:
    """Outputs are in languages their channels have."""
    spoken = ChannelLanguage.objects.filter(channel=OuterRef("channel"), language=OuterRef("language"))
    for output in Output.objects.filter(~Exists(spoken)):
        yield Defect(
            f"output “{output}”",
            f"its channel has no language “{output.language}”.",
            "Add it to the channel, or choose another for the output.",
        )
