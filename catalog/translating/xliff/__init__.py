"""Translation jobs as files: XLIFF 2.1 and 1.2, written and read. Pure."""

from catalog.translating.xliff.package import Item, Package, Passage, Unit
from catalog.translating.xliff.reading import MAX_BYTES, Returned, ReturnedUnit, XliffError, read
from catalog.translating.xliff.writing12 import write12
from catalog.translating.xliff.writing21 import write21

WRITERS = {"2.1": write21, "1.2": write12}

__all__ = [
    "MAX_BYTES",
    "WRITERS",
    "Item",
    "Package",
    "Passage",
    "Returned",
    "ReturnedUnit",
    "Unit",
    "XliffError",
    "read",
]
