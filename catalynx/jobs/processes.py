"""Processes that must not outlive what they are for: a job's process, the kernel and the browser that it starts."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

_ROUNDS = 5


def kill_tree(pid: int) -> None:
    """Kill a process and everything that it started, and wait until they are gone."""
    import psutil

    try:
        root = psutil.Process(pid)
        root.suspend()  # it starts nothing more while the rest is looked for
    except psutil.NoSuchProcess:
        return
    doomed = {root}
    for _ in range(_ROUNDS):
        found = {child for process in list(doomed) for child in _children(process)} - doomed
        for child in found:
            with suppress(psutil.NoSuchProcess):
                child.suspend()
        doomed |= found
        if not found:
            break
    for process in doomed:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(doomed, timeout=5)


def die_with_parent() -> None:
    """Kill this process with everything that it started, as soon as the other end of its standard input is closed."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        import psutil

        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _children(process: psutil.Process) -> list[psutil.Process]:
    import psutil

    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
