"""Where everything stands on a label and on a sheet of labels, in millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exports.errors import ExportError
from exports.pdf import codes
from exports.pdf.codes import Code
from exports.pdf.options import Options, address, choice, flag, number, whole

PAPERS = {"a4": (210.0, 297.0), "a5": (148.0, 210.0), "letter": (215.9, 279.4)}
CODES = ("ean", "gs1-128", "datamatrix", "none")
PADDING = 2.0
LEAST_BARS = 8.0
PRICE_WIDTH = 20.0  # at least, beside a code
LINE = 3.7  # of the name, 9 on 10.5 points
FOOT = 3.2  # the SKU's line
GAP = 1.5


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


def settings_of(options: Options, base_url: str) -> LabelSettings:
    """Raises ExportError for an option that is wrong, and for labels that the paper cannot hold."""
    paper = PAPERS[choice(options, "paper", "a4", list(PAPERS))]
    settings = LabelSettings(
        width=number(options, "width", 70, 15, 300),
        height=number(options, "height", 37, 10, 400),
        single=flag(options, "single", otherwise=False),
        paper=paper,
        rows=whole(options, "rows", 8, 1, 40),
        columns=whole(options, "columns", 3, 1, 20),
        gap_x=number(options, "gap_x", 0, 0, 100),
        gap_y=number(options, "gap_y", 0, 0, 100),
        margin_left=number(options, "margin_left", 0, 0, 200),
        margin_top=number(options, "margin_top", 0.5, 0, 200),
        start=whole(options, "start", 1, 1, 800),
        copies=whole(options, "copies", 1, 1, 1_000),
        code=choice(options, "code", "ean", CODES),
        magnification=number(options, "magnification", 100, 80, 200, "per cent") / 100,
        with_qr=flag(options, "qr", otherwise=False),
        resolver=address(options, "resolver", base_url),
        with_prices=flag(options, "prices", otherwise=True),
        unit_price=str(options.get("unit_price") or ""),
        outlines=flag(options, "outlines", otherwise=False),
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
