"""Renaming, merging and retiring, which follow into everything that names a thing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from catalog.actors import Actor
from catalog.api.fields import Code, Field, Link
from catalog.api.resources.base import Act
from catalog.models.base import CODE_LENGTH
from catalog.operations.upkeep import merge, rename, retire

_USES = "See `where-used/` first."


def renaming(one: str, column: str = "code", longest: int = CODE_LENGTH) -> Act:
    def run(actor: Actor, row: Any, said: dict[str, Any]) -> None:
        try:
            rename(actor, row, said[column])
        except ValidationError as error:
            raise ValidationError({column: error.messages}) from error  # a name that is taken is told of the whole

    about = f"Facts, filters, texts and expressions follow at once; the old name is still understood. {_USES}"
    return Act("rename", f"Rename {one}", about, run, "change", (Field(column, Code(longest), required=True),))


def merging(model: type[Model], one: str) -> Act:
    """Answered with what it went into."""

    def run(actor: Actor, row: Any, said: dict[str, Any]) -> Any:
        try:
            merge(actor, row, said["into"])
        except ValidationError as error:
            raise ValidationError({"into": error.messages}) from error
        return said["into"]

    about = (
        f"What uses it uses `into` from now on, its name is understood as that, and it is gone. {_USES} "
        "The answer is what it went into."
    )
    return Act(
        "merge", f"Merge {one} into another", about, run, "delete", (Field("into", Link(model, False), required=True),)
    )


def retiring(one: str) -> Act:
    def run(actor: Actor, row: Any, _: dict[str, Any]) -> None:
        retire(actor, row)

    return Act("retire", f"Retire {one}", "It is offered no longer; what uses it goes on using it.", run)


def upkeep(model: type[Model], one: str, longest: int = CODE_LENGTH) -> tuple[Act, ...]:
    """What may be done to something known by a code; retiring where there is such a thing."""
    acts = (renaming(one, longest=longest), merging(model, one))
    return (*acts, retiring(one)) if hasattr(model, "retired") else acts
