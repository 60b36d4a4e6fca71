"""A short memory of what others said: small, for seconds, and shared between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 4_096


class Known[T]:
    """What was said before, for some seconds; what was not known is asked every time."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def has(self, key: str) -> bool:
        """Say whether `get` would answer without asking."""
        with self._lock:
            held = self._held.get(key)
        return held is not None and 0 <= self._clock() - held[0] < self._seconds

    def get(self, key: str, ask: Callable[[str], T | None]) -> T | None:
        """Return what was said of `key`, asked anew when that was too long ago."""
        # The moment before the question counts: what changes while it is answered must not be held for longer.
        now = self._clock()
        with self._lock:
            held = self._held.get(key)
        if held is not None and 0 <= now - held[0] < self._seconds:
            return held[1]
        answer = ask(key)
        with self._lock:
            self._held.pop(key, None)
            if answer is not None:
                self._held[key] = (now, answer)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return answer

    def drop(self, key: str) -> None:
        """Forget what was said of `key`."""
        with self._lock:
            self._held.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
