"""Writing the knowledge base: each operation checks, writes all or nothing, and is on record."""

from __future__ import annotations

import datetime
import io
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import pytest
from django.core.exceptions import ValidationError
from mptt.exceptions import InvalidMove
from PIL import Image
from pytest_django import Settings

from catalog.actors import Actor
from catalog.models import Asset, Association, Category, Change, Fragment, Placement, Product, ProductAsset
from catalog.models.base import texts_of
from catalog.operations.assets import ALLOWED, attach, digest_of, store_asset
from catalog.operations.associations import associate
from catalog.operations.fragments import freeze, place, write_fragment
from catalog.operations.products import INHERIT, save_product, set_facts
from catalog.operations.recording import key_of, remove, store
from catalog.operations.reviewing import approve, retire
from catalog.operations.trees import move_category, number_trees, save_category
from catalog.usage import InUse
from tests.factories import (
    make_asset,
    make_association_type,
    make_attribute,
    make_audience,
    make_category,
    make_channel,
    make_family,
    make_market,
    make_product,
    make_slot,
    make_tag,
    png,
)
from tests.threads import at_once, shared_database

ME = Actor(name="ada", path="api")

pytestmark = pytest.mark.django_db


def messages(refused: pytest.ExceptionInfo[ValidationError]) -> Any:
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def touched() -> list[tuple[str, str, str]]:
    """What is on record of me, oldest first."""
    rows = Change.objects.filter(actor="ada", path="api").order_by("id")
    return list(rows.values_list("operation", "kind", "key"))


def stored(product: Product) -> dict[str, Any]:
    values: dict[str, Any] = Product.objects.get(pk=product.pk).values
    return values


# --- Products ---------------------------------------------------------------------------------------------------------


def test_facts_are_checked_normalised_and_put_in() -> None:
    make_channel("Print")
    make_attribute("text", "name", localizable=True, per_channel=True)
    make_attribute("number", "weight")
    product = make_product("P", facts={"weight": "1"})
    set_facts(ME, product, {"NAME": {"de": " Lira ", "en@print": "Lyre"}, "weight": {"": "4.20"}})
    assert stored(product) == {"weight": {"": "4.2"}, "name": {"de": "Lira", "en@Print": "Lyre"}}
    assert product.values == stored(product)
    assert touched() == [("change", "product", "P")]


def test_facts_not_named_stay_also_where_somebody_else_wrote_them_meanwhile() -> None:
    make_attribute("number", "weight")
    make_attribute("number", "height")
    stale = make_product("P", facts={"weight": "1"})
    set_facts(ME, Product.objects.get(pk=stale.pk), {"weight": {"": "2"}})
    set_facts(ME, stale, {"height": {"": "3"}})
    assert stored(stale) == {"weight": {"": "2"}, "height": {"": "3"}}
    stale.values = {}
    save_product(ME, stale, {"height": {"": "4"}})
    assert stored(stale) == {"weight": {"": "2"}, "height": {"": "4"}}


def test_setting_facts_changes_nothing_else() -> None:
    make_attribute("number", "weight")
    stale = make_product("P")
    Product.objects.filter(pk=stale.pk).update(status="disabled")
    set_facts(ME, stale, {"weight": {"": "1"}})
    assert Product.objects.get(pk=stale.pk).status == "disabled"


def test_none_empties_a_fact_and_inherit_takes_the_own_word_away() -> None:
    make_attribute("text", "name", localizable=True)
    product = make_product("P", facts={"name": {"de": "Lira", "en": "Lyre"}})
    set_facts(ME, product, {"name": {"de": None}})
    assert stored(product) == {"name": {"de": None, "en": "Lyre"}}
    set_facts(ME, product, {"name": {"de": INHERIT, "en": INHERIT, "it": INHERIT}})
    assert stored(product) == {}


def test_every_wrong_fact_is_told_by_its_label_and_nothing_is_written() -> None:
    make_attribute("number", "weight", "Weight")
    make_attribute("text", "name", "Name", localizable=True)
    make_attribute("select", "color", "Colour", options=["black"])
    product = make_product("P", facts={"weight": "1"})
    wrong = {
        "weight": {"": "4,2"},
        "name": {"": "Lira", "pt": "Lira", "de": "ok"},
        "color": {"": "green", "@print": "black"},
        "gewicht\ud800": {"": "1"},
    }
    with pytest.raises(ValidationError) as refused:
        set_facts(ME, product, wrong)
    assert messages(refused) == [
        "Weight: “4,2” is no number; write decimals with a point.",
        "Name: this attribute has one value per language; say which language.",
        "Name: there is no language “pt”.",
        "Colour: “green” is no option of “color”.",
        "Colour: this attribute has one value for all channels.",
        "There is no attribute “gewicht�”.",
    ]
    assert stored(product) == {"weight": {"": "1"}}
    assert touched() == []


def test_a_fact_for_a_channel_that_is_not_there_is_refused() -> None:
    make_attribute("text", "name", "Name", per_channel=True)
    with pytest.raises(ValidationError) as refused:
        make_product("P", facts={"name": {"@prnit": "x", "@\x00\ud800": "x"}})
    assert messages(refused) == ["Name: there is no channel “prnit”.", "Name: there is no channel “��”."]


def test_a_link_points_to_what_is_there_and_is_spelt_like_it() -> None:
    make_attribute("asset", "picture", "Picture")
    make_attribute("reference", "successor", "Successor")
    make_asset("Lira-Front")
    make_product("BZ-LIRA")
    product = make_product("P", facts={"picture": "lira-front", "successor": "bz-lira"})
    assert stored(product) == {"picture": {"": "Lira-Front"}, "successor": {"": "BZ-LIRA"}}
    with pytest.raises(ValidationError) as refused:
        set_facts(ME, product, {"picture": {"": "lira-back"}, "successor": {"": "BZ-NONE"}})
    assert messages(refused) == [
        "Picture: there is no asset “lira-back”.",
        "Successor: there is no product “BZ-NONE”.",
    ]


def test_a_product_that_cannot_be_is_not_written() -> None:
    with pytest.raises(ValidationError) as refused:
        save_product(ME, Product(sku="a b", status="sold"), {})
    assert set(messages(refused)) == {"sku", "status"}
    assert Product.objects.count() == 0


def test_a_new_variant_has_the_family_of_its_parent() -> None:
    family, other = make_family("machines"), make_family("grinders")
    parent = make_product("P", family)
    assert make_product("P-1", parent=parent).family == family
    with pytest.raises(ValidationError) as refused:
        make_product("P-2", other, parent=parent)
    assert messages(refused) == {"family": ["A variant has its parent's family, machines."]}


def test_variants_follow_where_their_group_changes_its_family() -> None:
    old, new = make_family("old"), make_family("new")
    root = make_product("P", old)
    middle = make_product("P-1", parent=root)
    leaf = make_product("P-1-1", parent=middle)
    other = make_product("Q", old)
    root.family = new
    save_product(ME, root, {})
    assert dict(Product.objects.values_list("sku", "family__code")) == {
        "P": "new",
        "P-1": "new",
        "P-1-1": "new",
        "Q": "old",
    }
    assert touched() == [("change", "product", row.sku) for row in (root, middle, leaf)]
    assert other.family == old


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_product_is_not_its_own_ancestor(depth: int) -> None:
    line = [make_product("P-0")]
    for number in (1, 2):
        line.append(make_product(f"P-{number}", parent=line[-1]))
    line[0].parent = line[depth]
    with pytest.raises(ValidationError) as refused:
        save_product(ME, line[0], {})
    assert messages(refused) == {"parent": ["This product, or a variant of it, cannot be its parent."]}


def test_categories_are_set_or_left_alone() -> None:
    one, other = make_category("one"), make_category("other")
    product = make_product("P", categories=[one])
    save_product(ME, product, {})
    assert list(product.categories.all()) == [one]
    save_product(ME, product, {}, [other])
    assert list(product.categories.all()) == [other]


def test_an_association_is_made_once_and_changed_after() -> None:
    source, target, kind = make_product("A"), make_product("B"), make_association_type("accessory")
    first = associate(ME, source, kind, target)
    again = associate(ME, source, kind, target, quantity=3, position=7)
    assert (again.pk, again.quantity, again.position) == (first.pk, 3, 7)
    assert touched() == [("associate", "product", "A")] * 2
    for wrong in ({"target": source}, {"target": target, "quantity": 0}):
        with pytest.raises(ValidationError):
            associate(ME, source, kind, **wrong)
    assert Association.objects.count() == 1


# --- Fragments --------------------------------------------------------------------------------------------------------


def make_draft(body: str = "One.") -> Fragment:
    return write_fragment(ME, Fragment(code="f"), title={"en": "F"}, body={"en": body})


def test_a_fragment_is_cleaned_and_languages_not_named_stay() -> None:
    fragment = make_draft("<p onclick=x()>One.</p>")
    write_fragment(ME, fragment, title={"de": " Titel\n"}, body={"de": "Eins."})
    fragment.refresh_from_db()
    assert {name: getattr(fragment, name) for name in ("title_en", "title_de", "body_en", "body_de", "body_it")} == {
        "title_en": "F",
        "title_de": "Titel",
        "body_en": "<p>One.</p>",
        "body_de": "<p>Eins.</p>",
        "body_it": None,
    }
    assert touched() == [("create", "fragment", "f"), ("change", "fragment", "f")]


def test_a_plain_fragment_is_one_line() -> None:
    fragment = write_fragment(ME, Fragment(code="f"), title={}, body={"en": "R&D\n< 5\u00a0kg"}, rich=False)
    assert texts_of(fragment, "body")["en"] == "R&D < 5\u00a0kg"


def test_every_wrong_text_is_told_by_its_field_and_nothing_is_written() -> None:
    with pytest.raises(ValidationError) as refused:
        write_fragment(
            ME,
            Fragment(code="f"),
            title={"en": "ok"},
            body={"en": "<div>" * 30, "de": "{{ weight }}", "it": "a\x00", "fr": "bien"},
        )
    assert messages(refused) == {
        "body_en": ["This text cannot be used: elements are nested more than 20 deep."],
        "body_de": [
            "This text cannot be used: “{{ weight }}” is no reference; write {{ fact:CODE }} or {{ fragment:CODE }}."
        ],
        "body_it": ["This text cannot be used: character U+0000 at position 2 cannot be stored."],
    }
    with pytest.raises(ValidationError) as refused:
        write_fragment(ME, Fragment(code="f"), title={"en": "x" * 201}, body={})
    assert messages(refused) == {
        "title_en": ["This text cannot be used: 201 characters are too many; at most 200 are allowed."]
    }
    assert Fragment.objects.count() == 0
    assert touched() == []


def test_approval_freezes_texts_and_applicability() -> None:
    channel, market, audience = make_channel("Shop"), make_market("DE"), make_audience("pro")
    fragment = make_draft()
    fragment.channels.set([channel])
    fragment.markets.set([market])
    fragment.audiences.set([audience])
    fragment.media = ["web", "print"]
    fragment.valid_from, fragment.valid_until = datetime.date(2027, 1, 1), datetime.date(2027, 12, 31)
    fragment.source, fragment.verified_on = "Lab report 7", datetime.date(2026, 11, 1)
    fragment.save()
    revision = approve(ME, fragment)
    expected = {
        "title": {"en": "F"},
        "body": {"en": "<p>One.</p>"},
        "applies": {
            "channels": ["Shop"],
            "markets": ["DE"],
            "audiences": ["pro"],
            "media": ["print", "web"],
            "from": "2027-01-01",
            "until": "2027-12-31",
        },
        "source": {"text": "Lab report 7", "verified_on": "2026-11-01", "valid_until": None},
    }
    assert freeze(fragment) == revision.content == expected
    assert (revision.number, revision.submitted_by, fragment.state) == (1, "ada", "approved")
    assert touched() == [("create", "fragment", "f"), ("approve", "fragment", "f")]


def test_editing_after_approval_leaves_what_is_out() -> None:
    fragment = make_draft()
    revision = approve(ME, fragment)
    write_fragment(ME, fragment, title={}, body={"en": "Two."})
    revision.refresh_from_db()
    fragment.refresh_from_db()
    assert revision.content["body"] == {"en": "<p>One.</p>"}
    assert (texts_of(fragment, "body"), fragment.state) == ({"en": "<p>Two.</p>"}, "approved")


def test_saving_a_copy_read_before_the_approval_does_not_undo_it() -> None:
    stale = make_draft()
    approve(ME, Fragment.objects.get(pk=stale.pk))
    write_fragment(ME, stale, title={"en": "G"}, body={})
    assert Fragment.objects.get(pk=stale.pk).state == "approved"


def test_approving_what_did_not_change_gives_the_same_revision() -> None:
    fragment = make_draft()
    first = approve(ME, fragment)
    assert approve(ME, fragment) == first
    write_fragment(ME, fragment, title={}, body={"en": "Two."})
    second = approve(ME, fragment)
    assert [first.number, second.number] == [1, 2]
    assert touched() == [
        ("create", "fragment", "f"),
        ("approve", "fragment", "f"),
        ("change", "fragment", "f"),
        ("approve", "fragment", "f"),
    ]


def test_a_retired_fragment_comes_back_with_its_revision() -> None:
    fragment = make_draft()
    first = approve(ME, fragment)
    retire(ME, fragment)
    assert Fragment.objects.get(pk=fragment.pk).state == "retired"
    assert approve(ME, fragment) == first
    assert Fragment.objects.get(pk=fragment.pk).state == "approved"
    assert [operation for operation, _, _ in touched()] == ["create", "approve", "retire", "approve"]


def test_a_fragment_without_text_is_not_approved() -> None:
    fragment = write_fragment(ME, Fragment(code="f"), title={"en": "F"}, body={"en": " "})
    with pytest.raises(ValidationError) as refused:
        approve(ME, fragment)
    assert messages(refused) == ["A fragment without text cannot be approved. Write it in at least one language."]
    assert (fragment.revisions.count(), Fragment.objects.get(pk=fragment.pk).state) == (0, "draft")


def test_a_fragment_is_placed_once_per_slot_and_target() -> None:
    fragment, slot = make_draft(), make_slot("s")
    targets: dict[str, Any] = {
        "product": make_product("P"),
        "family": make_family("fam"),
        "category": make_category("c"),
    }
    for target in targets.values():
        place(ME, fragment, slot, target)
        place(ME, fragment, slot, target, position=5)
    rows = Placement.objects.order_by("id")
    assert [(row.product, row.family, row.category, row.position) for row in rows] == [
        (targets["product"], None, None, 5),
        (None, targets["family"], None, 5),
        (None, None, targets["category"], 5),
    ]
    assert touched()[1:] == [("place", "fragment", "f")] * 6


# --- Assets -----------------------------------------------------------------------------------------------------------


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def files(root: Any) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in Path(root).rglob("*") if path.is_file())


def refused_file(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        store_asset(ME, Asset(code="a"), content)
    assert Asset.objects.count() == 0
    return str(messages(refused)[0])


def test_an_asset_is_known_by_its_bytes(settings: Settings) -> None:
    content = png(20, 10)
    digest = digest_of(content)
    asset = store_asset(ME, Asset(code="a"), content)
    assert {name: getattr(asset, name) for name in ("kind", "media_type", "size", "width", "height", "digest")} == {
        "kind": "image",
        "media_type": "image/png",
        "size": len(content),
        "width": 20,
        "height": 10,
        "digest": digest,
    }
    assert files(settings.MEDIA_ROOT) == [f"assets/{digest[:2]}/{digest}.png"]
    assert Path(asset.file.path).read_bytes() == content
    assert touched() == [("create", "asset", "a")]


def test_the_same_bytes_stand_on_the_disk_once(settings: Settings) -> None:
    one, other = (store_asset(ME, Asset(code=code), png()) for code in ("a", "b"))
    assert one.file.name == other.file.name
    assert len(files(settings.MEDIA_ROOT)) == 1


def test_another_file_for_a_known_asset_leaves_the_old_one() -> None:
    asset = store_asset(ME, Asset(code="a"), png(20, 10))
    old = asset.file.path
    store_asset(ME, asset, png(30, 10))
    assert (Path(old).exists(), Asset.objects.get().width) == (True, 30)
    assert [operation for operation, _, _ in touched()] == ["create", "change"]


@pytest.mark.parametrize(
    ("content", "kind", "media_type", "ending"),
    [
        (b"%PDF-1.7\n%<script>alert(1)</script>\n%%EOF\n", "document", "application/pdf", ".pdf"),
        (encoded(Image.new("P", (3, 2)), "GIF") + b"<?php system($_GET['c']); ?>", "image", "image/gif", ".gif"),
        (encoded(Image.new("RGB", (3, 2)), "JPEG", comment=b"<script>"), "image", "image/jpeg", ".jpg"),
        (encoded(Image.new("RGB", (3, 2)), "WEBP"), "image", "image/webp", ".webp"),
    ],
    ids=["pdf", "gif", "jpeg", "webp"],
)
def test_a_file_is_what_its_bytes_are_whatever_else_they_say(
    content: bytes, kind: str, media_type: str, ending: str
) -> None:
    asset = store_asset(ME, Asset(code="shell.php"), content)
    assert (asset.kind, asset.media_type, str(asset.file.name).endswith(ending)) == (kind, media_type, True)


@pytest.mark.parametrize(("orientation", "size"), [(1, (20, 10)), (3, (20, 10)), (6, (10, 20)), (8, (10, 20))])
def test_the_size_is_that_of_the_upright_picture(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    asset = store_asset(ME, Asset(code="a"), encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif))
    assert (asset.width, asset.height) == size


UNKNOWN = f"The file is damaged or of another format than those allowed: {ALLOWED}."
GRADIENT = Image.radial_gradient("L")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        encoded(Image.new("RGB", (3, 2)), "BMP"),
        encoded(Image.new("RGB", (3, 2)), "TIFF"),
        encoded(Image.new("RGB", (3, 2)), "EPS"),
        png()[:30],
        encoded(GRADIENT, "PNG")[:-2_000],
        encoded(GRADIENT, "JPEG")[:2_000],
        encoded(GRADIENT, "WEBP")[:500],
        png()[:40] + b"\xff" * 8 + png()[48:],
    ],
    ids=["empty", "text", "svg", "bmp", "tiff", "eps", "head", "torn png", "torn jpeg", "torn webp", "damaged"],
)
def test_other_formats_and_damaged_files_are_refused(content: bytes) -> None:
    assert refused_file(content) == UNKNOWN


def test_a_picture_that_would_unpack_to_gigabytes_is_refused_by_its_header() -> None:
    content = bytearray(png())
    content[16:24] = (60_000).to_bytes(4) + (60_000).to_bytes(4)
    content[29:33] = crc32(bytes(content[12:29])).to_bytes(4)
    assert refused_file(bytes(content)) == "The picture has too many pixels; at most 80,000,000 are allowed."


def test_limits_are_settings(settings: Settings) -> None:
    settings.ASSET_MAX_PIXELS = 100
    assert refused_file(png(11, 10)) == "The picture has 11 x 10 pixels; at most 100 are allowed."
    settings.ASSET_MAX_BYTES = 50
    assert refused_file(png(2, 2)) == f"The file has {len(png(2, 2))} bytes; at most 50 are allowed."


def test_an_asset_has_a_role_once() -> None:
    product, asset = make_product("P"), make_asset("a")
    first = attach(ME, product, asset, "Main")
    again = attach(ME, product, asset, "main", position=3)
    assert (first.pk, again.position, ProductAsset.objects.count()) == (again.pk, 3, 1)
    attach(ME, product, asset, "gallery")
    assert ProductAsset.objects.count() == 2
    assert touched() == [("attach", "product", "P")] * 3


# --- Rows of the schema -----------------------------------------------------------------------------------------------


def test_rows_are_stored_and_removed_on_record() -> None:
    tag = make_tag("topic", "one")
    store(ME, tag)
    remove(ME, tag)
    assert touched() == [("change", "tag", "one"), ("delete", "tag", "one")]


def test_a_row_that_cannot_be_is_not_stored() -> None:
    with pytest.raises(ValidationError):
        make_slot("a b")
    assert Change.objects.count() == 0


def test_what_is_in_use_is_not_removed_and_nothing_is_on_record() -> None:
    attribute = make_attribute()
    with pytest.raises(InUse):
        remove(ME, attribute.group)
    assert touched() == []


def test_the_record_names_an_object_by_what_it_is_called() -> None:
    assert [key_of(row) for row in (Product(sku="P"), make_tag("f", "t"), Change(operation="o", kind="k", key=""))] == [
        "P",
        "t",
        "o k  by ",
    ]


# --- Trees ------------------------------------------------------------------------------------------------------------

Numbers = dict[str, tuple[int, int, int, int]]


def numbers() -> Numbers:
    rows = Category.objects.order_by("code").values_list("code", "tree_id", "lft", "rght", "level")
    return {code: (tree, left, right, level) for code, tree, left, right, level in rows}


def check_tree() -> None:
    """Nested sets say what the parents say: rebuilding them changes nothing."""
    before = numbers()
    parents = dict(Category.objects.values_list("code", "parent__code"))
    Category.objects.rebuild()
    assert numbers() == before
    for code, parent in parents.items():
        if parent:
            (_, left, right, level), (_, above_left, above_right, above_level) = before[code], before[parent]
            assert above_left < left < right < above_right
            assert level == above_level + 1


def make_tree(size: int = 12) -> list[Category]:
    root = make_category("root")
    nodes = [root]
    for number in range(size):
        nodes.append(make_category(f"n{number:02}", nodes[number // 3]))
    return nodes


def test_a_category_is_added_last_and_moved_with_its_descendants() -> None:
    nodes = make_tree(6)
    check_tree()
    move_category(ME, nodes[1], nodes[2], "first-child")
    save_category(ME, Category(code="new", parent=Category.objects.get(code="n00")))
    check_tree()
    assert [row.code for row in Category.objects.all()] == ["root", "n01", "n00", "n03", "n04", "n05", "new", "n02"]
    assert touched() == [("move", "category", "n00"), ("create", "category", "new")]


def test_a_category_does_not_move_below_itself() -> None:
    nodes = make_tree(6)
    with pytest.raises(InvalidMove):
        move_category(ME, nodes[1], nodes[4], "last-child")
    check_tree()
    assert touched() == []


def test_a_category_read_before_others_moved_can_be_saved_and_removed() -> None:
    """A stale copy carries numbers and a parent that are not true any more."""
    nodes = make_tree(9)
    stale = Category.objects.get(code="n03")
    move_category(ME, stale, nodes[3], "first-child")
    stale.label = "Three"
    save_category(ME, stale)
    check_tree()
    leaf = Category.objects.get(code="n08")
    move_category(ME, nodes[2], nodes[1], "last-child")
    remove(ME, leaf)
    check_tree()


def test_numbering_in_python_gives_what_mptt_gives() -> None:
    make_tree(20)
    make_category("other")
    expected = numbers()
    rows = list(Category.objects.order_by("tree_id", "lft"))
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
        if row.parent_id:
            row.lft = row.rght = row.level = 0
    changed = number_trees(children[None], lambda node: children.get(node.pk, []))
    assert {row.code: (row.tree_id, row.lft, row.rght, row.level) for row in rows} == expected
    assert len(changed) == 20


def shuffle(seed: int) -> None:
    """One writer: moves and adds, each with what it read some time before."""
    random = Random(seed)
    for step in range(6):
        nodes = list(Category.objects.exclude(code="root"))
        node, target = random.sample(nodes, 2)
        with suppress(InvalidMove):
            move_category(ME, node, target, random.choice(("first-child", "last-child", "left", "right")))
        save_category(ME, Category(code=f"w{seed}-{step}", parent=target))


def check_shuffled() -> None:
    assert Category.objects.count() == 13 + 4 * 6
    check_tree()


@pytest.mark.django_db(transaction=True)
def test_four_writers_at_once_leave_a_tree(tmp_path: Path) -> None:
    make_tree(12)
    with shared_database(tmp_path):
        at_once(*(partial(shuffle, seed) for seed in range(4)))
        at_once(check_shuffled)
