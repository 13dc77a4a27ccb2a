"""The tables of the knowledge base, one file per room."""

from catalog.models.assets import Asset, ProductAsset
from catalog.models.channels import Audience, Channel, ChannelLanguage, Market
from catalog.models.fragments import Fragment, FragmentRevision, Placement, Slot
from catalog.models.history import Change
from catalog.models.products import Association, AssociationType, Product
from catalog.models.schema import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
)
from catalog.models.taxonomy import Category, Tag

__all__ = [
    "Asset",
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
    "Family",
    "FamilyAttribute",
    "FamilyVariant",
    "FamilyVariantAttribute",
    "Fragment",
    "FragmentRevision",
    "Market",
    "Placement",
    "Product",
    "ProductAsset",
    "Slot",
    "Tag",
]
