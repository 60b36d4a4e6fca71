"""Making a database's file for its owner alone, before SQLite would make it for everybody."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

_making = threading.Lock()


def make_private_file(path: Path) -> None:
    """Make `path` as an empty file that only its owner reads and writes; one that is there stays untouched.

    A file that is there is not even opened: closing a handle of a file ends every lock that this process holds on it
    (POSIX), so that another program would take an open database for one that nobody uses, and its write-ahead log away.
    """
    # Who finds the file there may use it at once, so that nobody may look before the one who makes it has let it go.
    with _making, suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
