"""The quality checks there are. A new check is imported and listed here."""

from __future__ import annotations

from catalog.quality.base import Check
from catalog.quality.checks.capitals import AllCapitals
from catalog.quality.checks.contradictions import Contradiction
from catalog.quality.checks.duplicates import DuplicateValue
from catalog.quality.checks.forbidden import ForbiddenWord
from catalog.quality.checks.identifiers import InvalidIdentifier
from catalog.quality.checks.language import WrongLanguage
from catalog.quality.checks.lookalikes import Lookalike
from catalog.quality.checks.markup import MarkupRests
from catalog.quality.checks.not_allowed import NotAllowed
from catalog.quality.checks.pictures import SmallPicture
from catalog.quality.checks.prose import ContradictedByFact
from catalog.quality.checks.retired import RetiredOption
from catalog.quality.checks.terms import MissingTerm
from catalog.quality.checks.too_long import TooLong

SEVERITIES = ("error", "warning", "hint")


def build(kinds: list[type[Check]]) -> dict[str, Check]:
    """One instance of each check by its code. Raises TypeError for a wrong class, ValueError for what cannot stand."""
    registry: dict[str, Check] = {}
    for kind in kinds:
        if not issubclass(kind, Check):
            raise TypeError(f"{kind.__name__} must be a subclass of Check to be a quality check.")
        if kind.severity not in SEVERITIES:
            raise ValueError(f"{kind.__name__} is a “{kind.severity}”; a severity is {', '.join(SEVERITIES)}.")
        if kind.code in registry:
            raise ValueError(
                f"Two quality checks are called “{kind.code}”: {type(registry[kind.code]).__name__} and "
                f"{kind.__name__}. Give one another code."
            )
        registry[kind.code] = kind()
    return registry


CHECKS = build(
    [
        InvalidIdentifier,
        DuplicateValue,
        Contradiction,
        NotAllowed,
        ForbiddenWord,
        MissingTerm,
        ContradictedByFact,
        TooLong,
        MarkupRests,
        WrongLanguage,
        SmallPicture,
        Lookalike,
        RetiredOption,
        AllCapitals,
    ]
)
