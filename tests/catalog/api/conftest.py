"""What the tests of the authoring API share."""

from __future__ import annotations

from tests.catalog.api.world import make_shop
from tests.sharing import once

made_shop = once(make_shop)
