"""DeepL API, version 2 (developers.deepl.com/docs/api-reference/translate)."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from catalog.translating.machine.base import MachineError, Provider

TIMEOUT = 30
# An answer is about as long as the question; nothing longer is read.
MAX_ANSWER = 5 * 1024 * 1024
# Too many requests, and the service's own troubles, pass; 456 is a used-up quota, which does not by itself.
_PASSING = frozenset([408, 429, 500, 502, 503, 504, 529])
_REASONS = {
    401: "the key is not accepted; check PIM_DEEPL_KEY",
    403: "the key is not accepted; check PIM_DEEPL_KEY",
    413: "the request is too large",
    456: "the quota of the account is used up",
}
# Languages that DeepL wants with a region when it writes them.
_TARGETS = {"en": "EN-GB", "pt": "PT-PT"}
_CLOSED = re.compile(r'<x id="(\d+)"\s*>\s*</x>|<x id="(\d+)"\s*/>')


class _NoRedirect(HTTPRedirectHandler):
    """A key is sent to the address that was set, and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class DeepL(Provider):
    """Codes are tags of XML for it, which it carries along."""

    name: ClassVar[str] = "deepl"
    batch: ClassVar[int] = 50

    def __init__(self, key: str, url: str = "https://api-free.deepl.com", timeout: float = TIMEOUT) -> None:
        self.key, self.url, self.timeout = key, url.rstrip("/"), timeout
        self._opener = build_opener(_NoRedirect)

    def translate(self, texts: Sequence[str], source: str, target: str, glossary: Mapping[str, str]) -> list[str]:
        body = {
            "text": list(texts),
            "source_lang": source.split("-")[0].upper(),
            "target_lang": _TARGETS.get(target, target.upper()),
            "tag_handling": "xml",
            "outline_detection": False,
            "preserve_formatting": True,
            "split_sentences": "nonewlines",
        }
        if glossary:
            body["context"] = "; ".join(f"{word} = {other}" for word, other in glossary.items())[:2_000]
        answer = self._ask(body)
        rows = answer.get("translations") if isinstance(answer, dict) else None
        found = [row.get("text") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        if len(found) != len(texts) or not all(isinstance(text, str) for text in found):
            raise MachineError("DeepL answered with another number of texts than were asked.", permanent=False)
        return [_CLOSED.sub(lambda each: f'<x id="{each[1] or each[2]}"/>', str(text)) for text in found]

    def _ask(self, body: Mapping[str, Any]) -> Any:
        request = Request(  # noqa: S310  # the address is a setting, https but on a development machine
            f"{self.url}/v2/translate",
            json.dumps(body).encode(),
            {"Authorization": f"DeepL-Auth-Key {self.key}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                content = answer.read(MAX_ANSWER + 1)
        except HTTPError as error:
            error.close()
            reason = _REASONS.get(error.code, f"it answered {error.code}")
            raise MachineError(f"DeepL did not translate: {reason}.", permanent=error.code not in _PASSING) from None
        except (URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
            raise MachineError(f"DeepL cannot be reached: {type(error).__name__}.", permanent=False) from None
        if len(content) > MAX_ANSWER:
            raise MachineError("DeepL's answer is too long to be a translation.", permanent=True)
        try:
            return json.loads(content)
        except ValueError:
            raise MachineError("DeepL's answer is no JSON.", permanent=False) from None
