"""Writing a fragment in a browser: references put in by typing, what is amiss beside the text, how it reads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Fragment
from catalog.models.base import texts_of
from catalog.operations.fragments import place
from catalog.richtext import clean_html
from tests import factories as make
from tests.admin_pages import address
from tests.browser.conftest import Visit
from tests.factories import ACTOR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture
def editor(visit: Visit) -> Page:
    """The form of a fragment with every kind of markup there is, in English."""
    weight = make.make_attribute("measurement", "weight", {"en": "Weight"}, settings={"unit_family": "mass"})
    family = make.make_family("lamps", [weight])
    make.make_product("L-1", family, {"weight": {"amount": "4.5", "unit": "kg"}})
    make.make_asset("front", make.png(40, 20), alt_en="From the front")
    fragment = make.make_fragment("note", EVERYTHING)
    page = visit.open(address(fragment))
    page.locator("[data-choose-language=en]").click()
    expect(page.locator(".prose-editor:has(textarea[name=body_en]) .ProseMirror[contenteditable]")).to_be_visible()
    return page


EVERYTHING = (
    "<h3>One</h3><h4>Two</h4><p><strong>a</strong><em>b</em><u>c</u><sub>d</sub><sup>e</sup> "
    '<a href="https://a.example/">f</a> <img src="asset:front" alt="g"><br>h {{ fact:weight unit=g }}</p>'
    "<ul><li><p>i</p></li></ul><ol><li><p>j</p></li></ol><blockquote><p>k</p></blockquote>"
    '<table><tbody><tr><th><p>l</p></th><th><p>m</p></th></tr><tr><td colspan="2"><p>n</p></td></tr></tbody></table>'
)


def written(page: Page) -> str:
    return str(page.locator("textarea[name=body_en]").input_value())


def test_the_editor_keeps_what_cleaning_keeps_and_the_other_way_round(editor: Page) -> None:
    text = editor.locator(".prose-editor:has(textarea[name=body_en]) .ProseMirror[contenteditable]")
    text.click()
    editor.keyboard.press("Control+End")
    editor.keyboard.type("!")
    editor.keyboard.press("Backspace")
    expect(editor.locator("textarea[name=body_en]")).not_to_have_value("")
    kept = clean_html(written(editor))
    assert kept.removesuffix("<p></p>") == clean_html(EVERYTHING)


def test_a_reference_is_found_by_typing_and_put_in(editor: Page) -> None:
    text = editor.locator(".prose-editor:has(textarea[name=body_en]) .ProseMirror[contenteditable]")
    text.locator("h3").click()
    box = editor.get_by_label("Find by code or name")
    box.fill("weigh")
    box.press("Enter")
    expect(text.locator("h3")).to_contain_text("{{ fact:weight }}")
    editor.get_by_label("What to refer to").select_option("asset")
    box.fill("front")
    box.press("Enter")
    expect(text.locator("h3 .t-asset")).to_have_text("front")
    assert '<img src="asset:front" alt="">' in clean_html(written(editor))
    text.locator("h3 .t-asset").dblclick()
    editor.get_by_label("Alternative text").fill("In front")
    editor.get_by_role("button", name="Update").click()
    expect(text.locator("h3 .t-asset")).to_have_text("front: In front")


def test_what_is_amiss_and_how_it_reads_is_told_while_somebody_writes(editor: Page) -> None:
    text = editor.locator(".prose-editor:has(textarea[name=body_en]) .ProseMirror[contenteditable]")
    text.locator("h4").click()
    editor.keyboard.press("End")
    editor.keyboard.type(" {{ fact:wieght }}")
    problem = editor.locator(".t-words-problems .t-words-problem")
    expect(problem).to_contain_text("The attribute “wieght” is not there.")
    problem.get_by_role("button", name="Use {{ fact:weight }}").click()
    expect(problem).to_have_count(0)
    editor.get_by_label("Show the text for the product with this SKU").fill("l-1")
    editor.get_by_label("Show the text for the product with this SKU").press("Enter")
    shown = editor.locator(".t-words-preview")
    expect(shown).to_contain_text("4,500 g")
    expect(shown.locator("img")).to_have_attribute("alt", "g")


def test_a_link_pasted_with_a_picture_from_elsewhere_leaves_its_words(editor: Page) -> None:
    text = editor.locator(".prose-editor:has(textarea[name=body_en]) .ProseMirror[contenteditable]")
    text.locator("h4").click()
    editor.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/html", "<p>x<img src='https://a.example/x.png'>"
            + "<a href='https://a.example/y' title='t' class='c' target='_blank'>y</a></p>");
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }"""
    )
    expect(text.locator("a[href='https://a.example/y']")).to_have_count(1)
    assert "x.png" not in written(editor)
    assert "title=" not in written(editor)
    assert texts_of(Fragment.objects.get(), "body")["en"] == clean_html(EVERYTHING)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_placement_shows_the_one_target_it_has_and_fits_its_page(visit: Visit, width: int) -> None:
    fragment = make.make_fragment("note", "<p>Hot.</p>")
    place(ACTOR, fragment, make.make_slot("warning"), make.make_product("L-1", make.make_family("lamps", [])))
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.open(address(fragment))
    row = page.locator("#placements-group tr.form-row").first
    expect(row.locator(".field-product")).to_be_visible()
    for other in ("family", "category", "filter"):
        expect(row.locator(f".field-{other}")).to_be_hidden()
    page.locator("#placements-group .add-row").click()
    added = page.locator("#placements-group tr.form-row:visible").last
    for target in ("product", "family", "category", "filter"):
        expect(added.locator(f".field-{target}")).to_be_visible()
    added.locator(".field-filter input").fill("battery = lithium")
    expect(added.locator(".field-filter")).to_be_visible()
    expect(added.locator(".field-product")).to_be_hidden()
    sideways = "e => e.scrollWidth - e.clientWidth"
    assert visit.overflow() <= 0
    assert page.locator("#placements-group .simplebar-content-wrapper").evaluate(sideways) <= 1
    assert visit.faults == []
