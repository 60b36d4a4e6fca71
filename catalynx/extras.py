"""Libraries that other libraries load where they find them, and that we do not need from them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_extra(extra: str) -> Iterator[None]:
    """Import within the block as if `extra` were not installed; nothing happens where it is loaded already.

    It saves the time and the memory that `extra` takes; what is loaded in the block does without it for as long as the process
    lives.
    """
    if extra in sys.modules:
        yield
        return
    sys.modules[extra] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[extra]
