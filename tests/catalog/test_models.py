"""What must never be true of the knowledge base, the database refuses."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Model
from django.utils import timezone

from catalog.models import (
    Asset,
    AssetTrack,
    Association,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    CodeAlias,
    Completeness,
    Concept,
    CopiesGroup,
    CopiesReport,
    EntityAttribute,
    EntityType,
    FacetTerm,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
    Finding,
    Fragment,
    FragmentRevision,
    Job,
    JobUnit,
    Market,
    MemorySegment,
    NotACopy,
    Placement,
    Product,
    ProductAsset,
    Record,
    Requirement,
    RevisionApproval,
    SearchText,
    Slot,
    StoredAnswer,
    Tag,
    Term,
    TranslationJob,
    TranslationState,
    UserToken,
)
from catalog.models.base import label_of, set_texts, texts_of, validate_code
from tests.factories import (
    make_asset,
    make_association_type,
    make_attribute,
    make_category,
    make_channel,
    make_code,
    make_family,
    make_family_variant,
    make_fragment,
    make_product,
    make_slot,
)

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)


def make_revision(fragment: Fragment, number: int) -> FragmentRevision:
    return FragmentRevision(fragment=fragment, number=number, content={}, digest="", submitted_by="me")


def _stored(revision: FragmentRevision) -> FragmentRevision:
    revision.save()
    return revision


def coded(model: type[Model], **fields: Any) -> list[Model]:
    """Two rows whose codes differ in case only."""
    return [model(code="Code-1", **fields), model(code="cODE-1", **fields)]


def duplicated_asset() -> list[Model]:
    return coded(Asset, kind="image", file="x", digest="0", media_type="image/png", size=1)


# By name of the constraint: rows that cannot be stored together.
def forbidden() -> dict[str, Callable[[], list[Model]]]:
    return {
        "asset_code_unique": duplicated_asset,
        "asset_file_or_link": lambda: [Asset(code="a", kind="video", file="x", url="https://example.com/x")],
        "asset_focal_point_inside": lambda: [Asset(code="a", kind="image", file="x", focal_x=101)],
        "asset_track_once": lambda: [
            AssetTrack(asset=asset, kind="captions", language="it", text="Ciao")
            for asset in [make_asset()]
            for _ in range(2)
        ],
        "product_asset_once_per_role": lambda: [
            ProductAsset(product=product, asset=asset, role=role)
            for product, asset in [(make_product("P"), make_asset())]
            for role in ("main", "MAIN")
        ],
        "market_code_unique": lambda: coded(Market, currency="EUR"),
        "audience_code_unique": lambda: coded(Audience),
        "channel_code_unique": lambda: coded(Channel),
        "channel_language_once": lambda: [
            ChannelLanguage(channel=channel, language="it") for channel in [make_channel()] for _ in range(2)
        ],
        "channel_language_falls_back_to_another": lambda: [
            ChannelLanguage(channel=make_channel(), language="it", fallback="it")
        ],
        "slot_code_unique": lambda: coded(Slot),
        "fragment_code_unique": lambda: coded(Fragment),
        "fragment_until_not_before_from": lambda: [
            Fragment(code="f", valid_from="2027-02-02", valid_until="2027-02-01")
        ],
        "fragment_revision_number_once": lambda: [
            make_revision(fragment, 1) for fragment in [make_fragment()] for _ in range(2)
        ],
        "fragment_revision_from_1": lambda: [make_revision(make_fragment(), 0)],
        "placement_on_exactly_one_target": lambda: [Placement(fragment=make_fragment(), slot=make_slot())],
        "placement_once_per_product": lambda: [
            Placement(fragment=fragment, slot=slot, product=product)
            for fragment, slot, product in [(make_fragment(), make_slot(), make_product())]
            for _ in range(2)
        ],
        "placement_once_per_family": lambda: [
            Placement(fragment=fragment, slot=slot, family=family)
            for fragment, slot, family in [(make_fragment(), make_slot(), make_family())]
            for _ in range(2)
        ],
        "placement_once_per_category": lambda: [
            Placement(fragment=fragment, slot=slot, category=category)
            for fragment, slot, category in [(make_fragment(), make_slot(), make_category())]
            for _ in range(2)
        ],
        "placement_filter_has_key": lambda: [Placement(fragment=make_fragment(), slot=make_slot(), filter="sku = a")],
        "placement_once_per_filter": lambda: [
            Placement(fragment=fragment, slot=slot, filter="sku = a", filter_key="1")
            for fragment, slot in [(make_fragment(), make_slot())]
            for _ in range(2)
        ],
        "revision_language_approved_once": lambda: [
            RevisionApproval(revision=revision, language="it", by="me")
            for revision in [_stored(make_revision(make_fragment(), 1))]
            for _ in range(2)
        ],
        "job_leased_while_running": lambda: [Job(kind="x", state="running")],
        "copies_group_once": lambda: [
            CopiesGroup(report=report, digest="1", words=1, variants=1, places=2, saved=1, packed=b"")
            for report in [CopiesReport.objects.create(change=0, paragraphs=2)]
            for _ in range(2)
        ],
        "not_a_copy_once": lambda: [NotACopy(first="1", second="2", text="x", by="me") for _ in range(2)],
        "stored_answer_key_once": lambda: [
            StoredAnswer(user=user, key="k", request_digest="", status=200, body=b"", created_at=timezone.now())
            for user in [User.objects.create(username="ada")]
            for _ in range(2)
        ],
        "user_token_name_once": lambda: [
            UserToken(user=user, name="erp", hash=hash_)
            for user in [User.objects.create(username="ada")]
            for hash_ in ("1", "2")
        ],
        "product_sku_unique": lambda: [Product(sku="AB-1"), Product(sku="ab-1")],
        "product_not_its_own_parent": lambda: [_own_parent(make_product())],
        "product_status_known": lambda: [Product(sku="P", status="sold")],
        "product_axes_once_per_parent": lambda: [
            Product(sku=sku, parent=parent, axis_key="red") for parent in [make_product()] for sku in ("A", "B")
        ],
        "association_type_code_unique": lambda: coded(AssociationType),
        "association_once": lambda: [
            Association(source=source, type=kind, target=target)
            for source, kind, target in [(make_product(), make_association_type(), make_product())]
            for _ in range(2)
        ],
        "association_to_another": lambda: [
            Association(source=product, type=make_association_type(), target=product) for product in [make_product()]
        ],
        "association_quantity_from_1": lambda: [
            Association(source=make_product(), type=make_association_type(), target=make_product(), quantity=0)
        ],
        "attribute_group_code_unique": lambda: coded(AttributeGroup),
        "attribute_code_unique": lambda: coded(Attribute, type="text", group=make_attribute().group),
        "attribute_option_code_unique": lambda: coded(AttributeOption, attribute=make_attribute("select")),
        "family_code_unique": lambda: coded(Family),
        "family_attribute_once": lambda: [
            FamilyAttribute(family=family, attribute=attribute)
            for family, attribute in [(make_family(), make_attribute())]
            for _ in range(2)
        ],
        "requirement_of_exactly_one_thing": lambda: [Requirement(family=make_family(), channel=make_channel())],
        "requirement_of_attribute_once": lambda: required_twice(attribute=make_attribute()),
        "requirement_of_slot_once": lambda: required_twice(slot=make_slot()),
        "requirement_of_asset_role_once": lambda: required_twice(asset_role="main"),
        "family_variant_code_unique": lambda: coded(FamilyVariant, family=make_family()),
        "family_variant_attribute_once": lambda: [
            FamilyVariantAttribute(family_variant=variant, attribute=attribute, level=level)
            for variant, attribute in [(make_family_variant(make_family()), make_attribute())]
            for level in (1, 2)
        ],
        "family_variant_level_from_1": lambda: [
            FamilyVariantAttribute(
                family_variant=make_family_variant(make_family()), attribute=make_attribute(), level=0
            )
        ],
        "category_code_unique": lambda: coded(Category),
        "tag_once_per_facet": lambda: [Tag(facet="Topic", code="a"), Tag(facet="topic", code="A")],
        "entity_type_code_unique": lambda: coded(EntityType),
        "entity_attribute_once": lambda: [
            EntityAttribute(entity_type=kind, attribute=attribute)
            for kind, attribute in [(make_entity_type(), make_attribute())]
            for _ in range(2)
        ],
        "record_code_unique": lambda: coded(Record, entity_type=make_entity_type()),
        "facet_term_once": lambda: [
            FacetTerm(attribute=attribute, key="red") for attribute in [make_attribute("select")] for _ in range(2)
        ],
        "search_text_once": lambda: [
            SearchText(product=product, language="pt") for product in [make_product()] for _ in range(2)
        ],
        "completeness_once": lambda: [
            Completeness(product=product, channel=channel, language="it", required=1, filled=1, complete=True)
            for product, channel in [(make_product(), make_channel())]
            for _ in range(2)
        ],
        "finding_once": lambda: [
            Finding(product=product, check_code="gtin", key="gtin", severity="error", message="Wrong.")
            for product in [make_product()]
            for _ in range(2)
        ],
        "code_alias_once": lambda: [CodeAlias(kind="family", alias="old", code=code) for code in ("new", "newer")],
        "translation_state_once": lambda: [
            TranslationState(kind="slot", object_id=1, language="it", state=state) for state in ("draft", "approved")
        ],
        "memory_segment_once": lambda: [
            MemorySegment(source_language="en", target_language="it", key="k", length=1, at=now) for now in [NOW, NOW]
        ],
        "concept_code_unique": lambda: coded(Concept),
        "term_once": lambda: [
            Term(concept=concept, language="it", text="a", channel=channel)
            for concept, channel in [(make_concept(), make_channel())]
            for _ in range(2)
        ],
        "term_once_for_all_channels": lambda: [
            Term(concept=concept, language="it", text="a") for concept in [make_concept()] for _ in range(2)
        ],
        "translation_job_code_unique": lambda: coded(TranslationJob, source_language="en", target_language="it"),
        "translation_job_into_another_language": lambda: [
            TranslationJob(code="j", source_language="en", target_language="en")
        ],
        "job_unit_once": lambda: [
            JobUnit(job=job, kind="fragment", object_id=1, field="body") for job in [make_job()] for _ in range(2)
        ],
    }


def make_concept() -> Concept:
    return Concept.objects.create(code="grinder")


def make_job() -> TranslationJob:
    return TranslationJob.objects.create(code="j", source_language="en", target_language="it")


def make_entity_type() -> EntityType:
    kind = EntityType(code=make_code("entity"))
    kind.save()
    return kind


def required_twice(**what: Any) -> list[Model]:
    family, channel = make_family(), make_channel()
    return [Requirement(family=family, channel=channel, **what) for _ in range(2)]


def _own_parent(product: Product) -> Product:
    product.parent = product
    return product


def names_of_constraints() -> list[str]:
    return sorted(
        constraint.name
        for model in apps.get_app_config("catalog").get_models()
        for constraint in model._meta.constraints
    )


def test_every_constraint_of_the_catalog_is_tried() -> None:
    assert sorted(forbidden()) == names_of_constraints()


@pytest.mark.parametrize("name", sorted(forbidden()))
def test_the_database_refuses(name: str) -> None:
    """The last row alone is what is wrong: those before it are stored."""
    *fine, wrong = forbidden()[name]()
    for row in fine:
        row.save()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong.save()
    # SQLite names the columns, not the constraint, where these are all there is to it.
    assert name in str(refused.value) or f"UNIQUE constraint failed: {wrong._meta.db_table}." in str(refused.value)


@pytest.mark.parametrize("targets", [("product", "family"), ("family", "category"), ("product", "category")])
def test_a_placement_has_no_second_target(targets: tuple[str, str]) -> None:
    made = {"product": make_product(), "family": make_family(), "category": make_category()}
    placement = Placement(fragment=make_fragment(), slot=make_slot(), **{target: made[target] for target in targets})
    with pytest.raises(IntegrityError), transaction.atomic():
        placement.save()
    with pytest.raises(ValidationError, match=r"Choose exactly one: a product, a family, a category or a filter."):
        placement.full_clean()


def test_codes_that_differ_in_case_only_are_told_apart_from_none() -> None:
    make_product("AB-1")
    with pytest.raises(ValidationError, match=r"This code is taken already."):
        make_product("ab-1")


@pytest.mark.parametrize("code", ["", "-a", ".a", "a b", "ä", "a/b", "../a", "a\x00", "a;b"])
def test_a_code_is_for_machines(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_code(code)


def test_what_is_in_use_stays() -> None:
    attribute = make_attribute("text", "name")
    family = make_family(attributes=[attribute], label_attribute=attribute)
    make_product("P", family)
    for used in (attribute.group, attribute, family):
        with pytest.raises(models.ProtectedError):
            used.delete()


def test_nothing_of_the_catalog_points_to_the_exports() -> None:
    """A foreign key written as a string escapes the check of imports."""
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config("catalog").get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model._meta.app_label == "exports"  # type: ignore[union-attr]
    ]
    assert pointing == []


def test_every_link_of_the_catalog_is_seen_by_that_test() -> None:
    links = {
        field.related_model._meta.app_label  # type: ignore[union-attr]
        for model in apps.get_app_config("exports").get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created
    }
    assert "catalog" in links


# --- Texts in several languages ---------------------------------------------------------------------------------------


def test_texts_are_kept_by_language_and_empty_ones_left_out() -> None:
    slot = Slot(code="s")
    set_texts(slot, "label", {"de": "Titel", "it": ""})
    assert (texts_of(slot, "label"), label_of(slot, "it"), label_of(slot, "de")) == ({"de": "Titel"}, "Titel", "Titel")
    set_texts(slot, "label", {"en": "Title"})
    assert (texts_of(slot, "label"), str(slot)) == ({"en": "Title", "de": "Titel"}, "Title")


def test_a_text_in_a_language_that_is_not_there_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match=r"There is no language “pt” here."):
        set_texts(Slot(code="s"), "label", {"pt": "Título"})


def test_a_row_without_a_label_is_called_by_its_code() -> None:
    assert [str(row) for row in (Slot(code="s"), Tag(facet="f", code="c"), Category(code="k"))] == ["s", "f:c", "k"]


# --- Channels ---------------------------------------------------------------------------------------------------------


def test_languages_fall_back_along_their_chain_and_never_in_a_circle() -> None:
    channel = make_channel("c", {"de": "en", "en": "it", "it": "de", "fr": "", "es": "ro"})
    assert channel.chains() == {
        "de": ("de", "en", "it"),
        "en": ("en", "it", "de"),
        "it": ("it", "de", "en"),
        "fr": ("fr",),
        "es": ("es", "ro"),
    }
