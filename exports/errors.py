"""The one error of making an edition. Raised anywhere below, caught once, in editions.build."""


class ExportError(Exception):
    """An edition cannot be made. `permanent` says that trying again without a change is of no use."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent
