"""Categories and the controlled vocabulary of tags."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from catalog.actors import Actor
from catalog.api.fields import Code, Field, Flag, Json, Link, Texts
from catalog.api.keys import found, noun_of
from catalog.api.parameters import shortened
from catalog.api.resources.base import Parameter, Parameters, Resource
from catalog.api.resources.upkeep import upkeep
from catalog.models import Category, Tag
from catalog.operations.locking import lock_tree
from catalog.operations.tags import save_tag
from catalog.operations.trees import save_category

_WORD: Json = {"type": "string"}


def named(model: Any, asked: Parameters, name: str) -> Any:
    """The object that a parameter names. Raises ValidationError."""
    row = found(model, [asked[name]]).get(asked[name].lower())
    if row is None:
        raise ValidationError({name: f"There is no {noun_of(model)} “{shortened(asked[name])}”."})
    return row


class Categories(Resource):
    name, plural, route = "Category", "Categories", "categories"
    one, words = "a category", "categories"
    about = "A node of a category tree; one without a parent is the root of its own."
    model = Category
    acts = upkeep(Category, "a category")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(), written="creation", required=True),
        Field("label", Texts(200)),
        Field("parent", Link(Category), "It becomes the last below a new one."),
        Field("retired", Flag(), "No longer offered; its products stay in it."),
    )
    parameters = (
        Parameter("parent", "Only those right below this one.", _WORD),
        Parameter("below", "Only those below this one, however deep, and itself.", _WORD),
    )
    example: ClassVar[Json] = {"code": "grinders", "label": {"en": "Grinders", "de": "Mühlen"}, "parent": "machines"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Category.objects.select_related("parent")
        return rows

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        if "parent" in asked:
            rows = rows.filter(parent=named(Category, asked, "parent"))
        if "below" in asked:
            top = named(Category, asked, "below")
            rows = rows.filter(tree_id=top.tree_id, lft__gte=top.lft, rght__lte=top.rght)
        return rows

    def lock(self) -> None:
        lock_tree()

    def save(self, actor: Actor, row: Category, data: dict[str, Any]) -> None:
        save_category(actor, row)


class Tags(Resource):
    name, plural, route = "Tag", "Tags", "tags"
    one, words = "a tag", "tags"
    about = "A word of the controlled vocabulary, known as facet:code, with narrower ones below it."
    key_about = "The tag as facet:code, in whatever case."
    model = Tag
    acts = upkeep(Tag, "a tag")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("facet", Code(50), written="creation", required=True),
        Field("code", Code(), written="creation", required=True),
        Field("label", Texts(200)),
        Field("parent", Link(Tag), "As facet:code."),
    )
    parameters = (Parameter("facet", "Only those of this facet.", _WORD),)
    example: ClassVar[Json] = {"facet": "topic", "code": "descaling", "label": {"en": "Descaling"}, "parent": None}

    def rows(self) -> QuerySet[Any]:
        return Tag.objects.select_related("parent")

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        if "facet" in asked:
            rows = rows.filter(facet__iexact=plain_word(asked, "facet"))
        return rows

    def key_in(self, raw: Any) -> str | None:
        given = [raw.get(name) for name in ("facet", "code")] if isinstance(raw, dict) else []
        parts = [part for part in given if isinstance(part, str)]
        return ":".join(parts) if len(parts) == 2 else None

    def _says_key(self, name: str, value: Any, row: Any) -> bool:
        own = str(getattr(row, name)) if name in ("facet", "code") else ""
        return bool(own) and isinstance(value, str) and value.lower() == own.lower()

    def save(self, actor: Actor, row: Tag, data: dict[str, Any]) -> None:
        save_tag(actor, row)


def plain_word(asked: Parameters, name: str) -> str:
    """A parameter that stands for a code or its beginning. Raises ValidationError for what the database cannot take."""
    word = asked[name]
    if not word.isprintable() or len(word) > 200:
        raise ValidationError({name: "This cannot be a code or the beginning of one."})
    return word
