"""A small knowledge base with something of everything that filters ask for, and a slow, plain answer to each filter."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

from catalog import inheritance
from catalog.filters import And, Condition, Context, Filter, Not, Or
from catalog.indexing import rebuild
from catalog.models import (
    Association,
    AssociationType,
    Attribute,
    Category,
    Channel,
    Completeness,
    Finding,
    Fragment,
    Placement,
    Product,
    ProductAsset,
    Tag,
)
from catalog.operations.associations import associate
from catalog.operations.fragments import place
from catalog.values import Level
from catalog.values.effective import effective, levels_of
from tests import factories as make

GRAMS = {"g": 1, "kg": 1000}


def build(seed: int) -> None:
    """Attributes of several types, three levels of products, and everything that hangs on them, by chance."""
    chance = Random(seed)
    family = _schema()
    channel = Channel.objects.get(code="shop")
    categories = _categories()
    products: list[Product] = []
    for number in range(40):
        parent = chance.choice([None, None, *products[-12:]])
        if parent and parent.parent and parent.parent.parent:
            parent = None
        product = make.make_product(
            f"P-{number}",
            chance.choice([family, None]) if parent is None else parent.family,
            _facts(chance),
            chance.sample(categories, chance.choice([0, 0, 1, 2])),
            parent=parent,
            status=chance.choice(Product.Status.values),
        )
        cuts = ["categories", "slot:teaser", "asset:main", "association:spare", "association:set"]
        product.own_only = chance.sample(cuts, chance.choice([0, 0, 0, 1, 2]))
        product.updated_at = datetime.datetime(2027, 3, chance.randint(1, 5), 12, tzinfo=datetime.UTC)
        Product.objects.filter(pk=product.pk).update(own_only=product.own_only, updated_at=product.updated_at)
        products.append(product)
    _hang(chance, products, categories, channel)
    rebuild()
    _complete(chance, products, channel)


def _schema() -> Any:
    title = make.make_attribute("text", "title", localizable=True, filterable=True)
    attributes = [
        title,
        make.make_attribute("number", "cups", filterable=True),
        make.make_attribute(
            "measurement", "weight", settings={"unit_family": "mass", "unit": "kg"}, filterable=True, per_channel=True
        ),
        make.make_attribute("select", "color", options=["red", "Blue", "black"], filterable=True),
        make.make_attribute("multiselect", "ports", options=["usb", "hdmi", "vga"], filterable=True),
        make.make_attribute("boolean", "warm", filterable=True),
        make.make_attribute("date", "since", filterable=True),
        make.make_attribute("number_range", "heat", filterable=True),
    ]
    make.make_channel("shop", {"de": "en", "en": ""})
    return make.make_family("machines", attributes, label_attribute=title, values={"warm": {"": True}})


def _categories() -> list[Category]:
    top = make.make_category("top")
    middle = make.make_category("middle", top)
    return [top, middle, make.make_category("low", middle), make.make_category("other", top), make.make_category("far")]


def _facts(chance: Random) -> dict[str, Any]:
    number = chance.choice(["-1.5", "0", "2", "2.25", "10", "100"])
    choices: dict[str, Callable[[], dict[str, Any]]] = {
        "title": lambda: {chance.choice(["en", "de"]): chance.choice(["Lira", "LIRA pro", "Ölkanne", "a_b%c"])},
        "cups": lambda: {"": number},
        "weight": lambda: {
            chance.choice(["", "@shop"]): {
                "amount": chance.choice(["1", "900", "2.5"]),
                "unit": chance.choice(["g", "kg"]),
            }
        },
        "color": lambda: {"": chance.choice(["red", "Blue", "black", None])},
        "ports": lambda: {"": chance.sample(["usb", "hdmi", "vga"], chance.randint(1, 3))},
        "warm": lambda: {"": chance.choice([True, False, None])},
        "since": lambda: {"": chance.choice(["2027-01-01", "2027-02-03"])},
        "heat": lambda: {"": chance.choice([{"from": "1", "to": "3"}, {"from": "2"}, {"to": "10"}])},
    }
    return {code: choices[code]() for code in chance.sample(sorted(choices), chance.randint(0, 5))}


def _hang(chance: Random, products: list[Product], categories: list[Category], channel: Channel) -> None:
    slot, other = make.make_slot("teaser"), make.make_slot("warning")
    safety = make.make_tag("topic", "safety")
    narrower = Tag.objects.create(facet="topic", code="fire", parent=safety)
    for number in range(8):
        fragment = make.make_fragment(approved=chance.random() < 0.8)
        fragment.tags.set(chance.sample([safety, narrower], chance.choice([0, 1])))
        target = chance.choice([*chance.sample(products, 4), *categories, products[0].family or categories[0]])
        place(make.ACTOR, fragment, chance.choice([slot, other]), target, number)
    spare, bundle = make.make_association_type("spare"), make.make_association_type("set")
    AssociationType.objects.filter(pk=spare.pk).update(two_way=True)
    picture = make.make_asset("picture")
    for product in chance.sample(products, 10):
        target = chance.choice([each for each in products if each != product])
        associate(make.ACTOR, product, chance.choice([spare, bundle]), target)
        role = ProductAsset(product=product, asset=picture, role="main", channel=chance.choice([None, channel]))
        role.save()
        Finding.objects.create(
            product=chance.choice(products),
            check_code=chance.choice(["identifier", "capitals"]),
            key=str(product.pk),
            severity=chance.choice(Finding.Severity.values),
            acknowledged_at=chance.choice([None, None, product.updated_at]),
        )


def _complete(chance: Random, products: list[Product], channel: Channel) -> None:
    Completeness.objects.all().delete()
    for product in products:
        for language in ("de", "en"):
            done = chance.random() < 0.6
            if chance.random() < 0.8:
                Completeness.objects.create(
                    product=product, channel=channel, language=language, required=1, filled=done, complete=done
                )


class Answer:
    """The SKUs that meet a filter, found one product after the other, from values as they are written."""

    def __init__(self, context: Context) -> None:
        self.context = context
        hanging = ("completeness", "findings", "product_assets", "categories")
        rows = Product.objects.select_related("family__label_attribute").prefetch_related(*hanging)
        self.products = {row.pk: row for row in rows}
        self.lines = {pk: list(self._line(row)) for pk, row in self.products.items()}
        self.specs = [attribute.spec() for attribute in Attribute.objects.all()]
        self.values = {pk: self._values(line) for pk, line in self.lines.items()}
        self.cuts = {pk: inheritance.cuts(line) for pk, line in self.lines.items()}
        self.categories = {row.pk: row for row in Category.objects.all()}
        self.standing = {pk: self._standing(pk) for pk in self.products}
        self.placements = list(Placement.objects.select_related("fragment", "slot").prefetch_related("fragment__tags"))
        self.associations = list(Association.objects.select_related("type", "source", "target"))
        self.channel = Channel.objects.filter(code=context.channel).first()

    def skus(self, filter: Filter) -> set[str]:
        return {row.sku for row in self.products.values() if self.meets(row, filter)}

    def meets(self, product: Product, filter: Filter) -> bool:
        if isinstance(filter, Not):
            return not self.meets(product, filter.part)
        if isinstance(filter, Or):
            return any(self.meets(product, part) for part in filter.any)
        if isinstance(filter, And):
            return all(self.meets(product, part) for part in filter.all)
        assert isinstance(filter, Condition)
        opposite = {"!=": "=", "not in": "in", "is empty": "is not empty"}.get(filter.operator)
        operator = opposite or filter.operator
        ask: Callable[..., bool] = getattr(self, f"_{filter.field}")
        found = ask(product, filter, operator, [word.text for word in filter.values])
        return found != bool(opposite)

    def _line(self, product: Product) -> Iterator[Product]:
        yield product
        while product.parent_id:
            product = self.products[product.parent_id]
            yield product

    def _values(self, line: list[Product]) -> dict[str, Any]:
        family = line[0].family
        own = [Level(row.sku, row.values) for row in line]
        levels = levels_of(own, family.code if family else "", family.values if family else {}, self.specs)
        found = effective(self.specs, levels, self.context.channel, self.context.chain)
        return {code: row.winner.value for code, row in found.items() if row.winner.value is not None}

    def _standing(self, pk: int) -> list[Category]:
        own = [[row.pk for row in each.categories.all()] for each in self.lines[pk]]
        found = [self.categories[category] for category in inheritance.categories(own, self.cuts[pk])]
        return [above for category in found for above in self._upwards(category)]

    def _upwards(self, category: Category) -> Iterator[Category]:
        yield category
        while category.parent_id:
            category = self.categories[category.parent_id]
            yield category

    # --- Fields ------------------------------------------------------------------------------------------------------
    def _fact(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return self._value(product, asked.code.lower(), operator, words)

    def _name(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        naming = product.family and product.family.label_attribute
        return self._value(product, naming.code, operator, words) if naming else False

    def _value(self, product: Product, code: str, operator: str, words: list[str]) -> bool:
        value = self.values[product.pk].get(code)
        if value is None or operator == "is not empty":
            return value is not None
        if code == "heat":
            low = Decimal(value.get("from", "-Infinity"))
            return _within(low, Decimal(value.get("to", "Infinity")), operator, [_number(word) for word in words])
        said = value if isinstance(value, list) else [value]
        return any(_compares(_comparable(each), operator, [_typed(code, word) for word in words]) for each in said)

    def _sku(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return _compares(product.sku.lower(), operator, [word.lower() for word in words])

    def _family(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return product.family is not None and (not words or product.family.code.lower() in _lower(words))

    def _category(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        codes = {category.code for category in self.standing[product.pk]}
        return bool(codes & _lower(words) if words else codes)

    def _status(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return product.status in _lower(words)

    def _parent(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        line = self.lines[product.pk]
        return len(line) > 1 and (not words or line[1].sku.lower() in _lower(words))

    def _root(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return self.lines[product.pk][-1].sku.lower() in _lower(words)

    def _level(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        group = any(row.parent_id == product.pk for row in self.products.values())
        return ("group" if group else "variant" if product.parent_id else "product") in _lower(words)

    def _changed(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return _compares(product.updated_at.date().isoformat(), operator, words)

    def _complete(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        found = {row.language: row.complete for row in product.completeness.all()}
        asks = [word.lower().partition("/")[2] for word in words]
        return any(found.get(language, False) if language else bool(found) and all(found.values()) for language in asks)

    def _quality(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        order = ["error", "warning", "hint"]
        counted = order[: order.index(words[0].lower()) + 1] if words else order
        return any(row.severity in counted and not row.acknowledged_at for row in product.findings.all())

    def _finding(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        found = {row.check_code for row in product.findings.all() if not row.acknowledged_at}
        return bool(found & _lower(words) if words else found)

    def _asset(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        own = [list(each.product_assets.all()) for each in self.lines[product.pk]]
        found = inheritance.assets(own, self.cuts[product.pk], self.channel.pk if self.channel else None)
        return any(row.role == asked.code for _, row in found)

    def _association(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        pointing = [
            (depth, other.sku.lower())
            for depth, each in enumerate(self.lines[product.pk])
            for other in self._pointed(each, asked.code)
        ]
        what = f"association:{asked.code}"
        counted = {sku for depth, sku in pointing if inheritance.counts(self.cuts[product.pk], what, depth)}
        return bool(counted & _lower(words) if words else counted)

    def _pointed(self, product: Product, code: str) -> Iterator[Product]:
        for row in self.associations:
            if row.type.code == code and row.source == product:
                yield row.target
            if row.type.code == code and row.target == product and row.type.two_way:
                yield row.source

    def _slot(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        return any(row.slot.code == asked.code for row in self._placed(product, f"slot:{asked.code}"))

    def _tag(self, product: Product, asked: Condition, operator: str, words: list[str]) -> bool:
        wider = {"topic:fire": "topic:safety"}
        codes = {f"{tag.facet}:{tag.code}" for row in self._placed(product, "") for tag in row.fragment.tags.all()}
        codes |= {wider[code] for code in codes if code in wider}
        return bool(codes & _lower(words) if words else codes)

    def _placed(self, product: Product, what: str) -> Iterator[Placement]:
        line, cut = self.lines[product.pk], self.cuts[product.pk]
        levels = {row.pk: depth for depth, row in enumerate(line)}
        around = {category.pk for category in self.standing[product.pk]}
        for row in self.placements:
            depth = levels.get(row.product_id or 0)
            if row.category_id in around or (row.family_id and row.family_id == product.family_id):
                depth = len(line)
            approved = row.fragment.state == Fragment.State.APPROVED
            if approved and depth is not None and inheritance.counts(cut, what, depth):
                yield row


def _lower(words: Iterable[str]) -> set[str]:
    return {word.lower() for word in words}


def _number(word: str) -> Decimal:
    amount, _, unit = word.partition(" ")
    return Decimal(amount) * GRAMS.get(unit, 1)


def _comparable(value: Any) -> Any:
    """A stored value as something that compares."""
    if isinstance(value, dict):
        return Decimal(value["amount"]) * GRAMS[value["unit"]]
    return value.casefold() if isinstance(value, str) else value


def _typed(code: str, word: str) -> Any:
    if code == "weight":
        return _number(word if " " in word else f"{word} kg")
    if code == "warm":
        return word.lower() in ("true", "1")
    return word.casefold()


def _compares(value: Any, operator: str, operands: list[Any]) -> bool:
    if isinstance(value, str) and operands and _is_number(value) and all(map(_is_number, operands)):
        value, operands = Decimal(value), [Decimal(each) for each in operands]
    answers: dict[str, Callable[[], bool]] = {
        "is not empty": lambda: True,
        "=": lambda: bool(value == operands[0]),
        "in": lambda: value in operands,
        "<": lambda: bool(value < operands[0]),
        "<=": lambda: bool(value <= operands[0]),
        ">": lambda: bool(value > operands[0]),
        ">=": lambda: bool(value >= operands[0]),
        "between": lambda: bool(operands[0] <= value <= operands[1]),
        "contains": lambda: operands[0] in value,
        "starts with": lambda: bool(value.startswith(operands[0])),
    }
    return answers[operator]()


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.lstrip("-").replace(".", "", 1).isdigit()


def _within(low: Decimal, high: Decimal, operator: str, numbers: list[Decimal]) -> bool:
    """Whether any number of a range meets a comparison."""
    return {
        "=": lambda: low <= numbers[0] <= high,
        "in": lambda: any(low <= number <= high for number in numbers),
        "<": lambda: low < numbers[0],
        "<=": lambda: low <= numbers[0],
        ">": lambda: high > numbers[0],
        ">=": lambda: high >= numbers[0],
        "between": lambda: low <= numbers[1] and high >= numbers[0],
    }[operator]()
