"""Bodies are stored within the transaction around them."""

from __future__ import annotations

import pytest
from django.db import transaction

from exports.models import DocumentBody
from exports.releasing import storing


@pytest.mark.django_db(transaction=True)
def test_bodies_are_taken_back_also_where_they_are_the_first_that_a_transaction_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PostgreSQL's driver knows nothing of Django's transactions."""
    monkeypatch.setattr(storing, "_known_bodies", lambda digests: set())
    for _ in range(2):  # what the driver looks up once per process is a statement, too
        with transaction.atomic():
            storing.store_bodies({"a": b"one"})
            transaction.set_rollback(True)
    assert not DocumentBody.objects.exists()
