"""A real Chromium, somebody logged in, and what went wrong on the pages it showed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"There is no browser here: none of {', '.join(NAMES)} is on the path.")
    # Playwright keeps an event loop in this thread, where Django then refuses every query, though none of ours is
    # asynchronous. The variable is for this browser's time only.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page, where it is, and what must not happen on it: errors in the console and requests to other hosts."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def watch(self) -> None:
        own = (self.base, "data:", "blob:")
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda asked: None if asked.url.startswith(own) else self.faults.append(asked.url))


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """Somebody who may do everything, already logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("anna"))
    found = chromium.new_context(viewport={"width": 1440, "height": 900})
    found.set_default_timeout(10_000)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    found.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    yield found
    found.close()


@pytest.fixture
def visit(context: BrowserContext, live_server: LiveServer) -> Visit:
    found = Visit(context.new_page(), live_server.url)
    found.watch()
    return found
