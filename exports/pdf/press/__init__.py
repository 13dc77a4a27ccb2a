"""The second press: pieces are laid out alone in processes that may die, kept, and pasted up at the end.

`Press` in exports.pdf.engine has one of these processes lay out chapter after chapter, and write tags; this one renders
only what changed. Nothing that they are given can stop either. Why there are two: docs/decisions/0050-pieces.md.
"""

import logging

logging.getLogger("pikepdf").setLevel(logging.WARNING)  # else it greets whoever imports it
