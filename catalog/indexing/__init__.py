"""What is derived from the knowledge base so that it can be found fast, kept in the transaction of every write.

`refresh` is called by the operations; `indexed` does it for rows of the schema; `rebuild` and `differences` are for the
commands. A keeper computes the rows of one table for a batch of products; what differs from what is there is written.
"""

from catalog.indexing.refreshing import differences, rebuild, refresh

__all__ = ["differences", "rebuild", "refresh"]
