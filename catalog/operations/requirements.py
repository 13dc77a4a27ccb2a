"""Writing what channels demand of families."""

from __future__ import annotations

from django.db import transaction

from catalog.actors import Actor
from catalog.models import Requirement
from catalog.operations.recording import store
from catalog.requirements import check_condition


@transaction.atomic
def save_requirement(actor: Actor, requirement: Requirement) -> None:
    """Create or change a requirement. Raises ValidationError, for a condition that is no filter too."""
    requirement.condition = requirement.condition.strip()
    check_condition(requirement.condition)
    store(actor, requirement)
