"""Facts in bodies: {attribute: {scope: value}}, as products, families and records have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from catalog.api.fields import Json, Kind, Wrong, object_in
from catalog.api.problems import Error, below, pointing
from catalog.operations.products import INHERIT, Facts, merged

INHERITED: Json = {"inherit": True}
# Beyond so many facts, an error is not looked for in each.
_LOOKED_AT = 200


class FactsKind(Kind):
    """Facts that are not named stay. A value of null empties one, and {"inherit": true} takes it away."""

    schema: Json = {
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": True},
        "example": {"weight": {"": {"amount": "4.2", "unit": "kg"}}, "name": {"de": "TS 200", "en": {"inherit": True}}},
    }

    def read(self, raw: Any, pointer: str) -> Any:
        facts = object_in(raw, pointer, "facts by attribute")
        return {code: self._scopes(scopes, below(pointer, code)) for code, scopes in facts.items()}

    def _scopes(self, raw: Any, pointer: str) -> dict[str, Any]:
        try:
            scopes = object_in(raw, pointer, "values by scope")
        except Wrong:
            raise Wrong.at(pointer, 'Write values by scope, such as {"": VALUE} or {"de": VALUE}.') from None
        return {scope: INHERIT if value == INHERITED else value for scope, value in scopes.items()}

    def show(self, row: Any, name: str) -> Any:
        return row.values

    def put(self, row: Any, name: str, value: Any) -> None:
        """Facts are merged with those there are, by the operation."""


FACTS = FactsKind()


def blamed(error: ValidationError, values: Mapping[str, Any], data: Mapping[str, Any]) -> list[Error]:
    """The facts that an operation refused, each at its place; nothing where it was not the facts."""
    facts: Facts = data.get("facts", {})
    if hasattr(error, "error_dict") or not facts:
        return []
    errors = []
    for code, scopes in list(facts.items())[:_LOOKED_AT]:
        for scope, raw in scopes.items():
            try:
                merged(values, {code: {scope: raw}})
            except ValidationError as alone:
                errors += [pointing(below(below("/facts", code), scope), message) for message in alone.messages]
    return errors
