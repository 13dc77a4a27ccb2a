"""Signatures of webhooks, after Standard Webhooks 1.0 (https://www.standardwebhooks.com/, “Signature scheme”).

What is signed is `{webhook-id}.{webhook-timestamp}.{body}`, by HMAC-SHA256 with the secret's bytes. A secret is written
`whsec_` and the bytes in base64; the header `webhook-signature` has a `v1,` and a signature in base64 for each secret,
separated by spaces, so that a secret can be exchanged while both are known.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "whsec_"
_BYTES = 32  # the standard asks for 24 to 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secrets_: Sequence[str], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at `timestamp` (Unix seconds), signed with every secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message, timestamp, body) for secret in secrets_),
    }


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, b"%b.%d.%b" % (message.encode(), timestamp, body), sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
