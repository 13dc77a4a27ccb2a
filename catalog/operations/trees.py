"""Moving and adding categories, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from catalog.actors import Actor
from catalog.aliases import refuse_former
from catalog.indexing.touched import indexed, refresh_touched
from catalog.models import Category
from catalog.operations.locking import lock_tree as lock_tree
from catalog.operations.recording import record

# What mptt keeps of a node's place besides its parent.
TREE_COLUMNS = ("tree_id", "lft", "rght", "level")


@transaction.atomic
def save_category(actor: Actor, category: Category) -> Category:
    """Create or change a category, as the last child of its parent if that is new. Raises ValidationError."""
    lock_tree()
    adding = category.pk is None
    if not adding:
        # mptt moves a node whose parent differs from the one it was read with, but somebody may have moved it since.
        stored = Category.objects.values_list("parent_id", flat=True).get(pk=category.pk)
        category._mptt_cached_fields["parent"] = stored
    category.full_clean()
    refuse_former(category)
    with indexed(category):
        category.save()
    record(actor, "create" if adding else "change", [category])
    return category


@transaction.atomic
def move_category(actor: Actor, category: Category, target: Category, position: str) -> None:
    """Move a category with its descendants: `position` is "left", "right", "first-child" or "last-child" of target.

    Raises mptt.exceptions.InvalidMove, for instance below itself.
    """
    lock_tree()
    fresh = Category.objects.get(pk=category.pk)
    fresh.move_to(Category.objects.get(pk=target.pk), position)
    record(actor, "move", [fresh])
    refresh_touched(fresh)


def number_trees(roots: Sequence[Category], children: Callable[[Category], Iterable[Category]]) -> list[Category]:
    """Give all nodes of the trees the numbers mptt's own rebuild would, in Python; returns those that changed, unsaved.

    A root keeps the number of its tree; a new one gets the next. Inserting 50,000 nodes one by one takes mptt many
    minutes and its rebuild 28 s; this and one bulk write take about one.
    """
    last = max((root.tree_id for root in roots if _is_root(root)), default=0)
    changed = []
    for root in roots:
        tree = root.tree_id if _is_root(root) else (last := last + 1)
        changed += _number_tree(root, tree, children)
    return changed


def _is_root(node: Category) -> bool:
    """Whether a node was the root of a tree when it was loaded."""
    return node.tree_id is not None and node.level == 0


def _number_tree(root: Category, tree: int, children: Callable[[Category], Iterable[Category]]) -> list[Category]:
    """Number one tree in depth-first order, without recursion: trees may be deeper than Python's stack."""
    place = 1
    numbers: dict[int, tuple[int, int, int]] = {}
    open_nodes = [(root, iter(children(root)), place)]
    nodes = [root]
    while open_nodes:
        node, rest, left = open_nodes[-1]
        place += 1
        child = next(rest, None)
        if child is None:
            numbers[id(node)] = (left, place, len(open_nodes) - 1)
            open_nodes.pop()
        else:
            nodes.append(child)
            open_nodes.append((child, iter(children(child)), place))
    return [node for node in nodes if _renumber(node, (tree, *numbers[id(node)]))]


def _renumber(node: Category, numbers: tuple[int, ...]) -> bool:
    """Whether the numbers are new to the node, which has them now."""
    if tuple(getattr(node, name) for name in TREE_COLUMNS) == numbers:
        return False
    for name, number in zip(TREE_COLUMNS, numbers, strict=True):
        setattr(node, name, number)
    return True
