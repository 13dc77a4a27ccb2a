"""Units of measurement: their symbols, and their codes in UN/ECE Recommendation 20 (Codes for Units of Measure)."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """`symbol` as stored and shown; `code` of UN/ECE Recommendation 20."""

    symbol: str
    code: str
    family: str


_TABLE = {
    "mass": "mg MGM, g GRM, kg KGM, t TNE, oz ONZ, lb LBR",
    "length": "mm MMT, cm CMT, m MTR, km KMT, in INH, ft FOT",
    "area": "cm² CMK, m² MTK",
    "volume": "ml MLT, cl CLT, l LTR, m³ MTQ",
    "pressure": "Pa PAL, kPa KPA, bar BAR",
    "power": "W WTT, kW KWT",
    "energy": "Wh WHR, kWh KWH",
    "voltage": "V VLT, kV KVT",
    "current": "mA 4K, A AMP",
    "frequency": "Hz HTZ, kHz KHZ, MHz MHZ, GHz A86",
    "time": "s SEC, min MIN, h HUR, d DAY, month MON, year ANN",
    "temperature": "°C CEL, °F FAH",
    "speed": "rpm RPM",
    "sound": "dB 2N",
    "data": "MB 4L, GB E34, TB E35",
}

UNITS: dict[str, Unit] = {
    symbol: Unit(symbol, code, family)
    for family, row in _TABLE.items()
    for symbol, code in (pair.split() for pair in row.split(", "))
}

FAMILIES = tuple(_TABLE)


def units_of(family: str) -> list[str]:
    """The symbols of a family, smallest first."""
    return [unit.symbol for unit in UNITS.values() if unit.family == family]
