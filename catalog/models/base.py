"""What the models share: codes, and texts that are written in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from modeltranslation.utils import build_localized_fieldname

from catalog.languages import stand_ins

M = TypeVar("M", bound=models.Model)

CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*\Z"
CODE_LENGTH = 100

validate_code = RegexValidator(
    CODE_PATTERN,
    "A code starts with a letter or digit and has only letters, digits, “_”, “-” and “.”.",
)


def is_code(text: str) -> bool:
    """Whether `text` can be a code at all. What cannot is not asked of the database, which may not even take it."""
    return len(text) <= 2 * CODE_LENGTH and re.fullmatch(CODE_PATTERN, text) is not None


def code_field(
    verbose_name: str = "code",
    *,
    max_length: int = CODE_LENGTH,
    default: Any = models.NOT_PROVIDED,
    blank: bool = False,
) -> models.CharField[str, str]:
    """A name for machines. Case is kept but does not tell two codes apart."""
    return models.CharField(
        verbose_name, max_length=max_length, default=default, blank=blank, validators=[validate_code]
    )


def responsible_field() -> models.CharField[str, str]:
    """Who supplies what is missing of a kind: a role, a team or a person."""
    return models.CharField(
        max_length=100, default="", blank=True, help_text="Who supplies what is missing here, such as: engineering"
    )


def unique_code(model: str, field: str = "code") -> models.UniqueConstraint:
    """Codes are unique whatever their case: files from other systems mix it."""
    return models.UniqueConstraint(
        Lower(field), name=f"{model}_{field}_unique", violation_error_message="This code is taken already."
    )


class Coded(models.Model):
    """A row that machines know by its code."""

    code = code_field()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return label_of(self, settings.LANGUAGE_CODE) or self.code


def texts_of(instance: models.Model, field: str) -> dict[str, str]:
    """The texts of a translated field by language, without the empty ones."""
    texts = {
        language: getattr(instance, build_localized_fieldname(field, language))
        for language in settings.MODELTRANSLATION_LANGUAGES
    }
    return {language: text for language, text in texts.items() if text}


def texts_among(rows: models.QuerySet[Any], fields: Sequence[str]) -> Iterator[tuple[int, dict[str, dict[str, str]]]]:
    """The texts of rows by language and field, without the empty ones, by id: a stream, without the rows."""
    places = [(field, language) for language in settings.MODELTRANSLATION_LANGUAGES for field in fields]
    columns = [build_localized_fieldname(field, language) for field, language in places]
    for pk, *texts in rows.order_by("pk").values_list("pk", *columns).iterator(chunk_size=2_000):
        found: dict[str, dict[str, str]] = {}
        for (field, language), text in zip(places, texts, strict=True):
            if text:
                found.setdefault(language, {})[field] = text
        yield pk, found


def set_texts(instance: models.Model, field: str, texts: dict[str, str]) -> None:
    """Give a translated field the texts named; others stay. Raises ValueError for an unknown language."""
    if unknown := sorted(set(texts) - set(settings.MODELTRANSLATION_LANGUAGES)):
        raise ValueError(f"There is no language “{unknown[0]}” here.")
    for language, text in texts.items():
        setattr(instance, build_localized_fieldname(field, language), text)


def label_of(instance: models.Model, language: str) -> str:
    """The label in a language, else in what stands in for it, else in any, else nothing."""
    texts = texts_of(instance, "label") if hasattr(instance, "label") else {}
    chain = (language, *stand_ins(language, texts, settings.LANGUAGE_CODE))
    return next((texts[code] for code in chain if code in texts), next(iter(texts.values()), ""))


def label_columns(language: str) -> list[str]:
    """The columns in which `label_of` looks, in its order, for lists that read no whole rows; see `label_in`."""
    codes = settings.MODELTRANSLATION_LANGUAGES
    chain = dict.fromkeys((language, *stand_ins(language, codes, settings.LANGUAGE_CODE), *codes))
    return [build_localized_fieldname("label", code) for code in chain if code in codes]


def label_in(texts: Iterable[str | None]) -> str:
    """The label in the texts of `label_columns`, or nothing."""
    return next(filter(None, texts), "")


def plain(model: type[M]) -> models.QuerySet[M]:
    """All rows, for lists of columns: the managers of translated models go through each row once more."""
    return models.QuerySet(model)
