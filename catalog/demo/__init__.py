"""The demo catalogue of an invented maker of espresso machines, and what draws its pictures."""

from pathlib import Path

# A folder in Tessera's own import format.
CONTENT = Path(__file__).parent / "content"
