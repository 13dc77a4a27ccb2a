"""A channel's stored policy as plain data."""

from __future__ import annotations

from exports.gate.judging import Gate
from exports.models import ChannelPolicy
from exports.models.policies import Effect


def gate_of(policy: ChannelPolicy) -> Gate:
    return Gate(
        effects={
            "incomplete": policy.on_incomplete,
            "quality": policy.on_quality,
            "reference": policy.on_reference,
            "identifier": policy.on_identifier,
            "claim": policy.on_claim,
            "translation": policy.outdated if policy.outdated in Effect.values else Effect.REPORT,
        },
        completeness=policy.completeness,
        quality=policy.quality,
        identifiers=tuple(policy.identifiers),
    )
