"""What the examples of the API's description need to be there."""

from __future__ import annotations

import pytest

from tests import factories
from tests.sharing import Made


def make_shop() -> None:
    """A family of espresso machines, a channel, a category, a slot, a tag and a fragment."""
    technical = factories.make_group("technical")
    attributes = [
        factories.make_attribute("text", "name", group=technical, localizable=True),
        factories.make_attribute(
            "measurement", "weight", group=technical, settings={"unit_family": "mass"}, per_channel=True
        ),
    ]
    factories.make_family("espresso", attributes, label_attribute=attributes[0])
    factories.make_channel("print", ["en", "de"])
    factories.make_category("machines")
    factories.make_slot("headline")
    factories.make_tag("topic", "care")
    factories.make_fragment("warranty")


@pytest.fixture
def shop(made_shop: Made[None], db: None) -> None:
    """`made_shop` is that of tests/catalog/api/conftest.py."""
    made_shop.again()
