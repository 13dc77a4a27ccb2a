"""Bar codes and matrix codes as vectors, in exact millimetres.

Sizes and quiet zones are those of the GS1 General Specifications: section 5.2.3 for EAN/UPC, 5.4 for GS1-128, 5.6 for
GS1 DataMatrix, 5.9 for QR Code with a GS1 Digital Link. The modules themselves are computed by zxing-cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from exports.identifiers import compact

EAN_MODULE = 0.33  # mm, at a magnification of 100 per cent; from 80 to 200 are allowed
EAN_BARS = 22.85  # mm high, the same
CODE128_MODULE = 0.33
CODE128_BARS = 20.0
MATRIX_MODULE = 0.5  # of DataMatrix and QR Code: from 0.396 on for general scanning
_TEXT = 3.4  # mm under the bars for the number that people read
_GUARD = 5  # modules that guard bars reach down further

Rows = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Digits:
    """A piece of the number under the bars: where its room begins, and how wide it is, in mm."""

    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Code:
    """`path` draws the dark modules in mm. Width and height have the quiet zones and the number under the bars."""

    kind: str
    content: str
    path: str
    width: float
    height: float
    bars: float
    digits: tuple[Digits, ...] = ()

    @property
    def box(self) -> str:
        return f"0 0 {self.width:.3f} {self.height:.3f}"


def retail(gtin: str, magnification: float = 1.0, bars: float = EAN_BARS) -> Code:
    """EAN-13 (a UPC number too, with its zero) or EAN-8. `bars` is their height in mm.

    Raises ValueError for a number of other length, which has no retail code.
    """
    number = compact(gtin)
    number = number.zfill(13) if len(number) == 12 else number
    if len(number) == 14 and number[0] == "0":
        number = number[1:]
    if len(number) not in (8, 13):
        raise ValueError(f"{gtin} has {len(number)} digits; EAN-13 and EAN-8 hold 13 and 8")
    module = EAN_MODULE * magnification
    left, right = (11, 7) if len(number) == 13 else (7, 7)
    cells = _modules(number, "EAN13" if len(number) == 13 else "EAN8")[0]
    width = (left + len(cells) + right) * module
    path = _retail_bars(cells, module, left, bars)
    return Code("ean", number, path, width, bars + _TEXT, bars, _retail_digits(number, module, left))


def _retail_bars(cells: Sequence[bool], module: float, left: int, bars: float) -> str:
    """Guard bars, at both ends and in the middle, go down beside the digits."""
    last = len(cells) - 1
    middle = len(cells) // 2
    guards = {0, 2, middle - 1, middle + 1, last - 2, last}
    runs = [(start, length) for start, length, dark in _runs(cells) if dark]
    tall = bars + _GUARD * module if bars > 8 else bars
    return "".join(
        _bar((left + start) * module, 0, length * module, tall if start in guards else bars) for start, length in runs
    )


def _retail_digits(number: str, module: float, left: int) -> tuple[Digits, ...]:
    if len(number) == 8:
        halves = ((number[:4], left + 3), (number[4:], left + 36))
        return tuple(Digits(text, at * module, 28 * module) for text, at in halves)
    first = Digits(number[0], 0, 9 * module)
    halves = ((number[1:7], left + 3), (number[7:], left + 50))
    return (first, *(Digits(text, at * module, 42 * module) for text, at in halves))


def gs1_128(gtin: str, magnification: float = 1.0, bars: float = CODE128_BARS) -> Code:
    """GS1-128 with application identifier 01; quiet zones of ten modules."""
    number = compact(gtin).zfill(14)
    module = CODE128_MODULE * magnification
    cells = _modules(f"(01){number}", "Code128", gs1=True)[0]
    width = (len(cells) + 20) * module
    path = "".join(
        _bar((10 + start) * module, 0, length * module, bars) for start, length, dark in _runs(cells) if dark
    )
    return Code("gs1-128", number, path, width, bars + _TEXT, bars, (Digits(f"(01){number}", 0, width),))


def data_matrix(gtin: str, module: float = MATRIX_MODULE) -> Code:
    """GS1 DataMatrix with application identifier 01; a quiet zone of one module."""
    number = compact(gtin).zfill(14)
    rows = _modules(f"(01){number}", "DataMatrix", gs1=True, force_square=True)
    return _matrix("datamatrix", number, rows, module, quiet=1)


def qr(address: str, module: float = MATRIX_MODULE) -> Code:
    """A QR Code that holds a web address, error correction M; a quiet zone of four modules."""
    return _matrix("qr", address, _modules(address, "QRCode", ec_level="M"), module, quiet=4)


def digital_link(origin: str, gtin: str) -> str:
    """The GS1 Digital Link of an article (GS1 Digital Link URI Syntax 1.4, section 4): /01/ and 14 digits."""
    return f"{origin.rstrip('/')}/01/{compact(gtin).zfill(14)}"


def _matrix(kind: str, content: str, rows: Rows, module: float, quiet: int) -> Code:
    side = (len(rows) + 2 * quiet) * module
    path = "".join(
        _bar((quiet + start) * module, (quiet + down) * module, length * module, module)
        for down, row in enumerate(rows)
        for start, length, dark in _runs(row)
        if dark
    )
    return Code(kind, content, path, side, side, side)


def _modules(content: str, form: str, **options: Any) -> Rows:
    """The code's modules from the upper left, dark ones true."""
    import zxingcpp

    code = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, form), **options)
    picture: Any = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    return [[value == 0 for value in row] for row in picture.tolist()]


def _runs(cells: Iterable[bool]) -> Iterator[tuple[int, int, bool]]:
    """Where each run of equal modules begins, and its length."""
    at = 0
    for dark, run in groupby(cells):
        length = len(list(run))
        yield at, length, dark
        at += length


def _bar(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.4f} {y:.4f}h{width:.4f}v{height:.4f}h{-width:.4f}z"
