"""A filter as an option. Apart from the others, since the processes of the press load those, and know no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exports.formats.options import Text, Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Text):
    """A filter of products, see docs/filters.md. Whether a release has the facts it names is told when it is asked."""

    limit: int = 1_000

    def read(self, said: Any) -> str:
        from catalog.filters import FilterError, parse  # knows the database, which is not there when formats are read

        text = Text.read(self, said).strip()
        try:
            parse(text)
        except FilterError as error:
            raise Wrong(f"a filter. {error}".removesuffix(".")) from None
        return text
