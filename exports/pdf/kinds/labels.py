"""Where everything stands on a label and on a sheet of labels, in millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exports.errors import ExportError
from exports.formats import options as opt
from exports.pdf.kinds import codes
from exports.pdf.kinds.codes import Code
from exports.pdf.kinds.prices import UNIT_PRICE

PAPERS = {"a4": (210.0, 297.0), "a5": (148.0, 210.0), "letter": (215.9, 279.4)}
PADDING = 2.0
LEAST_BARS = 8.0
PRICE_WIDTH = 20.0  # at least, beside a code
LINE = 3.7  # of the name, 9 on 10.5 points
FOOT = 3.2  # the SKU's line
GAP = 1.5

_SIZE, _SHEET, _CONTENT, _CODES = "Label", "Sheet", "Content", "Codes"

LABEL_OPTIONS: Mapping[str, opt.Option] = {
    "copies": opt.Whole(label="Labels of each product", least=1, most=1_000, group=_CONTENT),
    "prices": opt.Flag(label="Prices", otherwise=True, group=_CONTENT),
    "unit_price": UNIT_PRICE,
    "width": opt.Number(label="Width", otherwise=70, least=15, most=300, group=_SIZE),
    "height": opt.Number(label="Height", otherwise=37, least=10, most=400, group=_SIZE),
    "outlines": opt.Flag(
        label="Outlines", help="The labels' edges are drawn, to check a sheet before the real one.", group=_SIZE
    ),
    "single": opt.Flag(
        label="For a label printer",
        help="Each label is a page of its own size; the rest of this group is not asked.",
        group=_SHEET,
    ),
    "paper": opt.Choice(label="Paper", choices={"a4": "A4", "a5": "A5", "letter": "US Letter"}, group=_SHEET),
    "rows": opt.Whole(label="Rows", help="Labels one below the other.", otherwise=8, least=1, most=40, group=_SHEET),
    "columns": opt.Whole(label="Columns", help="Labels side by side.", otherwise=3, least=1, most=20, group=_SHEET),
    "gap_x": opt.Number(label="Between columns", most=100, group=_SHEET),
    "gap_y": opt.Number(label="Between rows", most=100, group=_SHEET),
    "margin_left": opt.Number(
        label="Left margin", help="From the sheet's left edge to the first label.", most=200, group=_SHEET
    ),
    "margin_top": opt.Number(
        label="Upper margin", help="From the sheet's upper edge.", otherwise=0.5, most=200, group=_SHEET
    ),
    "start": opt.Whole(
        label="First position",
        help="Counted along the rows from 1, for sheets begun before.",
        least=1,
        most=800,
        group=_SHEET,
    ),
    "code": opt.Choice(
        label="GTIN as",
        choices={"ean": "EAN-13 or EAN-8", "gs1-128": "GS1-128", "datamatrix": "GS1 DataMatrix", "none": "no code"},
        group=_CODES,
    ),
    "magnification": opt.Number(label="Size of codes", otherwise=100, least=80, most=200, unit="%", group=_CODES),
    "qr": opt.Flag(label="QR code", help="With the GS1 Digital Link of the product.", group=_CODES),
    "resolver": opt.Address(
        label="Where GS1 Digital Links lead", help="Such as https://id.example.com; this site without it.", group=_CODES
    ),
}


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """All lengths in mm. `single` prints each label on a page of its own size; else labels go onto sheets."""

    width: float
    height: float
    single: bool
    paper: tuple[float, float]
    rows: int
    columns: int
    gap_x: float
    gap_y: float
    margin_left: float
    margin_top: float
    start: int
    copies: int
    code: str
    magnification: float
    with_qr: bool
    resolver: str
    with_prices: bool
    unit_price: str
    outlines: bool

    @property
    def page(self) -> tuple[float, float]:
        return (self.width, self.height) if self.single else self.paper

    @property
    def name_size(self) -> float:
        """Points; large labels are read from further away."""
        return 13.5 if self.width >= 90 and self.height >= 45 else 9.0

    @property
    def line(self) -> float:
        """Of the name, in mm."""
        return LINE * self.name_size / 9

    @property
    def per_sheet(self) -> int:
        return 1 if self.single else self.rows * self.columns

    def place(self, position: int) -> tuple[float, float]:
        """Left and top of a position on its sheet, counted from 0 along the rows."""
        if self.single:
            return 0.0, 0.0
        row, column = divmod(position, self.columns)
        left = self.margin_left + column * (self.width + self.gap_x)
        return left, self.margin_top + row * (self.height + self.gap_y)


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width and height in mm, from the label's upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """`lines` is how many lines the name may have."""

    name: Box
    lines: int
    price: Box
    foot: Box


def settings_of(told: Mapping[str, Any], base_url: str) -> LabelSettings:
    """Raises ExportError for labels that the paper cannot hold."""
    settings = LabelSettings(
        width=told["width"],
        height=told["height"],
        single=told["single"],
        paper=PAPERS[told["paper"]],
        rows=told["rows"],
        columns=told["columns"],
        gap_x=told["gap_x"],
        gap_y=told["gap_y"],
        margin_left=told["margin_left"],
        margin_top=told["margin_top"],
        start=told["start"],
        copies=told["copies"],
        code=told["code"],
        magnification=told["magnification"] / 100,
        with_qr=told["qr"],
        resolver=told["resolver"] or base_url,
        with_prices=told["prices"],
        unit_price=told["unit_price"],
        outlines=told["outlines"],
    )
    _check(settings)
    return settings


def _check(settings: LabelSettings) -> None:
    if settings.single:
        return
    across = settings.margin_left + settings.columns * (settings.width + settings.gap_x) - settings.gap_x
    down = settings.margin_top + settings.rows * (settings.height + settings.gap_y) - settings.gap_y
    for needed, there, what in ((across, settings.paper[0], "columns"), (down, settings.paper[1], "rows")):
        if needed > there + 0.05:
            raise ExportError(
                f"The option “{what}” asks for {needed:g} mm of labels, gaps and margin; the paper has {there:g} mm."
            )
    if settings.start > settings.per_sheet:
        raise ExportError(f"The option “start” is {settings.start}; a sheet has {settings.per_sheet} labels.")


def codes_of(settings: LabelSettings, gtin: str) -> tuple[Code, ...]:
    """The codes of a label from left to right: the QR code, then the bar code. Raises ValueError for a wrong length."""
    found = []
    if settings.with_qr:
        found.append(
            codes.qr(codes.digital_link(settings.resolver, gtin), codes.MATRIX_MODULE * settings.magnification)
        )
    if settings.code == "ean":
        found.append(codes.retail(gtin, settings.magnification, _bars(settings, codes.EAN_BARS)))
    elif settings.code == "gs1-128":
        found.append(codes.gs1_128(gtin, settings.magnification, _bars(settings, codes.CODE128_BARS)))
    elif settings.code == "datamatrix":
        found.append(codes.data_matrix(gtin, codes.MATRIX_MODULE * settings.magnification))
    return tuple(found)


def _bars(settings: LabelSettings, most: float) -> float:
    """As high as the standard says, or as the label has room for under a line of the name."""
    room = settings.height - 2 * PADDING - settings.line - GAP - 3.4
    return max(LEAST_BARS, min(most * settings.magnification, room))


def code_boxes(settings: LabelSettings, found: Sequence[Code]) -> list[Box]:
    """The codes stand in the lower right corner, side by side."""
    boxes = []
    right = settings.width - PADDING
    for code in reversed(found):
        right -= code.width
        boxes.append(Box(right, settings.height - PADDING - code.height, code.width, code.height))
        right -= GAP
    return list(reversed(boxes))


def layout(settings: LabelSettings, found: Sequence[Code]) -> Layout:
    """Name above, codes in the lower right, price beside them or, on a narrow label, above them.

    Raises ExportError for a label too small for its codes, with the millimetres that it needs.
    """
    inner = settings.width - 2 * PADDING
    across = sum(code.width for code in found) + GAP * max(0, len(found) - 1)
    high = max((code.height for code in found), default=0.0)
    if across > inner + 0.01 or high + 2 * PADDING + settings.line > settings.height + 0.01:
        needed = f"{across + 2 * PADDING:.1f} × {high + 2 * PADDING + settings.line:.1f} mm"
        raise ExportError(
            f"The label is {settings.width:g} × {settings.height:g} mm; its codes and a name need {needed}."
        )
    left = inner - across - (GAP if found else 0)
    below = settings.height - PADDING
    beside = left >= PRICE_WIDTH
    room = settings.height - 2 * PADDING - high - GAP
    if beside:
        lines = min(3, int((settings.height - 2 * PADDING - max(high, 11.0) - GAP) / settings.line))
        name = Box(PADDING, PADDING, inner, settings.line * max(1, lines))
        top = name.top + name.height + GAP
        price = Box(PADDING, top, left, below - FOOT - top)
        return Layout(name, max(1, lines), price, Box(PADDING, below - FOOT, left, FOOT))
    priced = 6.5 if settings.with_prices and room >= settings.line + 6.5 + FOOT else 0.0
    lines = max(1, min(3, int((room - priced - FOOT) / settings.line)))
    name = Box(PADDING, PADDING, inner, settings.line * lines)
    price = Box(PADDING, name.top + name.height, inner, priced)
    foot = FOOT if room >= name.height + priced + FOOT else 0.0
    return Layout(name, lines, price, Box(PADDING, price.top + priced, inner, foot))


def positions(settings: LabelSettings, count: int) -> Iterator[tuple[int, int]]:
    """Sheet and position of each label, both from 0; the first sheet begins at `start`."""
    first = 0 if settings.single else settings.start - 1
    for number_ in range(first, first + count):
        yield divmod(number_, settings.per_sheet)


def price_size(price: str, width: float) -> float:
    """Points in which a price fills most of `width` mm, within reason; figures of our serif are 0.56 em wide."""
    ems = sum(0.56 if letter.isalnum() or letter in "€$" else 0.29 for letter in price)
    return max(11.0, min(20.0, 0.98 * width / 25.4 * 72 / ems)) if ems else 11.0
