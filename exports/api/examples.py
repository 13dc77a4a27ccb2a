"""Answers as they look, for the API's description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

_DIGEST = "5f0c9b1f7a2d4e6688c1b3a59d7e2f4061728394a5b6c7d8e9fa0b1c2d3e4f50"

DOCUMENT_BODY: dict[str, Any] = {
    "sku": "TS-200-BK",
    "name": "TS 200, schwarz",
    "type": "variant",
    "family": {"code": "espresso", "label": "Espressomaschinen"},
    "parent": "TS-200",
    "axes": {"color": "black"},
    "variants": [],
    "categories": [{"code": "machines", "label": "Maschinen", "path": ["root", "machines"]}],
    "identifiers": {"gtin": "9521234567899", "mpn": "TS200BK"},
    "facts": {
        "weight": {
            "label": "Gewicht",
            "group": "technical",
            "type": "measurement",
            "value": {"amount": "4.2", "unit": "kg", "unit_code": "KGM"},
            "text": "4,2 kg",
            "position": 3,
            "role": "",
        }
    },
    "statements": [
        {"slot": "description", "language": "de", "html": "<p>Heizt schnell.</p>", "text": "Heizt schnell."}
    ],
    "assets": [
        {
            "role": "main",
            "kind": "image",
            "url": f"/assets/{_DIGEST}/large.jpg",
            "alt": "TS 200 von vorn",
            "media_type": "image/jpeg",
            "width": 1600,
            "height": 1600,
            "digest": _DIGEST,
        }
    ],
    "associations": [{"type": "accessory", "sku": "TS-TAMPER", "quantity": 1}],
    "prices": [{"amount": "499.00", "currency": "EUR"}],
    "tables": {},
}
_ADDRESS = "https://pim.example.com/api/v1/channels/shop-de"


def _example(name: str, value: Any, media_type: str = "application/json", status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, media_type=media_type, status_codes=[str(status)])


UNKNOWN_PARAMETER = _example(
    "Unknown parameter",
    {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Not understood: “langauge”. See “errors”.",
        "errors": [
            {
                "field": "langauge",
                "detail": (
                    "There is no such parameter here. "
                    "There are: language, filter, fields, updated, limit, cursor, release."
                ),
            }
        ],
    },
    "application/problem+json",
    400,
)
DOCUMENTS = [
    _example(
        "First page",
        {
            "channel": "shop-de",
            "language": "de",
            "release": 7,
            "next": f"{_ADDRESS}/documents/?cursor=WzEsNywi...&limit=1",
            "changes": "WzEsImRlIiw3...",
            "documents": [{"digest": _DIGEST, "document": DOCUMENT_BODY}],
        },
    ),
    _example(
        "A line",
        {"sku": "TS-200-BK", "digest": _DIGEST, "document": DOCUMENT_BODY},
        "application/x-ndjson",
    ),
    UNKNOWN_PARAMETER,
]
DOCUMENT = [
    _example("A variant", {"channel": "shop-de", "language": "de", "digest": _DIGEST, "document": DOCUMENT_BODY}),
]
CHANGES = [
    _example(
        "One document differs, and one is gone",
        {
            "channel": "shop-de",
            "language": "de",
            "since": 5,
            "release": 7,
            "cursor": "WzEsImRlIiw3...",
            "more": False,
            "changes": [
                {
                    "type": "upsert",
                    "sku": "TS-200-BK",
                    "release": 7,
                    "digest": _DIGEST,
                    "document": DOCUMENT_BODY,
                },
                {"type": "delete", "sku": "TS-100", "release": 6},
            ],
        },
    ),
    _example(
        "Too old",
        {
            "type": "about:blank",
            "title": "Gone",
            "status": 410,
            "detail": (
                "The release this cursor goes on from is kept no more, or the database was restored from a backup. "
                "Read all documents again, and go on from the “changes” that come with them."
            ),
        },
        "application/problem+json",
        410,
    ),
]
RELEASES = [
    _example(
        "Two releases",
        {
            "channel": "shop-de",
            "next": f"{_ADDRESS}/releases/?before=6&limit=2",
            "releases": [
                {
                    "number": 7,
                    "released_at": "2026-11-22T08:30:00.120000+00:00",
                    "documents": 120,
                    "added": 2,
                    "changed": 5,
                    "removed": 0,
                    "problems": {"incomplete": 3},
                    "restores": None,
                    "pruned": False,
                },
                {
                    "number": 6,
                    "released_at": "2026-11-21T08:30:00.470000+00:00",
                    "documents": 118,
                    "added": 118,
                    "changed": 0,
                    "removed": 0,
                    "problems": {},
                    "restores": None,
                    "pruned": False,
                },
            ],
        },
    )
]
