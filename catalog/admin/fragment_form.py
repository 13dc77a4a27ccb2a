"""The form of a fragment: texts per language, with an editor that knows the vocabulary of catalog.richtext."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django_prose_editor.widgets import AdminProseEditorWidget
from modeltranslation.utils import build_localized_fieldname
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from catalog.admin.base import StaleForm
from catalog.admin.fields import ChoicesField
from catalog.languages import direction
from catalog.models import Fragment, Slot
from catalog.models.channels import Medium
from catalog.operations.fragments import is_rich

# Nothing here may write what catalog.richtext.clean_html would take away again.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Underline": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [3, 4]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "PlainLink": {"enableTarget": False, "protocols": ["https", "http", "mailto", "tel"]},
    "AssetImage": {"inline": True},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
# Where PlainLink and AssetImage are.
MODULES = ("catalog/admin/editor.js",)
HELP = (
    "{{ fact:weight unit=kg decimals=1 }} stands for a fact of the product, {{ label:weight }} for what it is called, "
    "{{ product:name }} for the product’s name, {{ link:SKU }} for another product, {{ fragment:code }} for another "
    "fragment."
)


def demands_on(fragment: Fragment) -> str:
    """What the slots a fragment stands in want of it before it is approved, in a sentence each."""
    slots = Slot.objects.filter(placements__fragment=fragment, placements__excluded=False) if fragment.pk else ()
    said = []
    for slot in dict.fromkeys(slots):
        if slot.required_facets:
            said.append(f"“{slot}” wants a tag of: {', '.join(slot.required_facets)}.")
        if slot.max_length:
            said.append(f"“{slot}” takes {slot.max_length} characters.")
        if slot.four_eyes:
            said.append(f"For “{slot}” somebody approves it who did not write on it.")
    return " ".join(said)


class Editor(AdminProseEditorWidget):
    """The editor with our own parts, which it loads as modules."""

    def get_config(self) -> Any:
        config = super().get_config()
        return {**config, "js_modules": [*config["js_modules"], *map(static, MODULES)]}


class FragmentForm(StaleForm):
    media_list = ChoicesField(
        choices=Medium.choices, label="Media", help_text="Where it may be shown; none chosen means everywhere."
    )

    meaning_kept = forms.BooleanField(
        required=False,
        label="The meaning stays",
        help_text="The texts were only corrected: translations stay current.",
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rich = is_rich(self.instance)
        self.fields["media_list"].initial = self.instance.media
        if "tags" in self.fields:
            self.fields["tags"].help_text = demands_on(self.instance)
        if products := self.fields.get("products"):
            products.widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"})
            products.help_text = format_html(
                '{} <a class="t-filter-help" href="{}?{}" target="_blank">Try it in the list of products</a>',
                products.help_text,
                reverse("admin:catalog_product_changelist"),
                urlencode({"filter": self.instance.products}) if self.instance.products else "",
            )
        for language, _ in settings.LANGUAGES:
            field = self.fields.get(build_localized_fieldname("body", language))
            if field is None:
                continue
            field.help_text = HELP
            field.widget = self.editor(language)

    def editor(self, language: str) -> Any:
        written = {
            "lang": language,
            "dir": direction(language),
            "data-words": reverse("admin:catalog_fragment_words"),
            "data-words-pk": self.instance.pk or "",
            "data-words-rich": "1" if self.rich else "",
        }
        if not self.rich:
            return UnfoldAdminTextareaWidget(attrs={"rows": 3, **written})
        return Editor(config={"extensions": EXTENSIONS}, preset="configurable", attrs={"rows": 8, **written})

    def texts(self, name: str) -> dict[str, str]:
        """What was written for a translated field, by language."""
        columns = {language: build_localized_fieldname(name, language) for language, _ in settings.LANGUAGES}
        return {
            language: self.cleaned_data[column] or ""
            for language, column in columns.items()
            if column in self.cleaned_data
        }
