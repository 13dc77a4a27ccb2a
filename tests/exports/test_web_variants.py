"""How a product's variants are chosen, and what search engines are told of them."""

from __future__ import annotations

from dataclasses import replace

from exports.documents import Document, Fact, Money
from tests.exports import samples
from tests.exports.web_site import PageView, page_of

GROUP, BLACK, RED, TAMPER = samples.DOCUMENTS


def two_levels() -> dict[str, Document]:
    """Lira by colour, then by voltage; each document names only what its own level adds."""
    root = replace(GROUP, sku="L", name="Lira", variants=("L-BK", "L-RD"), prices=())
    tree = {"L": root}
    for code, color in (("BK", "Schwarz"), ("RD", "Rot")):
        leaves = (f"L-{code}-EU", f"L-{code}-US")
        sub = replace(root, sku=f"L-{code}", name=f"Lira, {color}", parent="L", variants=leaves, axes={"color": color})
        tree[sub.sku] = replace(sub, facts=samples.facts(color))
        for sku, voltage, price in zip(leaves, ("230 V", "120 V"), ("449.00", "399.00"), strict=True):
            leaf = replace(BLACK, sku=sku, name=f"Lira, {color}, {voltage}", parent=sub.sku, axes={"voltage": voltage})
            facts = {**samples.facts(color), "voltage": Fact("Spannung", "electrics", "select", "v", voltage, 9)}
            tree[sku] = replace(leaf, facts=facts, prices=(Money(price, "EUR"),))
    return tree


def page_in_tree(sku: str) -> PageView:
    tree = two_levels()
    return page_of(tree[sku], tuple(tree.values()))


def chips(page: PageView) -> dict[str, list[tuple[str, str, bool]]]:
    """What there is to choose, by label: text, product and whether it is the one shown."""
    return {
        choice.find("p").text: [
            (link.text, link.get("href").split("/")[-2], link.get("aria-current") == "true")
            for link in choice.iter("a")
        ]
        for choice in page.all("//div[@class='choice']")
    }


class TestVariants:
    def test_a_variant_shows_what_else_there_is_to_choose(self) -> None:
        assert chips(page_of(BLACK)) == {"Farbe": [("schwarz", "BZ-LIRA-BK", True), ("rot", "BZ-LIRA-RD", False)]}

    def test_choosing_one_axis_keeps_the_other(self) -> None:
        assert chips(page_in_tree("L-RD-US")) == {
            "Farbe": [("Schwarz", "L-BK-US", False), ("Rot", "L-RD-US", True)],
            "Spannung": [("230 V", "L-RD-EU", False), ("120 V", "L-RD-US", True)],
        }

    def test_a_group_shows_its_variants_and_from_which_price_on(self) -> None:
        page = page_in_tree("L")
        tiles = page.texts("//section[h2='Ausführung wählen']//span[@class='tile-name']")
        assert tiles == ["Lira, Schwarz, 230 V", "Lira, Schwarz, 120 V", "Lira, Rot, 230 V", "Lira, Rot, 120 V"]
        assert page.text("//p[@class='price']") == "ab 399,00 €"
        assert chips(page) == {
            "Farbe": [("Schwarz", "L-BK-EU", False), ("Rot", "L-RD-EU", False)],
            "Spannung": [("230 V", "L-BK-EU", False), ("120 V", "L-BK-US", False)],
        }

    def test_a_group_within_a_group_shows_its_own(self) -> None:
        page = page_in_tree("L-BK")
        tiles = page.texts("//section[h2='Ausführung wählen']//span[@class='tile-name']")
        assert tiles == ["Lira, Schwarz, 230 V", "Lira, Schwarz, 120 V"]
        assert list(chips(page)) == ["Spannung"]
        assert page.text("//p[@class='eyebrow']") == "Lira"

    def test_variants_at_one_price_have_that_price(self) -> None:
        assert page_of(GROUP).text("//p[@class='price']") == "449,00 €"

    def test_variants_without_axes_are_chosen_by_name(self) -> None:
        plain = [replace(document, axes={}) for document in samples.DOCUMENTS]
        assert chips(page_of(plain[1], plain)) == {
            "Varianten": [("Lira, schwarz", "BZ-LIRA-BK", True), ("Lira, rot", "BZ-LIRA-RD", False)]
        }

    def test_a_variant_whose_group_is_not_in_the_release_stands_alone(self) -> None:
        page = page_of(BLACK, (RED, TAMPER))
        assert chips(page) == {}
        assert "isVariantOf" not in page.graph()["Product"]

    def test_groups_in_a_circle_are_no_crash(self) -> None:
        circle = replace(GROUP, sku="X", parent="X", variants=("X", "BZ-LIRA-BK"))
        assert page_of(circle, (BLACK,)).text("//h1") == "Lira"


class TestStructuredData:
    def test_a_variant_is_a_product_of_a_group(self) -> None:
        node = page_of(BLACK).graph()["Product"]
        address = "https://shop.example/p/shop-de/de/"
        assert node == {
            "@type": "Product",
            "sku": "BZ-LIRA-BK",
            "name": "Lira, schwarz",
            "url": f"{address}BZ-LIRA-BK/",
            "image": [f"https://shop.example/assets/{samples.DIGEST}/large.jpg"],
            "description": "Die Lira ist in drei Minuten bereit.\n– 9 bar am Kaffee\n– 1,6 l Tank",
            "brand": {"@type": "Brand", "name": "Bordanza"},
            "additionalProperty": [
                {"@type": "PropertyValue", "propertyID": "brand", "name": "Marke", "value": "Bordanza"},
                {"@type": "PropertyValue", "propertyID": "color", "name": "Farbe", "value": "schwarz"},
                {
                    "@type": "PropertyValue",
                    "propertyID": "weight",
                    "name": "Gewicht",
                    "value": 5.2,
                    "unitCode": "KGM",
                    "unitText": "kg",
                },
                {"@type": "PropertyValue", "propertyID": "cup_warmer", "name": "Tassenwärmer", "value": False},
            ],
            "gtin": "9521234567899",
            "mpn": "BZ-LIRA-BK",
            "color": "schwarz",
            "offers": {
                "@type": "Offer",
                "url": f"{address}BZ-LIRA-BK/",
                "price": 449.0,
                "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock",
                "itemCondition": "https://schema.org/NewCondition",
            },
            "inProductGroupWithID": "BZ-LIRA",
            "isVariantOf": {
                "@type": "ProductGroup",
                "productGroupID": "BZ-LIRA",
                "name": "Lira",
                "url": f"{address}BZ-LIRA/",
                "variesBy": ["https://schema.org/color"],
            },
        }

    def test_a_group_names_its_variants_each_with_its_offer(self) -> None:
        node = page_in_tree("L").graph()["ProductGroup"]
        assert node["productGroupID"] == "L"
        assert node["variesBy"] == ["https://schema.org/color", "voltage"]
        assert "offers" not in node
        assert [variant["sku"] for variant in node["hasVariant"]] == ["L-BK-EU", "L-BK-US", "L-RD-EU", "L-RD-US"]
        assert [variant["offers"]["price"] for variant in node["hasVariant"]] == [449.0, 399.0, 449.0, 399.0]
        assert [variant["color"] for variant in node["hasVariant"]] == ["Schwarz", "Schwarz", "Rot", "Rot"]

    def test_a_number_is_a_number(self) -> None:
        fact = Fact("Gruppen", "general", "number", "2", "2", 1)
        (node,) = page_of(replace(TAMPER, facts={"groups": fact})).graph()["Product"]["additionalProperty"]
        assert node["value"] == 2.0

    def test_what_is_not_known_is_not_said(self) -> None:
        bare = replace(TAMPER, facts={}, prices=(), identifiers={"gtin": "123"})
        assert set(page_of(bare).graph()["Product"]) == {"@type", "sku", "name", "url"}

    def test_breadcrumbs_are_absolute_and_counted(self) -> None:
        items = page_of(BLACK).graph()["BreadcrumbList"]["itemListElement"]
        assert [item["position"] for item in items] == [1, 2, 3, 4, 5]
        assert items[1]["item"] == "https://shop.example/p/shop-de/de/c/machines/"
        assert items[4] == {
            "@type": "ListItem",
            "position": 5,
            "name": "Lira, schwarz",
            "item": "https://shop.example/p/shop-de/de/BZ-LIRA-BK/",
        }

    def test_no_text_ends_the_script(self) -> None:
        page = page_of(replace(TAMPER, name="</script><!--<script>\u2028&"))
        assert page.graph()["Product"]["name"] == "</script><!--<script>\u2028&"
        assert len(page.all("//script")) == 1
