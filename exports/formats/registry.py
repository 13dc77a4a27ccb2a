"""The output formats there are. A new one is imported and listed here."""

from __future__ import annotations

from exports.errors import ExportError
from exports.formats.agentic import AgenticCommerce
from exports.formats.base import Format
from exports.formats.bmecat import BmeCat
from exports.formats.catalog import Catalog
from exports.formats.datasheet import DataSheet
from exports.formats.flyer import Flyer
from exports.formats.google import GoogleMerchant, GoogleTable
from exports.formats.instructions import InstructionSheet
from exports.formats.json import JsonDocuments
from exports.formats.label import LabelSheet
from exports.formats.meta import MetaRss, MetaTable
from exports.formats.openai import OpenAiLines, OpenAiTable
from exports.formats.pricelist import PriceList
from exports.formats.table import CsvTable, ExcelTable, JsonTable, XmlTable
from exports.formats.web import WebSite
from exports.formats.xchange import EtimXChange


def build(kinds: list[type[Format]]) -> dict[str, Format]:
    """One instance of each by its code. Raises TypeError for a wrong class and ValueError for a second one."""
    registry: dict[str, Format] = {}
    for kind in kinds:
        if not issubclass(kind, Format):
            raise TypeError(f"{kind.__name__} must be a subclass of Format to be an output format.")
        if kind.code in registry:
            raise ValueError(
                f"Two formats are called “{kind.code}”: {type(registry[kind.code]).__name__} and {kind.__name__}. "
                "Give one another code."
            )
        registry[kind.code] = kind()
    return registry


FORMATS = build(
    [
        WebSite,
        DataSheet,
        Catalog,
        InstructionSheet,
        LabelSheet,
        Flyer,
        PriceList,
        GoogleMerchant,
        GoogleTable,
        MetaTable,
        MetaRss,
        OpenAiLines,
        OpenAiTable,
        AgenticCommerce,
        BmeCat,
        EtimXChange,
        CsvTable,
        ExcelTable,
        JsonTable,
        XmlTable,
        JsonDocuments,
    ]
)


def format_called(code: str) -> Format:
    """The format called `code`. Raises ExportError naming those there are."""
    try:
        return FORMATS[code]
    except KeyError:
        raise ExportError(f"No format is called “{code}”; there are {', '.join(FORMATS)}.") from None
