"""Units of measurement: their symbols, and their codes in UN/ECE Recommendation 20 (Codes for Units of Measure).

Amounts are converted as fractions, so that what is equal stays equal whatever unit it is written in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

from catalog.values.base import Invalid, quoted
from catalog.values.sortable import KEY_DIGITS


class Unit(NamedTuple):
    """`symbol` as stored and shown; `code` of UN/ECE Recommendation 20; `name` as pint knows it."""

    symbol: str
    code: str
    family: str
    name: str


class Family(NamedTuple):
    """A kind of quantity. Amounts are compared in its `base` unit; `units` are its symbols, smallest first."""

    label: str
    base: str
    units: tuple[str, ...]


# By family its base unit and, smallest first, "symbol code name", a blank of a symbol or a label written as "_".
_TABLE = {
    "mass": (
        "kg",
        "µg MC microgram, mg MGM milligram, gr GRN grain, ct CTM carat, g GRM gram, oz ONZ ounce, lb LBR pound, "
        "kg KGM kilogram, st STI stone, t TNE metric_ton",
    ),
    "length": (
        "m",
        "nm C45 nanometer, µm 4H micrometer, mm MMT millimeter, cm CMT centimeter, in INH inch, dm DMT decimeter, "
        "ft FOT foot, yd YRD yard, m MTR meter, km KMT kilometer, mi SMI mile, nmi NMI nautical_mile",
    ),
    "area": (
        "m²",
        "mm² MMK millimeter**2, cm² CMK centimeter**2, in² INK inch**2, dm² DMK decimeter**2, ft² FTK foot**2, "
        "yd² YDK yard**2, m² MTK meter**2, ha H18 hectare, km² KMK kilometer**2",
    ),
    "volume": (
        "l",
        "µl 4G microliter, mm³ MMQ millimeter**3, ml MLT milliliter, cm³ CMQ centimeter**3, cl CLT centiliter, "
        "in³ INQ inch**3, fl_oz OZA US_fluid_ounce, dl DLT deciliter, pt PTL pint, qt QTL quart, "
        "l LTR liter, dm³ DMQ decimeter**3, gal GLL gallon, ft³ FTQ foot**3, hl HLT hectoliter, "
        "m³ MTQ meter**3",
    ),
    "pressure": (
        "Pa",
        "Pa PAL pascal, hPa A97 hectopascal, mbar MBR millibar, kPa KPA kilopascal, psi PS psi, bar BAR bar, "
        "atm ATM standard_atmosphere, MPa MPA megapascal",
    ),
    "power": ("W", "mW C31 milliwatt, W WTT watt, hp BHP horsepower, kW KWT kilowatt, MW MAW megawatt"),
    "apparent_power": ("VA", "VA D46 volt*ampere, kVA KVA kilovolt*ampere, MVA MVA megavolt*ampere"),
    "energy": (
        "J",
        "J JOU joule, kJ KJO kilojoule, BTU BTU international_british_thermal_unit, Wh WHR watt_hour, "
        "kcal K53 kilocalorie, MJ 3B megajoule, kWh KWH kilowatt_hour, MWh MWH megawatt_hour",
    ),
    "voltage": ("V", "mV 2Z millivolt, V VLT volt, kV KVT kilovolt"),
    "current": ("A", "µA B84 microampere, mA 4K milliampere, A AMP ampere, kA B22 kiloampere"),
    "resistance": ("Ω", "mΩ E45 milliohm, Ω OHM ohm, kΩ B49 kiloohm, MΩ B75 megaohm"),
    "capacitance": ("F", "pF 4T picofarad, nF C41 nanofarad, µF 4O microfarad, mF C10 millifarad, F FAR farad"),
    "inductance": ("H", "nH C43 nanohenry, µH B90 microhenry, mH C14 millihenry, H 81 henry"),
    "charge": ("Ah", "C COU coulomb, mAh E09 milliampere_hour, Ah AMH ampere_hour"),
    "frequency": (
        "Hz",
        "Hz HTZ hertz, kHz KHZ kilohertz, MHz MHZ megahertz, GHz A86 gigahertz, THz D29 terahertz",
    ),
    "time": (
        "s",
        "ns C47 nanosecond, µs B98 microsecond, ms C26 millisecond, s SEC second, min MIN minute, h HUR hour, "
        "d DAY day, week WEE week, month MON month, year ANN year",
    ),
    "temperature": ("°C", "°F FAH degF, °C CEL degC, K KEL kelvin"),
    "speed": (
        "m/s",
        "km/h KMH kilometer/hour, ft/s FS foot/second, mph HM mile/hour, kn KNT knot, m/s MTS meter/second",
    ),
    "rotation": ("rpm", "rpm RPM revolution/minute, rps RPS revolution/second"),
    "force": ("N", "mN C20 millinewton, N NEW newton, lbf C78 pound_force, kN B47 kilonewton"),
    "torque": (
        "Nm",
        "mNm D83 millinewton*meter, cNm J72 centinewton*meter, lbf·in F21 pound_force*inch, Nm NU newton*meter, "
        "lbf·ft M92 pound_force*foot",
    ),
    "density": (
        "kg/m³",
        "mg/l M1 milligram/liter, g/l GL gram/liter, kg/m³ KMQ kilogram/meter**3, g/cm³ 23 gram/centimeter**3, "
        "kg/l B35 kilogram/liter",
    ),
    "grammage": ("g/m²", "g/m² GM gram/meter**2, kg/m² 28 kilogram/meter**2"),
    "flow": (
        "l/min",
        "ml/min 41 milliliter/minute, l/h E32 liter/hour, l/min L2 liter/minute, gal/min G2 gallon/minute, "
        "m³/h MQH meter**3/hour, ft³/min 2L foot**3/minute, l/s G51 liter/second, m³/s MQS meter**3/second",
    ),
    "viscosity": ("mPa·s", "mPa·s C24 millipascal*second, cP C7 centipoise, Pa·s C65 pascal*second"),
    "sound": ("dB", "dB 2N decibel"),
    "luminous_flux": ("lm", "lm LUM lumen"),
    "luminous_intensity": ("cd", "mcd P34 millicandela, cd CDL candela"),
    "illuminance": ("lx", "lx LUX lux"),
    "luminance": ("cd/m²", "cd/m² A24 candela/meter**2"),
    "data": (
        "B",
        "bit A99 bit, B AD byte, kB 2P kilobyte, KiB E64 kibibyte, MB 4L megabyte, MiB E63 mebibyte, GB E34 gigabyte, "
        "GiB E62 gibibyte, TB E35 terabyte, TiB E61 tebibyte, PB E36 petabyte",
    ),
    "data_rate": (
        "bit/s",
        "bit/s B10 bit/second, B/s P93 byte/second, kbit/s C74 kilobit/second, kB/s P94 kilobyte/second, "
        "Mbit/s E20 megabit/second, MB/s P95 megabyte/second, Gbit/s B80 gigabit/second, GB/s E68 gigabyte/second",
    ),
    "angle": ("°", "′ D61 arcminute, mrad C25 milliradian, ° DD degree, rad C81 radian"),
    "share": ("%", "ppm 59 ppm, ‰ NX permille, % P1 percent"),
    "heat_transfer": ("W/(m²·K)", "W/(m²·K) D55 watt/meter**2/kelvin"),
    "heat_conductivity": ("W/(m·K)", "W/(m·K) D53 watt/meter/kelvin"),
}


def _units() -> dict[str, Unit]:
    rows = ((family, row.split()) for family, (_, text) in _TABLE.items() for row in text.split(", "))
    named = ((symbol.replace("_", " "), code, family, name) for family, (symbol, code, name) in rows)
    return {symbol: Unit(symbol, code, family, name) for symbol, code, family, name in named}


UNITS: dict[str, Unit] = _units()
FAMILIES: dict[str, Family] = {
    code: Family(
        code.replace("_", " ").capitalize(), base, tuple(unit.symbol for unit in UNITS.values() if unit.family == code)
    )
    for code, (base, _) in _TABLE.items()
}

_ROUNDED = Context(prec=KEY_DIGITS)
_AMOUNT = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)
# How people type what their keyboard lacks.
_TYPED = str.maketrans({"²": "2", "³": "3", "µ": "u", "μ": "u", "·": "", " ": "", "^": "", "*": ""})


def units_of(family: str) -> list[str]:
    """The symbols of a family, smallest first."""
    return list(FAMILIES[family].units)


def unit_called(text: str, family: str = "") -> str:
    """The symbol somebody means by `text`: also "tb" for TB, "m2" for m², "um" for µm, if only one unit can be meant.

    Raises Invalid naming the units there are.
    """
    candidates = FAMILIES[family].units if family else tuple(UNITS)
    for same in (str, _as_typed, lambda symbol: _as_typed(symbol).casefold()):
        found = [symbol for symbol in candidates if same(symbol) == same(text)]
        if len(found) == 1:
            return found[0]
    raise Invalid(f"{quoted(text)} is no unit here; there are {listed(candidates)}")


def listed(symbols: Sequence[str], limit: int = 20) -> str:
    """Units for a message: the first of them, where they are many."""
    more = f" and {len(symbols) - limit} more" if len(symbols) > limit else ""
    return ", ".join(symbols[:limit]) + more


def _as_typed(symbol: str) -> str:
    return symbol.translate(_TYPED)


def amount_and_unit(text: str) -> tuple[str, str]:
    """The two parts of "1.5 TB" or "1.5TB"; the unit is "" where none is written. Raises Invalid."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise Invalid(f"{quoted(text)} does not begin with a number")
    return found[1], found[2].strip()


def convert(amount: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """The same quantity in another unit of its family, exact or, where it has no end, to 60 digits.

    Raises Invalid for an unknown unit and for one of another family.
    """
    for symbol in (from_unit, to_unit):
        if symbol not in UNITS:
            raise Invalid(f"{quoted(symbol)} is no unit that is known here")
    if UNITS[from_unit].family != UNITS[to_unit].family:
        raise Invalid(f"{quoted(from_unit)} cannot be converted to {quoted(to_unit)}")
    if from_unit == to_unit:
        return amount
    factor, offset = _to_base(from_unit)
    wanted_factor, wanted_offset = _to_base(to_unit)
    result = (Fraction(amount) * factor + offset - wanted_offset) / wanted_factor
    return _ROUNDED.divide(Decimal(result.numerator), Decimal(result.denominator))


def in_base(amount: Decimal, unit: str) -> Decimal:
    """The quantity in the base unit of its family, in which amounts are compared."""
    return convert(amount, unit, FAMILIES[UNITS[unit].family].base)


@cache
def _to_base(symbol: str) -> tuple[Fraction, Fraction]:
    """What an amount is multiplied by, and what is added then, to have it in the family's base unit."""
    unit = UNITS[symbol]
    base = UNITS[FAMILIES[unit.family].base]
    if unit == base:
        return Fraction(1), Fraction(0)
    quantity = _registry().Quantity
    zero, one = (quantity(Fraction(number), unit.name).to(base.name).magnitude for number in (0, 1))
    return Fraction(one) - Fraction(zero), Fraction(zero)


@lru_cache(maxsize=1)
def _registry() -> Any:
    """pint's units. Reading them takes half a second, so it waits until a conversion is wanted."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)
