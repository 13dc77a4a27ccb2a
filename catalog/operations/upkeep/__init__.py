"""Keeping codes in order: renaming, replacing, merging, retiring, and converting units. Nothing dangles afterwards."""

from catalog.operations.upkeep.renaming import rename
from catalog.operations.upkeep.replacing import merge, replace, retire
from catalog.operations.upkeep.units import change_unit

__all__ = ["change_unit", "merge", "rename", "replace", "retire"]
