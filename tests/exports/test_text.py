from __future__ import annotations

import pytest

from exports.text import cut, one_line


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Drei kurze Worte", 16, "Drei kurze Worte"),
        ("Drei kurze Worte", 15, "Drei kurze…"),
        ("Drei kurze Worte", 11, "Drei kurze…"),
        ("Drei kurze Worte", 10, "Drei…"),
        ("Drei, kurze", 8, "Drei…"),
        ("Donaudampfschiff", 6, "Donau…"),
    ],
)
def test_a_long_text_ends_at_a_word(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short
    assert len(short) <= limit


def test_lines_become_one() -> None:
    assert one_line(" a\n\tb  c ") == "a b c"
