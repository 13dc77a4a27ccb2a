"""Fragments, the slots they stand in, and where they are placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from modeltranslation.utils import build_localized_fieldname

from catalog import querysets
from catalog.actors import Actor
from catalog.api import parameters as reading
from catalog.api.fields import (
    Choice,
    Code,
    Date,
    Field,
    Flag,
    Json,
    Kind,
    Link,
    Links,
    Listed,
    Moment,
    Text,
    Texts,
    Whole,
)
from catalog.api.resources.base import Act, Parameter, Parameters, Resource
from catalog.api.resources.taxonomy import named, plain_word
from catalog.api.resources.upkeep import merging, renaming, upkeep
from catalog.models import (
    Asset,
    Audience,
    Category,
    Channel,
    Comment,
    Family,
    Fragment,
    FragmentRevision,
    Market,
    Placement,
    Product,
    Slot,
    Tag,
)
from catalog.models.channels import Medium
from catalog.operations.commenting import comment, reject, request_change, resolve
from catalog.operations.fragments import is_rich, write_fragment
from catalog.operations.placements import save_placement, unplace
from catalog.operations.reviewing import approve, approve_revision, retire, submit, withdraw

_WORD: Json = {"type": "string"}


class Number(Kind):
    """The number of a revision."""

    schema: Json = {"type": ["integer", "null"]}


class Slots(Resource):
    name, plural, route = "Slot", "Slots", "slots"
    one, words = "a slot", "slots"
    about = "A role that fragments play."
    model = Slot
    acts = upkeep(Slot, "a slot")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(), written="creation", required=True),
        Field("label", Texts(200)),
        Field("multiple", Flag(), "All fragments show, in order; else the best one wins."),
        Field("rich", Flag(), "Has paragraphs and lists; else one plain text."),
        Field("max_length", Whole(empty=True), "Characters of plain text."),
        Field("required_facets", Listed(), "Facets of which its fragments must have a tag."),
        Field("four_eyes", Flag(), "Approved only by somebody who did not write it."),
        Field("responsible", Text(100)),
        Field("position", Whole()),
    )
    example: ClassVar[Json] = {"code": "teaser", "label": {"en": "Teaser"}, "rich": False, "max_length": 160}


def _submit(actor: Actor, fragment: Fragment, _: dict[str, Any]) -> None:
    submit(actor, fragment)


def _withdraw(actor: Actor, fragment: Fragment, _: dict[str, Any]) -> None:
    withdraw(actor, fragment)


def _approve(actor: Actor, fragment: Fragment, said: dict[str, Any]) -> None:
    """The working copy in all languages; or of a revision, the latest unless said, the languages named."""
    if not said:
        approve(actor, fragment)
        return
    approve_revision(actor, _latest(fragment, said), said.get("languages"))


def _retire(actor: Actor, fragment: Fragment, _: dict[str, Any]) -> None:
    retire(actor, fragment)


def _latest(fragment: Fragment, said: dict[str, Any]) -> FragmentRevision:
    """The revision that is meant: the latest unless said. Raises ValidationError."""
    found = fragment.revisions.order_by("-number")
    revision = (found.filter(number=said["revision"]) if "revision" in said else found).first()
    if revision is None and "revision" in said:
        raise ValidationError({"revision": "There is no such revision of this fragment."})
    if revision is None:
        raise ValidationError("It has no revision yet. Submit the fragment first.")
    return revision


def _comment(actor: Actor, fragment: Fragment, said: dict[str, Any]) -> None:
    comment(actor, _latest(fragment, said), said["text"], said.get("language", ""))


def _request_change(actor: Actor, fragment: Fragment, said: dict[str, Any]) -> None:
    request_change(actor, _latest(fragment, said), said.get("language", ""), said["text"])


def _reject(actor: Actor, fragment: Fragment, said: dict[str, Any]) -> None:
    reject(actor, _latest(fragment, said), said["text"])


def _resolve(actor: Actor, fragment: Fragment, said: dict[str, Any]) -> None:
    found = Comment.objects.filter(revision__fragment=fragment, pk=said["comment"]).first()
    if found is None:
        raise ValidationError({"comment": "There is no such comment of this fragment."})
    resolve(actor, found)


APPROVAL = (
    Field("languages", Listed(tuple(settings.MODELTRANSLATION_LANGUAGES)), "All that wait for approval unless said."),
    Field("revision", Whole(1), "Which revision; the latest unless said."),
)
_SAID = (
    Field("text", Text(10_000), required=True),
    Field("language", Choice(("", *settings.MODELTRANSLATION_LANGUAGES)), "All of them unless said."),
    Field("revision", Whole(1), "Which revision; the latest unless said."),
)
SAYING = (
    Act("comment", "Comment on a fragment", "Read them at `comments/`.", _comment, fields=_SAID),
    Act(
        "request-change",
        "Ask for a change of a fragment",
        "Nobody approves the revision (in that language) before it is resolved.",
        _request_change,
        fields=_SAID,
    ),
    Act(
        "reject", "Send a fragment back", "To whoever wrote it, with the reason.", _reject, fields=(_SAID[0], _SAID[2])
    ),
    Act(
        "resolve",
        "Resolve what was asked for",
        "It is done, or need not be.",
        _resolve,
        fields=(Field("comment", Whole(1), "Its number in `comments/`.", required=True),),
    ),
)
ACTS = (
    Act(
        "submit",
        "Submit a fragment",
        "It is frozen in the next revision, which waits for approval.",
        _submit,
    ),
    Act("withdraw", "Take a fragment back from review", "What was approved of it before stays out.", _withdraw),
    Act(
        "approve",
        "Approve a fragment",
        "Without a body: the working copy, in all languages but those that a machine translated and nobody has named "
        "yet. With `languages` or `revision`: those of a revision that "
        "was submitted. Channels get it with their next release.",
        _approve,
        "approve",
        APPROVAL,
    ),
    Act("retire", "Retire a fragment", "It leaves every channel with the channel's next release.", _retire),
    *SAYING,
    renaming("a fragment", longest=150),
    merging(Fragment, "a fragment"),
)


class Fragments(Resource):
    name, plural, route = "Fragment", "Fragments", "fragments"
    one, words = "a fragment", "fragments"
    about = (
        "The working copy of a piece of prose. `revision` is the number of its latest revision, `out` of the one that "
        "channels get."
    )
    writing = "What is approved stays out unchanged until the fragment is approved again."
    model = Fragment
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(150), written="creation", required=True),
        Field("state", Choice(tuple(Fragment.State.values)), "Of the working copy.", written="never"),
        Field("revision", Number(), written="never"),
        Field("out", Number(), written="never"),
        Field("title", Texts(200)),
        Field("body", Texts(), "Markup of docs/guides/author.md; other markup is taken away."),
        Field("tags", Links(Tag), "Each as facet:code."),
        Field("vouched_by", Text(200)),
        Field("source", Text(500)),
        Field("source_document", Link(Asset)),
        Field("verified_on", Date()),
        Field("claim_valid_until", Date()),
        Field("channels", Links(Channel), "Where it may be shown; none means everywhere."),
        Field("markets", Links(Market)),
        Field("audiences", Links(Audience)),
        Field("media", Listed(tuple(Medium.values))),
        Field("products", Text(), "A filter of the products it may be said of."),
        Field("valid_from", Date()),
        Field("valid_until", Date()),
        Field("created_at", Moment(), written="never"),
        Field("updated_at", Moment(), written="never"),
    )
    parameters = (
        Parameter("state", "Only those in this state.", {"type": "string", "enum": list(Fragment.State.values)}),
        Parameter("tag", "Only those with this tag or one below it, as facet:code.", _WORD),
        Parameter("slot", "Only those placed in this slot.", _WORD),
        Parameter("missing", "Only those without a text in this language.", _WORD),
        Parameter("code", "Only those whose code begins so.", _WORD),
    )
    acts = ACTS
    example: ClassVar[Json] = {
        "code": "descaling-hint",
        "title": {"en": "Descaling"},
        "body": {"en": "<p>Descale every three months.</p>", "de": "<p>Alle drei Monate entkalken.</p>"},
        "tags": ["topic:care"],
        "media": ["web", "print"],
        "valid_from": "2027-01-01",
    }

    def rows(self) -> QuerySet[Any]:
        return querysets.fragments()

    def show(self, row: Any) -> Json:
        row.revision = row.latest
        return super().show(row)

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        if "state" in asked:
            rows = rows.filter(state=reading.choice(dict(asked), "state", list(Fragment.State.values)))
        if "tag" in asked:
            below = querysets.tags_below([named(Tag, asked, "tag").pk])
            rows = rows.filter(pk__in=Fragment.tags.through.objects.filter(tag__in=below).values("fragment"))
        if "slot" in asked:
            rows = rows.filter(pk__in=named(Slot, asked, "slot").placements.values("fragment"))
        if "missing" in asked:
            language = reading.choice(dict(asked), "missing", [code for code, _ in settings.LANGUAGES])
            rows = rows.exclude(**{f"{build_localized_fieldname('body', language)}__gt": ""})
        return rows.filter(code__istartswith=plain_word(asked, "code")) if "code" in asked else rows

    def assign(self, row: Any, data: Mapping[str, Any]) -> None:
        """Texts are put in by the operation, cleaned."""
        super().assign(row, {name: value for name, value in data.items() if name not in ("title", "body")})

    def save(self, actor: Actor, row: Fragment, data: dict[str, Any]) -> None:
        texts = {name: data.get(name, {}) for name in ("title", "body")}
        write_fragment(actor, row, **texts, rich=is_rich(row), links=self.links_in(data))


class Placements(Resource):
    name, plural, route = "Placement", "Placements", "placements"
    one, words = "a placement", "placements"
    about = (
        "Puts a fragment in a slot on exactly one of: a product, a family, a category with all below it, or every "
        "product that a filter finds. One that is `excluded` takes it out there."
    )
    key_about = "The placement's number."
    model = Placement
    looked_at = False
    fields: ClassVar[tuple[Field, ...]] = (
        Field("id", Whole(1), written="never"),
        Field("fragment", Link(Fragment, empty=False), written="creation", required=True),
        Field("slot", Link(Slot, empty=False), written="creation", required=True),
        Field("product", Link(Product), written="creation"),
        Field("family", Link(Family), written="creation"),
        Field("category", Link(Category), written="creation"),
        Field("filter", Text(), "Every product that meets it.", written="creation"),
        Field("excluded", Flag(), "Taken out there, though it is placed further up."),
        Field("position", Whole()),
    )
    parameters = tuple(
        Parameter(name, f"Only those of this {name}.", _WORD)
        for name in ("fragment", "slot", "product", "family", "category")
    )
    example: ClassVar[Json] = {"fragment": "warranty", "slot": "headline", "family": "espresso", "position": 1}
    _MODELS: ClassVar[dict[str, Any]] = {
        "fragment": Fragment,
        "slot": Slot,
        "product": Product,
        "family": Family,
        "category": Category,
    }

    def rows(self) -> QuerySet[Any]:
        return Placement.objects.select_related("fragment", "slot", "product", "family", "category")

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        for name, model in self._MODELS.items():
            if name in asked:
                rows = rows.filter(**{name: named(model, asked, name)})
        return rows

    @property
    def key_field(self) -> str:
        return "id"

    def key_of(self, row: Any) -> str:
        return str(row.pk)

    def key_in(self, raw: Any) -> str | None:
        key = raw.get("id") if isinstance(raw, dict) else None
        return str(key) if isinstance(key, int) and not isinstance(key, bool) else None

    def _says_key(self, name: str, value: Any, row: Any) -> bool:
        return name == "id" and value == row.pk and not isinstance(value, bool)

    @property
    def listed_by(self) -> F:
        return F("pk")

    def after(self, raw: Any) -> int:
        return int(raw)

    def is_key(self, key: str) -> bool:
        return key.isascii() and key.isdigit() and len(key) <= 18

    def _called(self, rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return rows.filter(pk=int(key))

    def save(self, actor: Actor, row: Placement, data: dict[str, Any]) -> None:
        save_placement(actor, row)

    def delete(self, actor: Actor, row: Placement) -> None:
        unplace(actor, row)
