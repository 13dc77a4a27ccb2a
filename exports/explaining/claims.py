"""What is out of a claim: the documents that say it now, and the releases and editions that say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Count, Exists, OuterRef

from catalog.aliases import Aliases, target_of
from catalog.claims import CARRIERS
from catalog.models import Channel, Fragment
from catalog.usage import EXAMPLES, Use
from exports.models import STAGED, Edition, Release, TraceStatement


def documents_with(fragments: Mapping[int, Fragment]) -> dict[int, Sequence[Use]]:
    """The documents of current releases that carry each, with the channels they are in. Three queries."""
    named = _named(fragments)
    rows = TraceStatement.objects.filter(fragment__in=list(named), versions__valid_until=None).order_by()
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    counted = rows.values_list("fragment", "versions__channel").annotate(count=Count("versions__pk", distinct=True))
    for code, channel, count in counted:
        own = counts[named[code]]
        own[channel] = own.get(channel, 0) + count
    channels = Channel.objects.in_bulk(set().union(*counts.values()))
    return {
        pk: [Use("document", "Documents", sum(own.values()), tuple(channels[each] for each in sorted(own)[:EXAMPLES]))]
        for pk, own in counts.items()
    }


def editions_with(fragments: Mapping[int, Fragment]) -> dict[int, Sequence[Use]]:
    """The latest edition of each output, where it was made of documents that carry each. Three queries."""
    named = _named(fragments)
    later = Edition.objects.filter(output=OuterRef("output"), pk__gt=OuterRef("pk"))
    latest = Edition.objects.filter(~Exists(later)).select_related("output", "release").order_by("-pk")
    made: dict[tuple[int, str], list[Edition]] = defaultdict(list)
    for edition in latest:
        made[edition.release.channel_id, edition.output.language].append(edition)
    rows = TraceStatement.objects.filter(fragment__in=list(named)).exclude(versions__valid_until=STAGED).order_by()
    columns = ("fragment", "versions__channel", "versions__language", "versions__valid_from", "versions__valid_until")
    found: dict[int, dict[int, Edition]] = defaultdict(dict)
    for code, channel, language, since, until in rows.values_list(*columns).distinct():
        for edition in made[channel, language]:
            if since <= edition.release.number and (until is None or until > edition.release.number):
                found[named[code]][edition.pk] = edition
    return {
        pk: [Use("edition", "Editions", len(own), tuple(own[each] for each in sorted(own, reverse=True)[:EXAMPLES]))]
        for pk, own in found.items()
    }


def releases_with(fragments: Mapping[int, Fragment]) -> dict[int, Sequence[Use]]:
    """The releases whose documents said it, as far as they are kept, the latest first. Three queries."""
    named = _named(fragments)
    rows = TraceStatement.objects.filter(fragment__in=list(named)).exclude(versions__valid_until=STAGED).order_by()
    columns = ("fragment", "versions__channel", "versions__valid_from", "versions__valid_until")
    spans = list(rows.values_list(*columns).distinct())
    made: dict[int, list[Release]] = defaultdict(list)
    channels = {channel for _, channel, _, _ in spans}
    for release in Release.objects.filter(channel__in=channels).select_related("channel").order_by("-pk"):
        made[release.channel_id].append(release)
    found: dict[int, dict[int, Release]] = defaultdict(dict)
    for code, channel, since, until in spans:
        standing = (each for each in made[channel] if since <= each.number and (until is None or each.number < until))
        found[named[code]].update({release.pk: release for release in standing})
    return {
        pk: [Use("release", "Releases", len(own), tuple(own[each] for each in sorted(own, reverse=True)[:EXAMPLES]))]
        for pk, own in found.items()
    }


def _named(fragments: Mapping[int, Fragment]) -> dict[str, int]:
    """By present and former codes in lower case, the fragments' ids. One query."""
    aliases = Aliases()
    return {code: pk for pk, fragment in fragments.items() for code in aliases.codes_of(target_of(fragment))}


CARRIERS += [documents_with, releases_with, editions_with]
