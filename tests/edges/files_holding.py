"""Finds the files that hold a mark: ``files_holding.py FOLDER MARK…`` prints their paths as JSON, in order.

Looked for are names and bytes, in UTF-8 and UTF-16, also inside zips (as workbooks are); links are not followed. A program
of its own, because whoever reads the files of an open database ends, when he closes them, the locks of his process on it.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path


def main(folder: str, *marks: str) -> None:
    wanted = [mark.encode(coding) for mark in marks for coding in ("utf-8", "utf-16-le")]
    found = set()
    for path in Path(folder).rglob("*"):
        if any(mark in path.name for mark in marks):
            found.add(f"{path} (name)")
        if path.is_file():
            held = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as inside:
                    held += b"".join(inside.read(name) for name in inside.namelist())
            if any(mark in held for mark in wanted):
                found.add(str(path))
    print(json.dumps(sorted(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
