"""The fixed words of catalogues alone, by language; see exports.wording."""

from __future__ import annotations

from exports import wording

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "foreword": "Foreword",
        "index_names": "Index by name",
        "index_keywords": "Index by keyword",
        "see_page": "p.",
    },
    "it": {
        "foreword": "Prefazione",
        "index_names": "Indice per nome",
        "index_keywords": "Indice per parola chiave",
        "see_page": "p.",
    },
    "ro": {
        "foreword": "Cuvânt înainte",
        "index_names": "Index după nume",
        "index_keywords": "Index după cuvinte cheie",
        "see_page": "p.",
    },
    "de": {
        "foreword": "Vorwort",
        "index_names": "Verzeichnis nach Namen",
        "index_keywords": "Verzeichnis nach Stichworten",
        "see_page": "S.",
    },
    "fr": {
        "foreword": "Avant-propos",
        "index_names": "Index par nom",
        "index_keywords": "Index par mot-clé",
        "see_page": "p.",
    },
    "es": {
        "foreword": "Prólogo",
        "index_names": "Índice por nombre",
        "index_keywords": "Índice por palabra clave",
        "see_page": "p.",
    },
}


def words(language: str) -> dict[str, str]:
    """All words that a catalogue in `language` needs."""
    own = WORDS.get(language) or WORDS.get(language.partition("-")[0]) or WORDS[wording.DEFAULT]
    return {**wording.words(language), **own}
