"""Names of processes that work on something, by which others on the same machine can tell whether they still live."""

from __future__ import annotations

import os
import secrets
import socket


def worker_name() -> str:
    """Return a name of this process: machine, number, when it began, and something that no other has."""
    import psutil

    return f"{socket.gethostname()}:{os.getpid()}:{int(psutil.Process().create_time())}:{secrets.token_hex(4)}"


def is_gone(name: str | None) -> bool:
    """Say whether the process of that name has ended; of one on another machine nobody here can tell, so that it has not."""
    host, pid, started, _ = (name or ":0:0:").rsplit(":", 3)
    return host == socket.gethostname() and not _is_alive(int(pid), int(started))


def _is_alive(pid: int, started: int) -> bool:
    import psutil

    try:
        process = psutil.Process(pid)
        # The moment is computed from a clock that can be set: a second more or less is the same process.
        return abs(int(process.create_time()) - started) <= 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
