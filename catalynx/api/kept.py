"""What is kept in the memory of a process: bounded in number and in time, and its loss costs time only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic


class Kept[K, V]:
    """Values by key; the one not used for longest goes first, and none stays longer than `seconds`.

    Parameters
    ----------
    most : how many at most
    seconds : how long one is good
    clock : seconds that only rise
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()
        self.hits = self.misses = self.dropped = 0

    def get(self, key: K) -> V | None:
        """Return the value for `key`, or None when there is none that is still good."""
        found = self._values.get(key)
        if found is None or found[0] < self._clock():
            self.misses += 1
            return None
        self.hits += 1
        return found[1]

    def put(self, key: K, value: V, since: int | None = None) -> None:
        """Keep a value; not when something was dropped after `since`, the count of ``dropped`` when the value was read."""
        with self._lock:
            if since not in (None, self.dropped):
                return
            self._values[key] = (self._clock() + self._seconds, value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def drop(self, matching: Callable[[K, V], bool]) -> int:
        """Forget every value for which `matching` holds; return how many there were."""
        with self._lock:
            self.dropped += 1
            found = [key for key, (_, value) in self._values.items() if matching(key, value)]
            for key in found:
                del self._values[key]
        return len(found)

    def figures(self) -> dict[str, float | int | None]:
        """Return how often it helped; ``hit_rate`` runs from 0 to 1, and is unknown before it was first asked."""
        asked = self.hits + self.misses
        return {
            "hit_rate": self.hits / asked if asked else None, "hits": self.hits, "misses": self.misses, "size": len(self._values),
            "max_size": self._most, "ttl_seconds": self._seconds,
        }  # fmt: skip
