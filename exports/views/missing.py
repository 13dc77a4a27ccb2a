"""The page that says that there is no page, in the language of the address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from exports.views.policy import content_policy, kept_for_one

# Title, what happened, and what to do.
WORDS = {
    "en": ("Page not found", "There is no page at this address.", "Check the address, or go back."),
    "it": (
        "Pagina non trovata",
        "A questo indirizzo non c’è nessuna pagina.",
        "Controlla l’indirizzo o torna indietro.",
    ),
    "ro": ("Pagina nu a fost găsită", "La această adresă nu există nicio pagină.", "Verificați adresa sau reveniți."),
    "de": (
        "Seite nicht gefunden",
        "Unter dieser Adresse gibt es keine Seite.",
        "Bitte die Adresse prüfen oder zurückgehen.",
    ),
    "fr": ("Page introuvable", "Il n’y a pas de page à cette adresse.", "Vérifiez l’adresse ou revenez en arrière."),
    "es": (
        "Página no encontrada",
        "No hay ninguna página en esta dirección.",
        "Compruebe la dirección o vuelva atrás.",
    ),
}


def missing(language: str = "") -> HttpResponse:
    """404, the same for what does not exist and for what must not be known to exist."""
    spoken = next((code for code in (language, get_language() or "", settings.LANGUAGE_CODE) if code in WORDS), "en")
    title, sentence, advice = WORDS[spoken]
    style = render_to_string("exports/start.css")
    context = {"language": spoken, "title": title, "sentence": sentence, "advice": advice, "style": style}
    answer = HttpResponse(render_to_string("exports/missing.html", context), status=404)
    answer.headers["Content-Security-Policy"] = content_policy(style)
    answer.headers["Content-Language"] = spoken
    kept_for_one(answer)
    return answer
