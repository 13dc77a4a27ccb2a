"""What a site says that has nothing yet."""

from __future__ import annotations

import pytest

from tests.exports.test_commands import fault
from tests.exports.test_pages import text
from tests.exports.world import Reader

pytestmark = pytest.mark.django_db


def test_no_channel_at_all_is_said() -> None:
    assert fault("release", "nope") == "There is no channel “nope”. There are none yet."


def test_the_start_page_says_what_to_do() -> None:
    assert "manage.py release CHANNEL" in text(Reader().get("/"))
