"""The second press: pieces are laid out alone in processes that may die, kept, and pasted up at the end.

`Press` in exports.pdf.engine lays out chapter after chapter in its own process, and writes tags; this one renders only
what changed, and nothing that it is given can stop it. Why there are two: docs/decisions/0050-pieces.md.
"""

import logging

logging.getLogger("pikepdf").setLevel(logging.WARNING)  # else it greets whoever imports it
