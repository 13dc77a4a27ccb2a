"""The kinds of jobs of the knowledge base. A new one is imported and listed here."""

from catalog.jobs.kinds.copies import FindCopies
from catalog.jobs.kinds.quality import CheckQuality
from catalog.jobs.registry import register

register(CheckQuality, FindCopies)
