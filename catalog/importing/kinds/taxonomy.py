"""Category trees, tags, slots and association types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from catalog.importing.compare import Kind
from catalog.importing.plan import AssociationTypeRecord, CategoryRecord, SlotRecord, TagRecord
from catalog.importing.writing import update
from catalog.models import AssociationType, Category, Slot, Tag
from catalog.operations.trees import TREE_COLUMNS, lock_tree, number_trees


class Tags(Kind[TagRecord]):
    name = "tags"
    noun = "tag"
    model = Tag
    identity = ("facet", "code")
    references = {"parent": Tag}
    parent = "parent"


class Slots(Kind[SlotRecord]):
    name = "slots"
    noun = "slot"
    model = Slot
    plain = ("multiple", "rich", "max_length", "position")
    optional = ("responsible", "required_facets", "four_eyes")


class AssociationTypes(Kind[AssociationTypeRecord]):
    name = "association_types"
    noun = "association type"
    model = AssociationType
    plain = ("position",)
    optional = ("two_way", "bundle")
    texts = ("label", "inverse_label")


class Categories(Kind[CategoryRecord]):
    """`parent` and the order of the plan are the truth; the nested sets are computed from them for all trees at once.

    Siblings stand as the plan has them; those it does not name stay behind the one they stood behind. The order of the
    trees themselves stays.
    """

    name = "categories"
    noun = "category"
    model = Category
    references = {"parent": Category}
    parent = "parent"

    def compare_rows(self) -> None:
        self.renumbered: list[Category] = []
        if self.records and self.run.known.lock:
            lock_tree()
        super().compare_rows()
        self._arrange()

    def write_rows(self) -> None:
        super().write_rows()
        update(Category, self.renumbered, set(TREE_COLUMNS))

    def _arrange(self) -> None:
        """Number the trees anew where a category was added, moved or put in another order."""
        items = {id(item.row): item for item in self.items}
        named = self._named_children()
        there = self._children_there()
        placed = any(item.changed & {"parent", "code"} for item in self.items)
        children = {}
        for parent in named.keys() | there.keys():
            moved = out_of_order(there[parent], named[parent]) if parent != _TOP else []
            for row in moved:
                items[id(row)].touched = placed = True
            children[parent] = merged(there[parent], named[parent])
        if placed:
            fresh = {id(item.row) for item in self.items if item.new}
            changed = number_trees(children.get(_TOP, []), lambda row: children.get(id(row), ()))
            self.renumbered = [row for row in changed if id(row) not in fresh]

    def _named_children(self) -> dict[int, list[Category]]:
        """The plan's categories in its order, by the identity of their parent's row."""
        order = {self.key(record): place for place, record in reversed(list(enumerate(self.records)))}
        children = defaultdict(list)
        for item in sorted(self.items, key=lambda item: order[self.key(item.record)]):
            children[id(item.row.parent)].append(item.row)
        return children

    def _children_there(self) -> dict[int, list[Category]]:
        """The categories that are there and stay under their parent, in the order they have now."""
        placed = {id(item.row) for item in self.items if item.changed & {"parent", "code"}}
        children: dict[int, list[Category]] = defaultdict(list)
        rows = [row for row in self.run.known.all(Category) if id(row) not in placed] if self.records else []
        for row in sorted(rows, key=lambda row: (row.tree_id, row.lft)):
            children[id(row.parent)].append(row)
        return children


# The "parent" of the roots.
_TOP = id(None)


def out_of_order(there: Sequence[Category], named: Sequence[Category]) -> list[Category]:
    """Of the rows in both lists, those that do not come at the same turn in both."""
    old_ids, new_ids = ({id(row) for row in rows} for rows in (there, named))
    old = [row for row in there if id(row) in new_ids]
    new = [row for row in named if id(row) in old_ids]
    return [after for before, after in zip(old, new, strict=True) if before is not after]


def merged(there: Sequence[Category], named: Sequence[Category]) -> list[Category]:
    """The named rows in their order; each of the others behind the named row it stood behind, or in front of all."""
    ids = {id(row) for row in named}
    followers: dict[int, list[Category]] = defaultdict(list)
    leader = _TOP
    for row in there:
        if id(row) in ids:
            leader = id(row)
        else:
            followers[leader].append(row)
    return [*followers[_TOP], *(row for name in named for row in (name, *followers[id(name)]))]
