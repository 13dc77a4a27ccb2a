"""What is kept for good is in a folder, and in a bucket behind it where there is one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InMemoryStorage, Storage, storages
from django.core.management import CommandError, call_command

from catalog import files
from catalog.models import Asset
from catalog.operations.assets import store_asset
from catalog.renditions import rendition
from catalog.verifying.derived import files as check_files
from pim import env
from tests import factories as make

ADDRESS = "s3://key:se%2Fcret@s3.example.com/tessera"


@pytest.fixture
def bucket(settings: Any) -> Storage:
    settings.STORAGES = {**settings.STORAGES, "bucket": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    return storages["bucket"]


def stored() -> Asset:
    return store_asset(make.ACTOR, Asset(code="photo"), make.png(20, 10))


@pytest.mark.django_db
def test_a_file_is_in_the_folder_and_in_the_bucket(bucket: Storage) -> None:
    asset = stored()
    with bucket.open(f"media/{asset.file.name}") as there:
        assert there.read() == Path(asset.file.path).read_bytes()


@pytest.mark.django_db
def test_what_was_there_before_the_bucket_goes_into_it_when_it_is_stored_again(settings: Any) -> None:
    asset = stored()
    settings.STORAGES = {**settings.STORAGES, "bucket": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    assert not storages["bucket"].exists(f"media/{asset.file.name}")
    store_asset(make.ACTOR, Asset(code="same"), make.png(20, 10))
    assert storages["bucket"].exists(f"media/{asset.file.name}")


@pytest.mark.django_db
def test_a_machine_that_lacks_a_file_fetches_it(bucket: Storage, settings: Any) -> None:
    asset = stored()
    shutil.rmtree(settings.MEDIA_ROOT)  # as on another machine
    with Asset.objects.get().file.open("rb") as file:
        assert len(file.read()) == asset.size
    shutil.rmtree(settings.MEDIA_ROOT)
    assert rendition(Asset.objects.get(), "small").is_file()
    shutil.rmtree(settings.MEDIA_ROOT)
    assert list(check_files()) == []


@pytest.mark.django_db
def test_what_the_bucket_lacks_as_well_is_gone(bucket: Storage, settings: Any) -> None:
    asset = stored()
    shutil.rmtree(settings.MEDIA_ROOT)
    bucket.delete(f"media/{asset.file.name}")
    with pytest.raises(FileNotFoundError):
        Asset.objects.get().file.open("rb")
    assert [defect.problem for defect in check_files()] == [f"its file {asset.file.name} is gone."]


class Broken(InMemoryStorage):
    """A service with errors of its own."""

    def exists(self, name: str) -> bool:
        raise LookupError("503 slow down")


@pytest.mark.django_db
def test_a_bucket_that_cannot_be_reached_keeps_the_asset_from_being_stored(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "bucket": {"BACKEND": f"{__name__}.Broken"}}
    with pytest.raises(OSError, match="the bucket cannot be reached: 503 slow down"):
        stored()
    assert not Asset.objects.exists()


@pytest.mark.django_db
def test_what_a_machine_has_is_shared_at_once(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    asset = stored()
    rendition(asset, "small")
    edition = settings.EDITIONS_ROOT / "feed/feed-1-abc.json"
    edition.parent.mkdir(parents=True)
    edition.write_bytes(b"{}")
    edition.with_suffix(".part").write_bytes(b"{")
    with pytest.raises(CommandError, match="There is no bucket; set BUCKET_URL"):
        call_command("share_files")
    settings.STORAGES = {**settings.STORAGES, "bucket": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    call_command("share_files")
    assert capsys.readouterr().out == "2 files are in the bucket.\n"
    bucket = storages["bucket"]
    assert bucket.listdir("media") == (["assets"], [])
    assert bucket.listdir("editions/feed") == ([], ["feed-1-abc.json"])
    assert bucket.exists(f"media/{asset.file.name}")


# --- Its address -----------------------------------------------------------------------------------------------------
def test_the_address_of_a_bucket_says_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_URL", f"{ADDRESS}?region=eu-central-1")
    config = env.bucket("BUCKET_URL")
    assert config is not None
    options = config["OPTIONS"]
    assert options["endpoint_url"] == "https://s3.example.com"
    wanted = {"access_key": "key", "secret_key": "se/cret", "bucket_name": "tessera", "region_name": "eu-central-1"}
    assert {name: options[name] for name in wanted} == wanted


def test_the_library_takes_what_the_address_says(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("BUCKET_URL", "s3+http://key:secret@127.0.0.1:9000/tessera")
    settings.STORAGES = {**settings.STORAGES, "bucket": env.bucket("BUCKET_URL")}
    storage: Any = files.bucket()
    assert storage.url("media/a.png").startswith("http://127.0.0.1:9000/tessera/media/a.png?")


@pytest.mark.parametrize(
    "value",
    [
        "tessera",
        "https://key:secret@s3.example.com/tessera",
        "s3://s3.example.com/tessera",
        "s3://key:secret@s3.example.com",
        "s3://key:secret@s3.example.com/tessera/inner",
        f"{ADDRESS}?acl=public",
        f"{ADDRESS}?region",
    ],
)
def test_a_wrong_address_is_refused_without_telling_the_secret(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BUCKET_URL", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.bucket("BUCKET_URL")
    assert str(refused.value) == (
        "BUCKET_URL cannot be used: expected s3://key:secret@host/bucket?region=name (s3+http:// without TLS)."
    )


def test_without_an_address_there_is_no_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUCKET_URL", raising=False)
    assert env.bucket("BUCKET_URL") is None
    monkeypatch.setenv("BUCKET_URL", "")
    assert env.bucket("BUCKET_URL") is None
