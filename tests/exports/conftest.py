"""What the tests of everything fetched share."""

from __future__ import annotations

from tests.exports.world import make_world
from tests.sharing import once

made_world = once(make_world)
