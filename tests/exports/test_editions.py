"""An edition is one artefact of an output, made from one release."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.actors import Actor
from catalog.models import Asset, AttributeGroup, Product
from catalog.operations.products import set_facts
from exports.documents import Document, DocumentAsset, digest_of, to_bytes
from exports.editions import BuildFailed, Library, build, code_digest, path_of
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work
from exports.formats.options import Code
from exports.formats.registry import FORMATS, format_called
from exports.formats.registry import build as build_registry
from exports.models import Edition, Output
from exports.querysets import documents_at, latest_edition, output_called, responsible_for
from exports.releasing.committing import release
from tests.factories import ACTOR, make_asset, make_attribute, make_channel, make_family, make_product, make_slot, png

ME = Actor(name="ada", path="command")

pytestmark = pytest.mark.django_db


class Choosy(Format):
    """A format that cannot take every document, and stops at one."""

    code = "choosy"
    label = "Choosy"
    extension = "txt"
    media_type = "text/plain"
    options: ClassVar = {"stop_at": Code(label="Stops", help="The SKU at which it gives up.")}

    def check(self, document: Document, work: Work) -> list[Problem]:
        if document.sku == "B":
            return [Problem("B", "No B here.")]
        return [Problem(document.sku, "Hm.", fatal=False)]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        for document in documents:
            if document.sku == work.options.get("stop_at"):
                raise ExportError(f"{document.sku} is too much.")
            out.write(f"{document.sku}\n".encode())


@pytest.fixture
def choosy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "choosy", Choosy())


def make_output(format: str = "json", skus: str = "ABC", **fields: Any) -> Output:
    """An output of a channel that has been released."""
    name = make_attribute("text", "name", localizable=True)
    family = make_family("fam", [name], label_attribute=name)
    for sku in skus:
        make_product(sku, family, {"name": {"en": f"Thing {sku}"}})
    channel = make_channel("shop", ["en"])
    release(ACTOR, channel)
    return Output.objects.create(code="feed", channel=channel, language="en", format=format, **fields)


def files(settings: Settings) -> list[str]:
    root = Path(settings.EDITIONS_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def failure(output: Output) -> str:
    with pytest.raises(BuildFailed) as failed:
        build(ME, output)
    return str(failed.value)


# --- Building ---------------------------------------------------------------------------------------------------------


def test_an_edition_is_a_file_and_its_row(settings: Settings) -> None:
    output = make_output()
    built = build(ME, output)
    content = built.path.read_bytes()
    digest = blake2b(content, digest_size=32).hexdigest()
    edition = Edition.objects.get()
    assert (built.edition, built.new, path_of(edition), latest_edition(output)) == (edition, True, built.path, edition)
    assert files(settings) == [edition.file] == [f"feed/feed-1-{digest[:12]}.json"]
    assert (edition.digest, edition.size, edition.documents, edition.warnings, edition.created_by) == (
        digest,
        len(content),
        3,
        [],
        "ada",
    )
    assert edition.release.number == 1
    assert built.path.stat().st_mode & 0o777 == 0o644


def test_the_json_format_writes_the_documents_as_they_are() -> None:
    output = make_output()
    content = build(ME, output).path.read_bytes()
    documents = [to_bytes(document) for document in documents_at(output.channel.releases.get(), "en")]
    written = orjson.loads(content)
    assert [(row["digest"], row["document"]) for row in written.pop("documents")] == [
        (digest_of(body), orjson.loads(body)) for body in documents
    ]
    assert {name: written[name] for name in ("channel", "language", "release")} == {
        "channel": "shop",
        "language": "en",
        "release": 1,
    }
    assert all(body in content for body in documents)


def test_the_same_recipe_is_not_made_twice() -> None:
    output = make_output()
    first = build(ME, output)
    again = build(ME, output)
    assert (again.edition, again.path, again.new) == (first.edition, first.path, False)
    assert Edition.objects.count() == 1


def test_a_file_that_is_gone_is_made_again() -> None:
    output = make_output()
    first = build(ME, output)
    content = first.path.read_bytes()
    first.path.unlink()
    again = build(ME, output)
    assert (again.new, again.path, again.path.read_bytes()) == (True, first.path, content)


@pytest.mark.parametrize("change", ["release", "option", "site", "language"])
def test_whatever_determines_the_file_makes_a_new_edition(settings: Settings, choosy: None, change: str) -> None:
    output = make_output("choosy")
    build(ME, output)
    if change == "release":
        set_facts(ACTOR, Product.objects.get(sku="A"), {"name": {"en": "Other"}})
        release(ACTOR, output.channel)
    elif change == "option":
        output.options = {"stop_at": "nowhere"}
    elif change == "site":
        settings.SITE_URL = "https://other.example"
    else:
        output.channel.languages.create(language="de")
        release(ACTOR, output.channel)
        output.language = "de"
    assert build(ME, output).new is True
    assert Edition.objects.count() == 2


def test_the_recipe_knows_the_code_and_the_templates(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    for name in ("exports/a.py", "templates/exports/a.html", "exports/a.pyc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    digests = [code_digest()]
    for name in ("exports/a.pyc", "exports/a.py", "templates/exports/a.html"):
        (tmp_path / name).write_text("2")
        digests.append(code_digest())
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_what_a_format_cannot_take_is_left_out_and_told(choosy: None) -> None:
    built = build(ME, make_output("choosy"))
    assert built.path.read_bytes() == b"A\nC\n"
    assert (built.edition.documents, built.edition.warnings) == (
        2,
        [
            {"sku": "A", "message": "Hm.", "left_out": False},
            {"sku": "B", "message": "No B here.", "left_out": True},
            {"sku": "C", "message": "Hm.", "left_out": False},
        ],
    )


def test_what_is_to_be_mended_is_named_with_who_looks_after_it() -> None:
    output = make_output("google", skus="A", options={"fields": {"mpn": "fact:Drawing", "color": "fact:tint"}})
    group = AttributeGroup.objects.create(code="technical", label="Technical", responsible="Technical office")
    make_attribute("text", "drawing", group=group)
    make_slot("description", responsible="Marketing")
    warnings = {row["message"].partition(" ")[0]: row for row in build(ME, output).edition.warnings}
    assert warnings["description"]["left_out"]
    assert warnings["description"]["about"] == "slot:description"
    assert warnings["description"]["responsible"] == "Marketing"
    assert "responsible" not in warnings["image_link"]
    with CaptureQueriesContext(connection) as queries:
        assert responsible_for(["fact:Drawing", "fact:tint", "slot:none", "price"]) == {
            "fact:Drawing": "Technical office"
        }
    assert len(queries) == 2


# --- Failing ----------------------------------------------------------------------------------------------------------


def test_an_error_leaves_no_file_and_no_row(settings: Settings, choosy: None) -> None:
    output = make_output("choosy", options={"stop_at": "C"})
    assert failure(output) == "Output “feed”: C is too much."
    assert (files(settings), Edition.objects.count()) == ([], 0)


def test_a_row_that_cannot_be_written_leaves_no_file(settings: Settings) -> None:
    output = make_output()
    nobody = Actor(name=None, path="command")  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        build(nobody, output)
    assert (files(settings), Edition.objects.count()) == ([], 0)


def test_an_edition_that_fails_leaves_the_one_before(choosy: None) -> None:
    output = make_output("choosy")
    built = build(ME, output)
    output.options = {"stop_at": "A"}
    failure(output)
    assert (latest_edition(output), built.path.read_bytes()) == (built.edition, b"A\nC\n")


def test_what_killed_processes_left_goes_after_a_day(settings: Settings) -> None:
    folder = Path(settings.EDITIONS_ROOT) / "feed"
    folder.mkdir(parents=True)
    for name, hours in (("old.part", 25), ("running.part", 1), ("old.json", 25)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - hours * 3600,) * 2)
    built = build(ME, make_output())
    assert files(settings) == sorted([built.edition.file, "feed/old.json", "feed/running.part"])


def test_an_option_the_format_does_not_have_is_told(choosy: None) -> None:
    output = make_output("choosy", options={"size": 1, "stop_at": "C"})
    assert failure(output) == "Output “feed”: Format “choosy” has stop_at, not “size”."
    output.format = "json"
    assert failure(output) == "Output “feed”: Format “json” has no options, not “size”."


def test_a_format_that_is_not_there_is_told() -> None:
    message = failure(make_output("docx"))
    assert message == f"Output “feed”: No format is called “docx”; there are {', '.join(FORMATS)}."


def test_a_channel_without_a_release_is_told() -> None:
    output = Output.objects.create(code="feed", channel=make_channel("shop"), language="en", format="json")
    assert failure(output) == "Output “feed”: channel “shop” has no release yet; run: manage.py release shop"


def test_a_language_the_channel_does_not_have_is_told() -> None:
    output = make_output()
    output.language = "fr"
    assert failure(output) == "Output “feed”: release 1 has no language “fr”."


def test_an_output_is_called_by_its_code_in_whatever_case() -> None:
    output = make_output()
    assert output_called("FEED") == output
    with pytest.raises(Output.DoesNotExist):
        output_called("other")


# --- Pictures ---------------------------------------------------------------------------------------------------------


def shown(asset: Asset) -> DocumentAsset:
    return DocumentAsset("main", "image", "", "", "image/png", asset.width, asset.height, asset.digest)


def test_formats_get_pictures_as_renditions() -> None:
    asset = make_asset("a", png(1000, 500))
    assert Library().picture(shown(asset), 300).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("gone", ["row", "file"])
def test_a_picture_that_is_gone_is_an_error_of_the_edition(gone: str) -> None:
    asset = make_asset("a")
    asked = shown(asset)
    Path(asset.file.path).unlink()
    if gone == "row":
        asset.delete()
    with pytest.raises(ExportError) as failed:
        Library().picture(asked, 300)
    expected = {
        "row": (f"The file {asked.digest[:12]}… is not in the asset library any more.", True),
        "file": (f"The picture “a” cannot be read: [Errno 2] No such file or directory: '{asset.file.path}'.", False),
    }
    assert (str(failed.value), failed.value.permanent) == expected[gone]


# --- The registry -----------------------------------------------------------------------------------------------------


def test_formats_are_registered_once_each() -> None:
    assert format_called("json").code == "json"
    with pytest.raises(ValueError, match=r"Two formats are called “choosy”: Choosy and Choosy. Give one another code."):
        build_registry([Choosy, Choosy])
    with pytest.raises(TypeError, match=r"int must be a subclass of Format to be an output format."):
        build_registry([int])  # type: ignore[list-item]


def test_another_machine_fetches_an_edition_from_the_bucket(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "bucket": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    output = make_output()
    built = build(ME, output)
    content = built.path.read_bytes()
    shutil.rmtree(settings.EDITIONS_ROOT)
    assert path_of(built.edition).read_bytes() == content
    shutil.rmtree(settings.EDITIONS_ROOT)
    assert not build(ME, output).new


def catalog_of(**options: Any) -> Output:
    weight = make_attribute("number", "weight")
    family = make_family("parts", [weight])
    channel = make_channel("print", ["en"])
    for number in range(3):
        make_product(f"P-{number}", family, {"weight": str(number)})
    release(ACTOR, channel)
    return Output.objects.create(code="parts", channel=channel, language="en", format="catalog", options=options)


def test_a_catalog_is_filtered_by_what_its_release_says() -> None:
    output = catalog_of(filter="weight > 1")
    for product in Product.objects.all():
        set_facts(ACTOR, product, {"weight": {"": "0"}})
    edition = build(ME, output).edition
    assert edition.page_map.pages.keys() == {"P-2"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filter": "wieght > 1"}, "The option “filter” cannot be asked of this release. At character 1: there is no"),
        ({"filter": "weight > 9"}, "The option “filter” leaves no product of this release."),
        ({"logo": "ours"}, "There is no picture “ours” in the asset library."),
    ],
)
def test_what_a_catalog_is_told_and_there_is_not_is_named(options: dict[str, str], message: str) -> None:
    with pytest.raises(BuildFailed) as caught:
        build(ME, catalog_of(**options))
    assert message in str(caught.value)


def test_a_logo_is_a_picture_of_the_library() -> None:
    output = catalog_of(logo="ours", skus="P-0")
    make_asset("ours", png())
    assert build(ME, output).path.read_bytes().count(b"/Subtype /Image") == 1
