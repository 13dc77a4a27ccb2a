"""The facts that parts have, as data: one attribute each, shared by all kinds of part that say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fact:
    """An attribute. `unit` is the unit the files write its numbers in, without saying so."""

    code: str
    type: str
    label: str
    group: str = "technical"
    unit: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def filterable(self) -> bool:
        return self.type != "text"


GROUPS = {"general": "General", "technical": "Technical data", "performance": "Performance", "ports": "Connections"}


def _measured(
    code: str, label: str, family: str, unit: str, group: str = "technical", kind: str = "measurement"
) -> Fact:
    return Fact(code, kind, label, group, unit, {"unit_family": family, "unit": unit})


def _span(code: str, label: str, family: str, unit: str, group: str = "technical") -> Fact:
    return _measured(code, label, family, unit, group, "measurement_range")


def _choice(code: str, label: str, group: str = "technical") -> Fact:
    return Fact(code, "select", label, group)


def _choices(code: str, label: str, group: str = "technical") -> Fact:
    return Fact(code, "multiselect", label, group)


def _count(code: str, label: str, group: str = "technical") -> Fact:
    return Fact(code, "integer", label, group)


def _flag(code: str, label: str, group: str = "technical") -> Fact:
    return Fact(code, "boolean", label, group)


_ALL = (
    Fact("name", "text", "Name", "general"),
    Fact("price", "price", "Price", "general"),
    _choices("color", "Colour", "general"),
    _choice("accessory_type", "Kind"),
    _choice("case_type", "Kind of case"),
    _choice("drive_type", "Kind of drive"),
    _choice("enclosure", "Enclosure"),
    _choice("ear_cup", "Ear cup"),
    _choice("psu_type", "Form factor"),
    _choice("bay", "Drive bay"),
    _measured("fan_size", "Fan size", "length", "mm"),
    _measured("radiator_size", "Radiator size", "length", "mm"),
    _span("speed", "Speed", "rotation", "rpm", "performance"),
    _span("airflow", "Airflow", "flow", "ft³/min", "performance"),
    _span("noise_level", "Noise level", "sound", "dB", "performance"),
    _flag("pwm", "PWM control"),
    _measured("psu_included", "Power supply included", "power", "W"),
    _choice("side_panel", "Side panel"),
    _measured("external_volume", "External volume", "volume", "l"),
    _count("bays_35", "Internal 3.5 inch bays"),
    _count("core_count", "Cores", "performance"),
    _measured("core_clock", "Core clock", "frequency", "GHz", "performance"),
    _measured("boost_clock", "Boost clock", "frequency", "GHz", "performance"),
    _measured("gpu_core_clock", "Core clock", "frequency", "MHz", "performance"),
    _measured("gpu_boost_clock", "Boost clock", "frequency", "MHz", "performance"),
    _choice("microarchitecture", "Microarchitecture"),
    _measured("tdp", "Thermal design power", "power", "W", "performance"),
    _choice("graphics", "Integrated graphics"),
    _choices("interface", "Interface", "ports"),
    _measured("capacity", "Capacity", "data", "GB"),
    Fact("price_per_gb", "number", "Price per gigabyte", "general"),
    _count("fan_channels", "Channels", "ports"),
    _measured("channel_power", "Power per channel", "power", "W", "performance"),
    _span("frequency_response", "Frequency response", "frequency", "Hz", "performance"),
    _flag("microphone", "Microphone"),
    _flag("wireless", "Wireless", "ports"),
    _measured("drive_speed", "Rotational speed", "rotation", "rpm", "performance"),
    _measured("cache", "Cache", "data", "MB", "performance"),
    _choice("drive_form_factor", "Form factor"),
    _choice("keyboard_style", "Style"),
    _choice("switches", "Switches"),
    _choice("backlight", "Backlight"),
    _flag("tenkeyless", "Without number block"),
    _choices("connection", "Connection", "ports"),
    _choice("memory_generation", "Memory generation"),
    _measured("memory_clock", "Transfer clock", "frequency", "MHz", "performance"),
    _count("module_count", "Modules"),
    _measured("module_capacity", "Capacity of a module", "data", "GB"),
    Fact(
        "memory_capacity",
        "computed",
        "Capacity in all",
        settings={"expression": "module_count * module_capacity[GB]", "result": "measurement", "unit": "GB"},
    ),
    _measured("first_word_latency", "First word latency", "time", "ns", "performance"),
    Fact("cas_latency", "number", "CAS latency", "performance"),
    _measured("screen_size", "Screen size", "length", "in"),
    _count("pixels_wide", "Pixels across"),
    _count("pixels_high", "Pixels down"),
    _measured("refresh_rate", "Refresh rate", "frequency", "Hz", "performance"),
    _measured("response_time", "Response time", "time", "ms", "performance"),
    _choice("panel", "Panel"),
    _choice("aspect_ratio", "Aspect ratio"),
    _choice("socket", "Socket"),
    _choice("board_form_factor", "Form factor"),
    _measured("max_memory", "Most memory", "data", "GB"),
    _count("memory_slots", "Memory slots"),
    _choice("tracking", "Tracking"),
    _count("max_dpi", "Most dots per inch", "performance"),
    _choice("hand", "For which hand"),
    _count("bd_read", "Blu-ray reading speed", "performance"),
    _count("dvd_read", "DVD reading speed", "performance"),
    _count("cd_read", "CD reading speed", "performance"),
    Fact("bd_write", "text", "Blu-ray writing speeds", "performance"),
    Fact("dvd_write", "text", "DVD writing speeds", "performance"),
    Fact("cd_write", "text", "CD writing speeds", "performance"),
    _choices("word_width", "Bits"),
    _choice("efficiency", "Efficiency rating", "performance"),
    _measured("wattage", "Power", "power", "W", "performance"),
    _choice("modular", "Modular cables"),
    _choice("sound_channels", "Channels"),
    _count("digital_audio", "Bits of a sample", "performance"),
    _measured("snr", "Signal to noise ratio", "sound", "dB", "performance"),
    _measured("sample_rate", "Sample rate", "frequency", "kHz", "performance"),
    _choice("chipset", "Chipset"),
    _measured("paste_amount", "Amount", "mass", "g"),
    _measured("output_power", "Output power", "power", "W", "performance"),
    _measured("apparent_power", "Apparent power", "apparent_power", "VA", "performance"),
    _measured("video_memory", "Video memory", "data", "GB", "performance"),
    _measured("length", "Length", "length", "mm"),
    _choices("video_modes", "Resolutions", "performance"),
    _choice("focus", "Focus"),
    _choices("operating_systems", "Operating systems"),
    _measured("field_of_view", "Field of view", "angle", "°", "performance"),
    _choice("wifi", "Protocol", "ports"),
)

FACTS = {fact.code: fact for fact in _ALL}
