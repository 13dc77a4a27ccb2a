"""What the tests of the admin share: addresses, and forms filled in as a browser would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

# The theme's templates read many variables that are not always there, and mean to. Ours are few, and are looked at by
# the assertions on what the pages say.
ADMIN = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def browser(name: str = "anna", *permissions: str) -> Client:
    """A browser with somebody logged in: a superuser, or with permissions named (`view_product`) just those."""
    if permissions:
        user = User.objects.create_user(name, password="secret", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    else:
        user = User.objects.create_superuser(name, password="secret")
    client = Client()
    client.force_login(user)
    return client


def address(instance: Model | type[Model], page: str = "change") -> str:
    """An object's form, or with "changelist" or "add" its model's page."""
    meta = instance._meta
    args = [instance.pk] if isinstance(instance, Model) else []
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def filled(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send if the form of a page were saved as it stands."""
    page = html.fromstring(client.get(url).content.decode())
    form = page.xpath("//form[@id and contains(@id, '_form')]")[0]
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        if "__prefix__" not in name:
            data.setdefault(name, []).append(value)
    return data


def messages_of(response: Any) -> str:
    """The words of a page, without markup."""
    return " ".join(" ".join(html.fromstring(response.content.decode()).itertext()).split())


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
