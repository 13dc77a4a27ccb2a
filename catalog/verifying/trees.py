"""Trees: categories, products and their variants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from catalog import querysets
from catalog.axes import axis_key
from catalog.models import Category, Product
from catalog.operations.trees import TREE_COLUMNS, number_trees
from catalog.verifying.registry import Defect, check

BATCH = 1_000


@check("categories")
def categories() -> Iterator[Defect]:
    """Every category is below its parent, without a circle, and numbered as its tree is walked."""
    nodes = list(Category.objects.order_by("tree_id", "lft", "pk"))
    below: dict[int | None, list[Category]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id].append(node)
    before = {node.pk: [getattr(node, name) for name in TREE_COLUMNS] for node in nodes}
    changed = {node.pk for node in number_trees(below[None], lambda node: below[node.pk])}
    reached = set(_reached(below))
    for node in nodes:
        if node.pk not in reached:
            yield Defect(f"category “{node.code}”", "it stands below itself.", "Give it another parent.")
        elif node.pk in changed:
            had = ", ".join(f"{name} {number}" for name, number in zip(TREE_COLUMNS, before[node.pk], strict=True))
            yield Defect(
                f"category “{node.code}”", f"its place in the tree is wrong ({had}).", "Move it, or rebuild the tree."
            )


def _reached(below: dict[int | None, list[Category]]) -> Iterator[int]:
    """The ids of all categories that can be reached from a root."""
    open_nodes = list(below[None])
    while open_nodes:
        node = open_nodes.pop()
        yield node.pk
        open_nodes += below[node.pk]


@check("products")
def products() -> Iterator[Defect]:
    """No product stands below itself, and variants are of their parent's family."""
    rows = Product.objects.order_by("pk").values_list("pk", "sku", "parent_id", "family_id")
    known = {pk: (sku, parent, family) for pk, sku, parent, family in rows.iterator(chunk_size=10_000)}
    sound: set[int] = set()
    for pk, (sku, parent, family) in known.items():
        if parent and known[parent][2] != family:
            yield Defect(f"product “{sku}”", "its family is not its parent's.", f"Save “{known[parent][0]}” again.")
        path: list[int] = []
        current: int | None = pk
        while current and current not in sound and current not in path:
            path.append(current)
            current = known[current][1]
        if current and current in path:
            yield Defect(f"product “{sku}”", "it stands below itself.", "Give it another parent.")
        sound.update(path)


@check("variants")
def variants() -> Iterator[Defect]:
    """What tells a variant from its siblings is what it says of its axes. Imported ones may have nothing."""
    ids = list(Product.objects.exclude(axis_key="").order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        lines = querysets.lines_of(Product.objects.filter(pk__in=ids[start : start + BATCH]))
        axes = querysets.axes_by_variant({line[-1].family_variant_id for line in lines.values()})
        specs = querysets.attribute_specs()
        for line in lines.values():
            codes = axes.get(line[-1].family_variant_id or 0, {}).get(len(line) - 1, [])
            if line[0].axis_key != axis_key([specs[code.lower()] for code in codes], line[0].values):
                yield Defect(f"product “{line[0].sku}”", "its key among its siblings is out of date.", "Save it again.")
