"""What was made of a snapshot, kept for as long as the snapshot is open: that of the last days asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from catalynx.lake.snapshot import Snapshot

MOST_KEPT = 14
"""Of one snapshot; a change of the day makes them anew, so that many days do not fill the memory."""

_made: WeakKeyDictionary[Snapshot, OrderedDict[tuple[object, ...], Any]] = WeakKeyDictionary()
_making = RLock()


def kept[T](snapshot: Snapshot, make: Callable[..., T], *of: object) -> T:
    """Return ``make(snapshot, *of)``, made at the first question; who asks the same meanwhile waits for it."""
    with _making:
        made = _made.setdefault(snapshot, OrderedDict())
        key = (make, *of)
        if key not in made:
            made[key] = make(snapshot, *of)
            while len(made) > MOST_KEPT:
                made.popitem(last=False)
        made.move_to_end(key)
        found: T = made[key]
        return found
