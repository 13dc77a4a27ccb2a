"""Run by a Python that has translate-toolkit: translates a file with that library, keeping its codes.

python xliff_tool.py FILE PREFIX    puts PREFIX before the words of every unit's translation
"""

from __future__ import annotations

import sys
from pathlib import Path

from translate.storage import xliff, xliff2  # type: ignore[import-not-found,unused-ignore]


def main(name: str, prefix: str) -> None:
    path = Path(name)
    modern = b"xliff:document:2.0" in path.read_bytes()
    store = (xliff2.Xliff2File if modern else xliff.Xliff1File).parsefile(str(path))
    for unit in store.units:
        if not unit.istranslatable() or not unit.source:
            continue
        target = [element.copy() for element in unit.rich_source]
        target[0].insert(0, prefix)
        unit.rich_target = target
        unit.markfuzzy(False)
    path.write_bytes(bytes(store))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
