"""Machine translation: codes survive or nothing is written, and what it writes is never approved by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.models import Fragment
from catalog.operations.fragments import write_fragment
from catalog.operations.reviewing import approve
from catalog.operations.translating.machine import provider, translate_by_machine
from catalog.operations.translating.selecting import Selection
from catalog.operations.translations import states
from catalog.translating.machine import DeepL, MachineError, Provider, Stub
from tests import factories as make

JOB = Actor("machine", "job")
BODY = "<p>Press <strong>start</strong> of {{ product:name }}.</p>"


@pytest.fixture
def fragment(db: None) -> Fragment:
    return make.make_fragment("start", {"en": BODY})


def body(fragment: Fragment, language: str = "it") -> str:
    fragment.refresh_from_db()
    return str(getattr(fragment, f"body_{language}") or "")


def test_what_a_machine_wrote_is_marked_and_not_approved(fragment: Fragment) -> None:
    assert translate_by_machine(JOB, Selection("it"), Stub()).translated == 1
    assert body(fragment) == "<p>[it] Press <strong>start</strong> of {{ product:name }}.</p>"
    assert states(fragment)["it"].state == "machine"
    with pytest.raises(ValidationError, match="a person has to read"):
        approve(JOB, fragment)
    assert translate_by_machine(JOB, Selection("it"), Stub()).translated == 0


def test_a_person_who_edits_it_makes_it_a_translation(fragment: Fragment) -> None:
    translate_by_machine(JOB, Selection("it"), Stub())
    write_fragment(make.ACTOR, fragment, title={}, body={"it": "<p>Premere.</p>"})
    assert states(fragment)["it"].state == "translated"


class Odd(Provider):
    name = "odd"

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    def translate(self, texts: Sequence[str], source: str, target: str, glossary: Mapping[str, str]) -> list[str]:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer] * len(texts) if isinstance(self.answer, str) else self.answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Premere.", "is lost"),
        ('<g id="1">a</g> <x id="2"/> <x id="2"/>', "more than once"),
        ('<g id="1">a <x id="2"/>', "not closed"),
        ("<g id='9'>a</g>", "closes what is not open"),
        ("x" * 200_000 + '<g id="1">a</g> <x id="2"/>', "too"),
        ('<g id="1">\x00</g> <x id="2"/>', "cannot be used"),
        ([], "another number of texts"),
        (MachineError("No.", permanent=True), "No."),
    ],
)
def test_what_cannot_be_taken_is_named_and_not_written(fragment: Fragment, answer: Any, reason: str) -> None:
    made = translate_by_machine(JOB, Selection("it"), Odd(answer))
    assert (made.translated, body(fragment), states(fragment)) == (0, "", {})
    assert made.skipped[0][0] == "fragment start"
    assert reason in made.skipped[0][1]


@pytest.mark.parametrize(("permanent", "asked"), [(True, 1), (False, 3)])
def test_a_service_that_fails_is_left_alone(db: None, permanent: bool, asked: int) -> None:
    for _ in range(6):
        make.make_fragment()
    machine = Odd(MachineError("Down.", permanent=permanent))
    translate_by_machine(JOB, Selection("it"), machine)
    assert machine.asked == asked


def test_without_a_setting_there_is_no_machine(settings: Any) -> None:
    settings.PIM_MACHINE_TRANSLATION = ""
    with pytest.raises(ValidationError, match="PIM_MACHINE_TRANSLATION"):
        provider()
    settings.PIM_MACHINE_TRANSLATION = "deepl"
    assert isinstance(provider(), DeepL)


# --- DeepL, as a server on this machine plays it ----------------------------------------------------------------------
class Service(BaseHTTPRequestHandler):
    answer: Any = None
    status = 200
    asked: list[tuple[Any, Any]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Service.asked.append((self.headers["Authorization"], body))
        texts = [{"text": text.replace("Press", "Premere").replace("/>", "></x>")} for text in body["text"]]
        content = Service.answer if Service.answer is not None else json.dumps({"translations": texts}).encode()
        self.send_response(Service.status)
        if Service.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    Service.answer, Service.status, Service.asked = None, 200, []
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_deepl_is_asked_with_tags_it_keeps(service: str, fragment: Fragment) -> None:
    made = translate_by_machine(JOB, Selection("it"), DeepL("key", service))
    assert made.skipped == ()
    assert body(fragment) == "<p>Premere <strong>start</strong> of {{ product:name }}.</p>"
    ((key, asked),) = Service.asked
    assert key == "DeepL-Auth-Key key"
    assert asked["text"] == ['Press <g id="1">start</g> of <x id="2"/>.']
    assert (asked["source_lang"], asked["target_lang"], asked["tag_handling"]) == ("EN", "IT", "xml")


@pytest.mark.parametrize(
    ("status", "answer", "permanent", "reason"),
    [
        (403, b"", True, "PIM_DEEPL_KEY"),
        (456, b"", True, "quota"),
        (429, b"", False, "429"),
        (503, b"", False, "503"),
        (302, b"", True, "302"),
        (200, b"not json", False, "no JSON"),
        (200, b"{}", False, "another number"),
        (200, b'{"translations": [{"text": 5}]}', False, "another number"),
        (200, b"x" * (5 * 1024 * 1024 + 1), True, "too long"),
    ],
)
def test_deepls_troubles_say_whether_they_pass(
    service: str, status: int, answer: bytes, permanent: bool, reason: str
) -> None:
    Service.status, Service.answer = status, answer
    with pytest.raises(MachineError, match=reason) as failed:
        DeepL("secret-key", service).translate(["a"], "en", "it", {})
    assert failed.value.permanent == permanent
    assert "secret-key" not in str(failed.value)


def test_who_cannot_be_reached_may_be_later() -> None:
    with pytest.raises(MachineError, match="cannot be reached") as failed:
        DeepL("key", "http://127.0.0.1:9", timeout=1).translate(["a"], "en", "it", {})
    assert not failed.value.permanent
