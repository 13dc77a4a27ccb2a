"""Our files in the hands of another library: translate-toolkit, run as the separate tool it is.

Set XLIFF_TOOL_PYTHON to a Python that has it (`pip install -r .ci/xliff.lock` in an environment of its own); .ci/run
does so, and there it must not be missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.models import Fragment, TranslationJob
from catalog.operations.translating.jobs import create_job, export_job
from catalog.operations.translating.returning import import_job
from catalog.operations.translating.selecting import Selection
from catalog.operations.translations import states
from tests import factories as make
from tests.catalog import xliff_files as files

PYTHON = os.environ.get("XLIFF_TOOL_PYTHON", sys.executable)
TOOL = Path(__file__).with_name("xliff_tool.py")
BODY = (
    "<p>Press <strong>start</strong> of {{ product:name }}.<br>It weighs {{ fact:weight }}.</p>"
    '<ul><li>Hot &amp; steamy &lt;90 °C.</li><li>See <a href="https://tessera.example/?a=1&amp;b=2">here</a></li></ul>'
)


@pytest.fixture(scope="module")
def tool() -> None:
    found = subprocess.run([PYTHON, "-c", "import translate.storage.xliff2"], capture_output=True, check=False)
    if found.returncode and "XLIFF_TOOL_PYTHON" in os.environ:
        pytest.fail(found.stderr.decode())
    if found.returncode:
        pytest.skip("translate-toolkit is not there; see the top of this file")


@pytest.mark.xliff_tool
@pytest.mark.django_db
@pytest.mark.parametrize(("version", "language"), [("2.1", "it"), ("1.2", "it"), ("2.1", "de"), ("1.2", "de")])
def test_a_job_edited_with_another_library_comes_back(tool: None, tmp_path: Path, version: str, language: str) -> None:
    make.make_attribute("text", "weight")
    fragment = make.make_fragment("start", {"en": BODY}, title={"en": "Starting"})
    make.make_asset("front", alt_en="A cup")
    job = create_job(make.ACTOR, TranslationJob(), Selection(language))
    path = tmp_path / "job.xlf"
    path.write_bytes(export_job(make.ACTOR, job, version))
    subprocess.run([PYTHON, str(TOOL), str(path), "> "], check=True)
    report = import_job(make.ACTOR, job, path.read_bytes())
    assert report.lines == []
    assert report.counts["taken"] == 3
    fragment = Fragment.objects.get(pk=fragment.pk)
    assert getattr(fragment, f"body_{language}") == files.prefixed(BODY, "&gt; ")
    assert states(fragment)[language].state == "translated"
