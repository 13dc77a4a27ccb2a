"""Writing one object's translation, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from catalog.actors import Actor
from catalog.models import TranslationState
from catalog.models.base import set_texts
from catalog.operations import translations
from catalog.operations.assets import save_asset
from catalog.operations.fragments import write_fragment
from catalog.operations.translating import others
from catalog.operations.translations import TRANSLATED, kind_of
from catalog.translating.segments import segmented


def locked(kind: str, pk: int) -> Any:
    """The object, which nobody else writes until the transaction ends; None if it is gone."""
    return others.model_of(kind)._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()


@transaction.atomic
def write_translation(
    actor: Actor,
    instance: Any,
    language: str,
    texts: Mapping[str, str],
    *,
    state: str,
    source: str,
    translated_from: Mapping[str, str],
) -> TranslationState | None:
    """Write an object's texts in a language by field, and say from which source texts they were made.

    Of labels and facts that is not kept, and None is given.

    Raises ValidationError, and writes nothing then.
    """
    if kind_of(instance) == "fragment":
        body = {language: texts["body"]} if "body" in texts else {}
        title = {language: texts["title"]} if "title" in texts else {}
        rich = not body or segmented(translated_from.get("body", "")).rich
        write_fragment(actor, instance, title=title, body=body, rich=rich)
    elif kind_of(instance) not in TRANSLATED:
        others.write(actor, instance, language, texts)
        return None
    else:
        for field, text in texts.items():
            set_texts(instance, field, {language: text})
        save_asset(actor, instance)
    return translations.mark(actor, instance, language, state, source, translated_from=translated_from)
