"""What the editor of a fragment asks while somebody writes: what is amiss, how it reads, and what there is to name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path

from catalog.admin.base import translated
from catalog.models import Asset, Attribute, Channel, Fragment, Product
from catalog.models.base import label_of
from catalog.operations.emptiness import Empty, empty_facts
from catalog.operations.referring import check_references
from catalog.previews import Asked, preview
from catalog.references import PRODUCT, Reference
from catalog.richtext import clean_html
from catalog.values import Invalid

SUGGESTED = 20
MAX_TEXT = 200_000


class WordsViews:
    """A part of the admin class of fragments."""

    class Media:
        js = ("catalog/admin/words.js",)

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        view = self.admin_site.admin_view(self.words)  # type: ignore[attr-defined]
        return [path("words/", view, name="catalog_fragment_words"), *urls]

    def words(self, request: HttpRequest) -> JsonResponse:
        """What can be named, for who asks by GET; all about the texts that are sent, by POST. Writes nothing."""
        if not (self.has_view_or_change_permission(request) or self.has_add_permission(request)):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method != "POST":
            found = suggestions(request.GET.get("kind", ""), request.GET.get("q", "").strip()[:100])
            return JsonResponse({"results": [{"label": label, "insert": insert} for label, insert in found]})
        return JsonResponse(_told(request))


def _told(request: HttpRequest) -> dict[str, Any]:
    texts = {
        language: text
        for language, _ in settings.LANGUAGES
        if (text := request.POST.get(f"text_{language}", "")[:MAX_TEXT]).strip()
    }
    rich, code = request.POST.get("rich") == "1", request.POST.get("code", "")[:150]
    problems = [row for language, text in texts.items() for row in _problems(language, text, code, rich)]
    may_see = request.user.has_perm("catalog.view_product")
    return {
        "problems": problems,
        "empty": _lacking(request.POST.get("pk", ""), texts) if may_see else [],
        "previews": list(_previews(request, texts, code, rich)) if may_see else [],
        "channels": list(Channel.objects.filter(retired=False).order_by("code").values_list("code", flat=True)),
    }


def _problems(language: str, text: str, code: str, rich: bool) -> list[dict[str, Any]]:
    try:
        body = clean_html(text) if rich else text
    except Invalid as error:
        message = f"This text cannot be used: {error}."
        return [{"language": language, "reference": "", "message": message, "suggestion": "", "fatal": True}]
    return [problem._asdict() for problem in check_references({language: body}, code)]


def _lacking(pk: str, texts: dict[str, str]) -> list[dict[str, str]]:
    fragment = Fragment.objects.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    found = empty_facts(fragment, texts) if fragment else []
    return [{"language": row.language, "message": _sentence(row)} for row in found]


def _sentence(row: Empty) -> str:
    more = ", …" if row.lacking > len(row.examples) else ""
    return f"{row.lacking} of {row.among} products have no “{row.code}”: {', '.join(row.examples)}{more}."


def _previews(request: HttpRequest, texts: dict[str, str], code: str, rich: bool) -> Iterator[dict[str, str]]:
    sku = request.POST.get("product", "").strip()[:100]
    product = Product.objects.filter(sku__iexact=sku).select_related("family").first() if sku else None
    for language, text in texts.items() if sku else ():
        if product is None:
            found = {"html": "", "text": "", "problem": f"There is no product “{sku}”."}
        else:
            asked = Asked(code, language, text, rich, product, request.POST.get("channel", "")[:100])
            found = preview(asked)._asdict()
        yield {"language": language, **found}


# --- What can be named -----------------------------------------------------------------------------------------------
def suggestions(kind: str, words: str) -> list[tuple[str, str]]:
    """The first few things of a kind that are called so: how each is shown, and what to write for it."""
    if kind == "product":
        return [(name, str(Reference(kind, name))) for name in PRODUCT if words.lower() in name]
    if kind in ("fact", "label"):
        rows = _found(Attribute, words, "code", translated("label"))
        return [(_shown(row.code, label_of(row, "")), str(Reference(kind, row.code))) for row in rows[:SUGGESTED]]
    if kind == "fragment":
        rows = _found(Fragment, words, "code", translated("title")).exclude(state=Fragment.State.RETIRED)
        return [(_shown(row.code, row.title), str(Reference(kind, row.code))) for row in rows[:SUGGESTED]]
    if kind == "link":
        return [(row.sku, str(Reference(kind, row.sku))) for row in _found(Product, words, "sku", ())[:SUGGESTED]]
    if kind == "asset":
        rows = _found(Asset, words, "code", translated("title")).filter(kind=Asset.Kind.IMAGE, retired=False)
        return [(_shown(row.code, row.title), f"asset:{row.code}") for row in rows[:SUGGESTED]]
    return []


def _found(model: type[Model], words: str, code: str, columns: Iterable[str]) -> QuerySet[Any]:
    wanted = Q(**{f"{code}__icontains": words})
    for column in columns:
        wanted |= Q(**{f"{column}__icontains": words})
    return QuerySet(model).filter(wanted).order_by(code)


def _shown(code: str, name: str | None) -> str:
    return f"{code} – {name}" if name and name != code else code
