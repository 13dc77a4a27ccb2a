"""Which fields are written in several languages; each gets a column per shipped language."""

from modeltranslation.translator import TranslationOptions, translator

from catalog import models


class Labelled(TranslationOptions):
    fields = ("label",)


class AttributeTexts(TranslationOptions):
    fields = ("label", "help_text")


class AssociationTexts(TranslationOptions):
    fields = ("label", "inverse_label")


class AssetTexts(TranslationOptions):
    fields = ("title", "alt")


class FragmentTexts(TranslationOptions):
    fields = ("title", "body")


for model in (
    models.AttributeGroup,
    models.AttributeOption,
    models.Family,
    models.FamilyVariant,
    models.Category,
    models.Tag,
    models.Slot,
    models.Market,
    models.Audience,
    models.Channel,
    models.EntityType,
    models.Record,
):
    translator.register(model, Labelled)
translator.register(models.Attribute, AttributeTexts)
translator.register(models.AssociationType, AssociationTexts)
translator.register(models.Asset, AssetTexts)
translator.register(models.Fragment, FragmentTexts)
