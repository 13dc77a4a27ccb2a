"""The kinds of jobs of channels and outputs. A new one is imported and listed here."""

from catalog.jobs import register
from catalog.jobs.watching import watch_for
from exports.jobs.editions import BuildEdition
from exports.jobs.pruning import PruneReleases
from exports.jobs.releases import ReleaseChannel
from exports.jobs.sets import KeepSets
from exports.jobs.spreading import ReleaseShare
from exports.jobs.watching import release_due
from exports.jobs.webhooks import DeliverWebhook

register(ReleaseChannel, ReleaseShare, BuildEdition, DeliverWebhook, PruneReleases, KeepSets)
watch_for(ReleaseChannel.code, release_due)
