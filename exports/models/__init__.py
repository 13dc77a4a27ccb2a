"""Releases and what they hold, outputs and their editions, and the tokens of channels."""

from exports.models.carrying import FactSet, FactSetMember, VersionAsset, VersionFacts, VersionStatement
from exports.models.outputs import Edition, Output
from exports.models.releases import (
    STAGED,
    ChannelState,
    DocumentBody,
    DocumentVersion,
    Problem,
    Provenance,
    Release,
    VersionCategory,
)
from exports.models.staging import StagedEnd, Staging
from exports.models.tokens import ChannelToken
from exports.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "STAGED",
    "ChannelState",
    "ChannelToken",
    "DocumentBody",
    "DocumentVersion",
    "Edition",
    "FactSet",
    "FactSetMember",
    "Output",
    "Problem",
    "Provenance",
    "Release",
    "StagedEnd",
    "Staging",
    "VersionAsset",
    "VersionCategory",
    "VersionFacts",
    "VersionStatement",
    "Webhook",
    "WebhookDelivery",
]
