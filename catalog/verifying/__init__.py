"""Looking for what must not be: `manage.py verify`. Checks are listed here; exports adds its own when it is ready."""

from catalog.verifying import derived, facts, revisions, structure, translations, trees
from catalog.verifying.registry import CHECKS, Defect, Verifier, check

__all__ = [
    "CHECKS",
    "Defect",
    "Verifier",
    "check",
    "derived",
    "facts",
    "revisions",
    "structure",
    "translations",
    "trees",
]
