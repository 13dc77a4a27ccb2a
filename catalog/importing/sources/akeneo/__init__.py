"""Akeneo's CSV export: a folder with a file per kind of thing, and the media files beside them."""

from catalog.importing.sources.akeneo.source import Akeneo

__all__ = ["Akeneo"]
