"""Computer parts as JSON: one file per kind of part, each a list of objects, without codes of their own."""

from catalog.importing.sources.pcparts.source import PcParts

__all__ = ["PcParts"]
