"""What the tests of the admin share: addresses, and forms filled in as a browser would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

ADMIN = [pytest.mark.django_db]


class Browser(Client):
    """A browser of the admin, whose theme reads many variables that are not always there, and means to.

    So they are empty here, as they are in earnest, and no error as in the tests of our own pages. The marker
    `ignore_template_errors` would not do: it writes its complaint into the page, and takes seconds to find the place.
    """

    def request(self, **request: Any) -> Any:
        engine = engines["django"].engine  # type: ignore[attr-defined]
        before, engine.string_if_invalid = engine.string_if_invalid, ""
        try:
            return super().request(**request)
        finally:
            engine.string_if_invalid = before


def browser(name: str = "anna", *permissions: str) -> Browser:
    """A browser with somebody logged in: a superuser, or with permissions named (`view_product`) just those."""
    if permissions:
        user = User.objects.create_user(name, password="secret", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    else:
        user = User.objects.create_superuser(name, password="secret")
    client = Browser()
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
