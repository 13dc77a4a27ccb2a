"""A channel's stored policy as plain data."""

from __future__ import annotations

from django.utils import timezone

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


def described(policy: ChannelPolicy) -> str:
    """When it is released, in words; "" for what has no policy of its own."""
    if policy._state.adding:
        return ""
    words = policy.get_mode_display()
    if policy.mode == ChannelPolicy.Mode.SCHEDULED:
        words += f" ({policy.cron}, {policy.time_zone}"
        words += f"; next {timezone.localtime(policy.next_at):%Y-%m-%d %H:%M})" if policy.next_at else ")"
    gates = [f"{kind} {effect}" for kind, effect in gate_of(policy).effects.items() if effect != Effect.REPORT]
    return "; ".join([words, *(["gate: " + ", ".join(gates)] if gates else [])])
