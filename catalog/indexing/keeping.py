"""How derived rows are kept: what there should be is compared with what there is, and the difference is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from catalog.indexing.batch import Batch
from catalog.indexing.writing import among, delete_rows, insert_rows, update_rows

# A row's columns: first those that tell it from others, then those it carries.
Columns = tuple[Any, ...]


class Keeper(ABC):
    """One table of derived rows.

    `identity` and `payload` name its fields as rows do (`product_id`); a new row has what is in `initial` besides.
    """

    model: ClassVar[type[Model]]
    identity: ClassVar[tuple[str, ...]]
    payload: ClassVar[tuple[str, ...]] = ()
    initial: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def rows(self, batch: Batch) -> Iterable[Columns]:
        """The rows the batch's products should have, as identity and payload."""

    def concerns(self, batch: Batch) -> bool:
        """Whether what changed can change these rows."""
        return True

    def bring(self, batch: Batch) -> None:
        """Write what differs."""
        self.difference(batch).write()

    def there(self, batch: Batch) -> QuerySet[Any]:
        """The rows that `rows` would replace."""
        return QuerySet(self.model).filter(product__in=among(batch.ids))

    def shown(self, columns: Columns) -> Columns:
        """Columns as they are compared: equal for equal rows on both engines."""
        return columns

    def difference(self, batch: Batch) -> Difference:
        wanted = dict(self._split(columns) for columns in self.rows(batch))
        difference = Difference(self)
        for pk, *columns in self.there(batch).values_list("pk", *self.identity, *self.payload):
            identity, payload = self._split(self.shown(tuple(columns)))
            if identity not in wanted:
                difference.removed.append(pk)
            elif (fresh := wanted.pop(identity)) != payload:
                difference.changed.append((pk, *fresh))
        difference.added = [identity + payload for identity, payload in wanted.items()]
        return difference

    def _split(self, columns: Columns) -> tuple[Columns, Columns]:
        count = len(self.identity)
        return columns[:count], columns[count:]


@dataclass
class Difference:
    """Rows to add, payloads to change (each after its row's primary key), and primary keys to remove.

    `changing` names what is changed, if it is not the keeper's payload.
    """

    keeper: Keeper
    changing: tuple[str, ...] = ()
    added: list[Columns] = field(default_factory=list)
    changed: list[Columns] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    def write(self) -> None:
        """A statement for each kind of change, and for each so many rows."""
        keeper = self.keeper
        delete_rows(keeper.model, self.removed)
        update_rows(keeper.model, self.changing or keeper.payload, self.changed)
        initial = tuple(keeper.initial.values())
        columns = (*keeper.identity, *keeper.payload, *keeper.initial)
        insert_rows(keeper.model, columns, [row + initial for row in self.added])


def differences_of(keepers: Sequence[Keeper], batch: Batch) -> Iterator[Difference]:
    """What differs, by keeper; nothing is written.

    Each is worked out when it is asked for: a keeper may build on what the caller has written for those before it.
    """
    for keeper in keepers:
        if keeper.concerns(batch) and (difference := keeper.difference(batch)):
            yield difference
