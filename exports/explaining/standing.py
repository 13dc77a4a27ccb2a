"""What stands in a channel's current release, for those who choose texts to translate."""

from __future__ import annotations

from catalog.models import Channel
from catalog.translating.standing import SOURCES, Standing
from exports.models import DocumentVersion, VersionAsset, VersionStatement


def standing(channel: Channel) -> Standing:
    """Of all its languages: the fragments that speak, named ones too, and the files shown. Two indexed queries."""
    current = DocumentVersion.objects.filter(channel=channel, valid_until__isnull=True).order_by()
    fragments = VersionStatement.objects.filter(version__in=current).order_by().values_list("fragment", flat=True)
    assets = VersionAsset.objects.filter(version__in=current).order_by().values_list("asset", flat=True)
    return Standing(frozenset(fragments.distinct()), frozenset(assets.distinct()))


SOURCES.append(standing)
