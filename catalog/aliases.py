"""Codes that things were called by before they were renamed or merged: what still says them is understood.

A kind is a model's name. The scope is the attribute's code for an option and the entity type's for a record, else "".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model, Q

from catalog.models import Attribute, AttributeOption, CodeAlias, Product, Record, Tag
from catalog.models.base import is_code
from catalog.references import Reference, substitute, with_pictures

# What the values of a type name by their codes.
NAMED_BY = {
    "select": "attributeoption",
    "multiselect": "attributeoption",
    "record": "record",
    "reference": "product",
    "asset": "asset",
    "assets": "asset",
}
# What references name by their codes: a kind of reference, and of what it says the code.
REFERRED = {"fact": "attribute", "label": "attribute", "fragment": "fragment", "link": "product"}
_APPLIES = {"channels": "channel", "markets": "market", "audiences": "audience"}


class Target(NamedTuple):
    """Something that is known by a code, in its own spelling. A tag's code is facet:code."""

    kind: str
    code: str
    scope: str = ""


def target_of(instance: Model, code: str = "") -> Target:
    """What a row is known by; with `code`, what it would be known by under that code."""
    kind = instance._meta.model_name or ""
    if isinstance(instance, Product):
        return Target(kind, code or instance.sku)
    if isinstance(instance, AttributeOption):
        return Target(kind, code or instance.code, instance.attribute.code)
    if isinstance(instance, Record):
        return Target(kind, code or instance.code, instance.entity_type.code)
    if isinstance(instance, Tag):
        return Target(kind, f"{instance.facet}:{code or instance.code}")
    return Target(kind, code or getattr(instance, "code"))  # noqa: B009  # only what has a code is asked


class Aliases:
    """The present codes of former ones. All are read when the first is asked for: one query, and few rows."""

    @cached_property
    def _present(self) -> Mapping[tuple[str, str, str], str]:
        rows = CodeAlias.objects.values_list("kind", "scope", "alias", "code")
        return {(kind, scope.lower(), alias): code for kind, scope, alias, code in rows}

    def present(self, kind: str, code: str, scope: str = "") -> str:
        """What is called `code` now; the same where nothing was called so before."""
        return self._present.get((kind, scope.lower(), code.lower()), code)

    def codes_of(self, target: Target) -> list[str]:
        """The present and the former codes of something, in lower case."""
        own = target.kind, target.scope.lower(), target.code.lower()
        former = (alias for (kind, scope, alias), code in self._present.items() if (kind, scope, code.lower()) == own)
        return [target.code.lower(), *former]

    def in_value(self, attribute: Attribute, value: Any) -> Any:
        """A fact's value whose options, records, assets or products are named by their present codes."""
        kind = NAMED_BY.get(attribute.type)
        if kind is None or value is None or not self._present:
            return value
        scope = {"attributeoption": attribute.code, "record": str(attribute.settings.get("entity", ""))}.get(kind, "")
        if isinstance(value, list):
            return list(dict.fromkeys(self.present(kind, code, scope) for code in value))
        return self.present(kind, value, scope)

    def in_text(self, text: str) -> str:
        """A text whose references and pictures say present codes."""
        if not text or not self._present:
            return text
        return with_pictures(substitute(text, self._referred), lambda code: self.present("asset", code))

    def _referred(self, reference: Reference) -> str:
        kind = REFERRED.get(reference.kind)
        return str(reference._replace(code=self.present(kind, reference.code)) if kind else reference)

    def in_revision(self, content: dict[str, Any]) -> dict[str, Any]:
        """What a fragment's revision froze, with present codes in its references and its applicability."""
        if not self._present:
            return content
        applies = content["applies"]
        now = {name: [self.present(kind, code) for code in applies[name]] for name, kind in _APPLIES.items()}
        bodies = {language: self.in_text(text) for language, text in content["body"].items()}
        return content | {"body": bodies, "applies": applies | now}


def present_codes(kind: str, codes: Iterable[str], scope: str = "") -> dict[str, str]:
    """By former code in lower case, the present one of those that were renamed. One query."""
    asked = {code.lower() for code in codes if is_code(code.replace(":", "", 1))}
    rows = CodeAlias.objects.filter(kind=kind, scope__iexact=scope, alias__in=asked)
    return dict(rows.values_list("alias", "code"))


def check_free(target: Target, owner: Target | None = None) -> None:
    """Raises ValidationError where the code is a former one of something, other than of its `owner`."""
    taken = CodeAlias.objects.filter(kind=target.kind, scope__iexact=target.scope, alias=target.code.lower()).first()
    if taken is not None and (owner is None or taken.code.lower() != owner.code.lower()):
        raise ValidationError(
            f"“{target.code}” is a former code of “{taken.code}”, which is still understood by it. "
            "Choose another code, or give the former one up among the code aliases."
        )


def refuse_former(instance: Model) -> None:
    """A new thing cannot have the former code of another. Raises ValidationError at the code's field."""
    if instance.pk is None and (hasattr(instance, "code") or isinstance(instance, Product)):
        try:
            check_free(target_of(instance))
        except ValidationError as error:
            raise ValidationError({"sku" if isinstance(instance, Product) else "code": error.messages}) from error


def leave(old: Target, new: Target) -> None:
    """From now on `old` is understood as `new`, and so is whatever was understood as `old`."""
    CodeAlias.objects.filter(kind=new.kind, scope__iexact=new.scope, alias=new.code.lower()).delete()
    CodeAlias.objects.filter(kind=old.kind, scope__iexact=old.scope, code__iexact=old.code).update(
        code=new.code, scope=new.scope
    )
    if old.code.lower() != new.code.lower():
        CodeAlias.objects.update_or_create(
            kind=old.kind, scope=old.scope, alias=old.code.lower(), defaults={"code": new.code}
        )
    _follow_owner(old, new)


def _follow_owner(old: Target, new: Target) -> None:
    """Former codes of options and records belong to the present code of what they are options and records of."""
    owned = {"attribute": "attributeoption", "entitytype": "record"}.get(old.kind)
    if owned:
        CodeAlias.objects.filter(kind=owned, scope__iexact=old.code).update(scope=new.code)


def forget(target: Target) -> None:
    """Give up all former codes of something that is gone, and of what belonged to it."""
    owned = Q(kind__in=["attributeoption", "record"], scope__iexact=target.code)
    own = Q(kind=target.kind, scope__iexact=target.scope, code__iexact=target.code)
    CodeAlias.objects.filter(own | owned if target.kind in ("attribute", "entitytype") else own).delete()
