"""Releases and what they hold, how they are released, outputs and their editions, and the tokens of channels."""

from exports.models.carrying import (
    FactSet,
    FactSetMember,
    TraceAsset,
    TraceCategory,
    TraceFacts,
    TraceStatement,
)
from exports.models.outputs import Edition, Output, PageMap, PrintRun
from exports.models.policies import ChannelPolicy, Freeze, SignOff
from exports.models.releases import (
    STAGED,
    ChannelState,
    DocumentBody,
    DocumentVersion,
    Problem,
    Release,
    Trace,
)
from exports.models.sets import WantedSet
from exports.models.staging import StagedEnd, Staging
from exports.models.tokens import ChannelToken
from exports.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "STAGED",
    "ChannelPolicy",
    "ChannelState",
    "ChannelToken",
    "DocumentBody",
    "DocumentVersion",
    "Edition",
    "FactSet",
    "FactSetMember",
    "Freeze",
    "Output",
    "PageMap",
    "PrintRun",
    "Problem",
    "Release",
    "SignOff",
    "StagedEnd",
    "Staging",
    "Trace",
    "TraceAsset",
    "TraceCategory",
    "TraceFacts",
    "TraceStatement",
    "WantedSet",
    "Webhook",
    "WebhookDelivery",
]
