"""The kinds of part, as data: which file, which columns, and which facts each column becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.importing.sources.pcparts.readers import (
    Reader,
    choice,
    choices,
    dollars,
    drive,
    fan_bay,
    flag,
    line,
    memory_speed,
    modules,
    number,
    pixels,
    quantity,
    span,
)


@dataclass(frozen=True)
class PartKind:
    """A file. `prefix` begins its SKUs; `columns` in the order in which they are shown; `needed` are required facts."""

    code: str
    label: str
    prefix: str
    section: str
    columns: Mapping[str, Reader]
    needed: Sequence[str] = ()

    @property
    def file(self) -> str:
        return f"{self.code}.json"


_COMMON: Mapping[str, Reader] = {"name": line("name"), "price": dollars("price")}
_COLOR: Mapping[str, Reader] = {"color": choices("color", " / ")}


def _kind(
    code: str, label: str, prefix: str, section: str, columns: Mapping[str, Reader], needed: Sequence[str] = ()
) -> PartKind:
    return PartKind(code, label, prefix, section, {**_COMMON, **columns}, ("name", "price", *needed))


KINDS = (
    _kind(
        "cpu",
        "Processors",
        "CPU",
        "core",
        {
            "core_count": number("core_count"),
            "core_clock": quantity("core_clock"),
            "boost_clock": quantity("boost_clock"),
            "microarchitecture": choice("microarchitecture"),
            "tdp": quantity("tdp"),
            "graphics": choice("graphics"),
        },
        ("core_count", "core_clock", "tdp"),
    ),
    _kind(
        "cpu-cooler",
        "Processor coolers",
        "COOL",
        "core",
        {
            "rpm": span("speed"),
            "noise_level": span("noise_level"),
            **_COLOR,
            "size": quantity("radiator_size"),
        },
        ("speed", "noise_level"),
    ),
    _kind(
        "motherboard",
        "Motherboards",
        "MB",
        "core",
        {
            "socket": choice("socket"),
            "form_factor": choice("board_form_factor"),
            "max_memory": quantity("max_memory"),
            "memory_slots": number("memory_slots"),
            **_COLOR,
        },
        ("socket", "board_form_factor"),
    ),
    _kind(
        "memory",
        "Memory",
        "MEM",
        "core",
        {
            "speed": memory_speed,
            "modules": modules,
            "price_per_gb": number("price_per_gb"),
            **_COLOR,
            "first_word_latency": quantity("first_word_latency"),
            "cas_latency": number("cas_latency"),
        },
        ("module_count", "module_capacity", "memory_clock"),
    ),
    _kind(
        "internal-hard-drive",
        "Internal drives",
        "DRV",
        "storage",
        {
            "capacity": quantity("capacity"),
            "price_per_gb": number("price_per_gb"),
            "type": drive,
            "cache": quantity("cache"),
            "form_factor": choice("drive_form_factor"),
            "interface": choices("interface"),
        },
        ("capacity", "interface"),
    ),
    _kind(
        "external-hard-drive",
        "External drives",
        "XDRV",
        "storage",
        {
            "type": choice("enclosure"),
            "interface": choices("interface", ", "),
            "capacity": quantity("capacity"),
            "price_per_gb": number("price_per_gb"),
            **_COLOR,
        },
        ("capacity", "interface"),
    ),
    _kind(
        "video-card",
        "Graphics cards",
        "GPU",
        "core",
        {
            "chipset": choice("chipset"),
            "memory": quantity("video_memory"),
            "core_clock": quantity("gpu_core_clock"),
            "boost_clock": quantity("gpu_boost_clock"),
            **_COLOR,
            "length": quantity("length"),
        },
        ("chipset", "video_memory", "length"),
    ),
    _kind(
        "case",
        "Cases",
        "CASE",
        "core",
        {
            "type": choice("case_type"),
            **_COLOR,
            "psu": quantity("psu_included"),
            "side_panel": choice("side_panel"),
            "external_volume": quantity("external_volume"),
            "internal_35_bays": number("bays_35"),
        },
        ("case_type", "external_volume"),
    ),
    _kind(
        "power-supply",
        "Power supplies",
        "PSU",
        "core",
        {
            "type": choice("psu_type"),
            "efficiency": choice("efficiency"),
            "wattage": quantity("wattage"),
            "modular": choice("modular", {False: "No", True: "Full"}),
            **_COLOR,
        },
        ("wattage", "efficiency"),
    ),
    _kind(
        "optical-drive",
        "Optical drives",
        "ODD",
        "storage",
        {
            "bd": number("bd_read"),
            "dvd": number("dvd_read"),
            "cd": number("cd_read"),
            "bd_write": line("bd_write"),
            "dvd_write": line("dvd_write"),
            "cd_write": line("cd_write"),
        },
    ),
    _kind(
        "os",
        "Operating systems",
        "OS",
        "software",
        {"mode": choices("word_width"), "max_memory": quantity("max_memory")},
        ("word_width",),
    ),
    _kind(
        "monitor",
        "Monitors",
        "MON",
        "desk",
        {
            "screen_size": quantity("screen_size"),
            "resolution": pixels,
            "refresh_rate": quantity("refresh_rate"),
            "response_time": quantity("response_time"),
            "panel_type": choice("panel"),
            "aspect_ratio": choice("aspect_ratio"),
        },
        ("screen_size", "pixels_wide", "pixels_high", "refresh_rate"),
    ),
    _kind(
        "case-accessory",
        "Case accessories",
        "CACC",
        "cooling",
        {"type": choice("accessory_type"), "form_factor": fan_bay},
    ),
    _kind(
        "case-fan",
        "Case fans",
        "FAN",
        "cooling",
        {
            "size": quantity("fan_size"),
            **_COLOR,
            "rpm": span("speed"),
            "airflow": span("airflow"),
            "noise_level": span("noise_level"),
            "pwm": flag("pwm"),
        },
        ("fan_size", "speed", "airflow"),
    ),
    _kind(
        "fan-controller",
        "Fan controllers",
        "FCTL",
        "cooling",
        {
            "channels": number("fan_channels"),
            "channel_wattage": quantity("channel_power"),
            "pwm": flag("pwm"),
            "form_factor": fan_bay,
            **_COLOR,
        },
    ),
    _kind("thermal-paste", "Thermal compounds", "PASTE", "cooling", {"amount": quantity("paste_amount")}),
    _kind(
        "ups",
        "Uninterruptible power supplies",
        "UPS",
        "desk",
        {"capacity_w": quantity("output_power"), "capacity_va": quantity("apparent_power")},
        ("output_power", "apparent_power"),
    ),
    _kind(
        "sound-card",
        "Sound cards",
        "SND",
        "cards",
        {
            "channels": choice("sound_channels"),
            "digital_audio": number("digital_audio"),
            "snr": quantity("snr"),
            "sample_rate": quantity("sample_rate"),
            "chipset": choice("chipset"),
            "interface": choices("interface"),
        },
    ),
    _kind(
        "wired-network-card",
        "Wired network cards",
        "LAN",
        "cards",
        {"interface": choices("interface"), **_COLOR},
    ),
    _kind(
        "wireless-network-card",
        "Wireless network cards",
        "WLAN",
        "cards",
        {"protocol": choice("wifi"), "interface": choices("interface"), **_COLOR},
        ("wifi",),
    ),
    _kind(
        "headphones",
        "Headphones",
        "HEAD",
        "desk",
        {
            "type": choice("ear_cup"),
            "frequency_response": span("frequency_response", 1000),
            "microphone": flag("microphone"),
            "wireless": flag("wireless"),
            "enclosure_type": choice("enclosure"),
            **_COLOR,
        },
        ("ear_cup",),
    ),
    _kind(
        "keyboard",
        "Keyboards",
        "KEY",
        "desk",
        {
            "style": choice("keyboard_style"),
            "switches": choice("switches"),
            "backlit": choice("backlight"),
            "tenkeyless": flag("tenkeyless"),
            "connection_type": choices("connection", ", "),
            **_COLOR,
        },
        ("connection",),
    ),
    _kind(
        "mouse",
        "Mice",
        "MOUSE",
        "desk",
        {
            "tracking_method": choice("tracking"),
            "connection_type": choices("connection", ", "),
            "max_dpi": number("max_dpi"),
            "hand_orientation": choice("hand"),
            **_COLOR,
        },
        ("connection", "max_dpi"),
    ),
    _kind(
        "speakers",
        "Speakers",
        "SPK",
        "desk",
        {
            "configuration": choice("sound_channels"),
            "wattage": quantity("wattage"),
            "frequency_response": span("frequency_response", 1000),
            **_COLOR,
        },
    ),
    _kind(
        "webcam",
        "Webcams",
        "CAM",
        "desk",
        {
            "resolutions": choices("video_modes"),
            "connection": choices("interface"),
            "focus_type": choice("focus"),
            "os": choices("operating_systems"),
            "fov": quantity("field_of_view"),
        },
    ),
)

SECTIONS = {
    "core": "Inside the case",
    "storage": "Storage",
    "cooling": "Cooling",
    "cards": "Expansion cards",
    "desk": "On the desk",
    "software": "Software",
}
