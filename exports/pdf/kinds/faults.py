"""What cannot be set as it should be, and what an output does about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from exports.documents import Document
from exports.errors import ExportError
from exports.formats.base import Problem, Work

TOLD = 3  # faults named in the one line of an error


class Policy(StrEnum):
    """`STOP` makes no edition while anything is amiss, `LEAVE_OUT` prints the other products, `PRINT` prints all."""

    STOP = "stop"
    LEAVE_OUT = "leave_out"
    PRINT = "print"


class Faults:
    """Collects what is amiss, as problems of the edition."""

    def __init__(self, work: Work, policy: Policy) -> None:
        self._work = work
        self._policy = policy

    def tell(self, sku: str, message: str) -> None:
        problem = Problem(sku, message, fatal=self._policy is not Policy.PRINT)
        if problem not in self._work.problems:
            self._work.problems.append(problem)

    def settle(self) -> None:
        """Raises ExportError where the policy is to stop and there is something to stop for."""
        fatal = [problem for problem in self._work.problems if problem.fatal]
        if self._policy is Policy.STOP and fatal:
            raise ExportError(_summary(fatal))

    def without_faulty(self, documents: Iterable[Document]) -> list[Document]:
        """The documents that are printed."""
        left_out = {problem.sku for problem in self._work.problems if problem.fatal}
        return [document for document in documents if document.sku not in left_out]


def _summary(problems: list[Problem]) -> str:
    told = " ".join(f"{problem.sku}: {problem.message}" for problem in problems[:TOLD])
    more = f" … and {len(problems) - TOLD} more." if len(problems) > TOLD else ""
    count = "1 fault" if len(problems) == 1 else f"{len(problems)} faults"
    return f"{count}, and the option “faults” is stop (leave_out would print the other products). {told}{more}"
