"""The tables of the knowledge base, one file per room."""

from catalog.models.access import StoredAnswer, UserToken
from catalog.models.assets import Asset, AssetTrack, ProductAsset
from catalog.models.channels import Audience, Channel, ChannelLanguage, Market
from catalog.models.copies import CopiesGroup, CopiesReport, NotACopy
from catalog.models.entities import EntityAttribute, EntityType, Record
from catalog.models.fragments import Comment, Fragment, FragmentRevision, Placement, RevisionApproval, Slot
from catalog.models.history import Change, Touched, TouchedBatch
from catalog.models.index import (
    Completeness,
    FacetTerm,
    FactContext,
    FactEntry,
    Finding,
    ProductIndex,
    SchemaToken,
    SearchText,
)
from catalog.models.jobs import Job
from catalog.models.products import Association, AssociationType, Product
from catalog.models.schema import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
    Requirement,
)
from catalog.models.taxonomy import Category, Tag
from catalog.models.translation import (
    Concept,
    JobUnit,
    MemorySegment,
    Term,
    TranslationJob,
    TranslationState,
)
from catalog.models.upkeep import CodeAlias, ForbiddenTerm

__all__ = [
    "Asset",
    "AssetTrack",
    "Association",
    "AssociationType",
    "Attribute",
    "AttributeGroup",
    "AttributeOption",
    "Audience",
    "Category",
    "Change",
    "Channel",
    "ChannelLanguage",
    "CodeAlias",
    "Comment",
    "Completeness",
    "Concept",
    "CopiesGroup",
    "CopiesReport",
    "EntityAttribute",
    "EntityType",
    "FacetTerm",
    "FactContext",
    "FactEntry",
    "Family",
    "FamilyAttribute",
    "FamilyVariant",
    "FamilyVariantAttribute",
    "Finding",
    "ForbiddenTerm",
    "Fragment",
    "FragmentRevision",
    "Job",
    "JobUnit",
    "Market",
    "MemorySegment",
    "NotACopy",
    "Placement",
    "Product",
    "ProductAsset",
    "ProductIndex",
    "Record",
    "Requirement",
    "RevisionApproval",
    "SchemaToken",
    "SearchText",
    "Slot",
    "StoredAnswer",
    "Tag",
    "Term",
    "Touched",
    "TouchedBatch",
    "TranslationJob",
    "TranslationState",
    "UserToken",
]
