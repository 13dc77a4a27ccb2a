"""Work outside a request.

A job is a row, written in the transaction that wants it (`enqueue`). Workers claim rows and run each in a process of
its own; an engine such as Celery may carry ids to them, but carries nothing else, so what it loses or doubles is no
harm. A kind of job is one class (`Kind`), listed in catalog.jobs.registry or registered by the room it belongs to.
"""

from catalog.jobs.base import Cancelled, GiveUp, Kind, Lost, TryAgain
from catalog.jobs.queue import cancel, enqueue, retry
from catalog.jobs.registry import register
from catalog.jobs.work import Work

__all__ = ["Cancelled", "GiveUp", "Kind", "Lost", "TryAgain", "Work", "cancel", "enqueue", "register", "retry"]
