"""Work that blocks (the lake, the records, frames) leaves the event loop.

There are two pools, both bounded, so that slow work cannot starve quick work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from catalynx.api.problems import RETRY_SECONDS, Problem

if TYPE_CHECKING:
    from anyio import CapacityLimiter

QUICK_THREADS: Final = 8
SLOW_THREADS: Final = 2
MOST_WAITING: Final = {"quick": 256, "slow": 32}


class Pool:
    """Threads for one sort of work; who comes when too many wait is told to come again.

    Parameters
    ----------
    name : quick or slow
    threads : how many work at a time
    """

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.threads = name, threads
        self._limiter: CapacityLimiter | None = None

    async def run[**P, T](self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call `function` in a thread of the pool, and return what it gives.

        Raises
        ------
        Problem
            503, when too many wait.
        """
        from anyio import to_thread

        if self.waiting >= MOST_WAITING[self.name]:
            raise Problem(503, "Too many requests wait already; nothing was changed. Try again.",
                          headers={"Retry-After": RETRY_SECONDS})  # fmt: skip
        return await to_thread.run_sync(partial(function, *arguments, **named), limiter=self.limiter)

    @property
    def limiter(self) -> CapacityLimiter:
        """The limiter, made where the event loop runs."""
        from anyio import CapacityLimiter

        if self._limiter is None:
            self._limiter = CapacityLimiter(self.threads)
        return self._limiter

    @property
    def waiting(self) -> int:
        """How many wait for a thread."""
        return 0 if self._limiter is None else self._limiter.statistics().tasks_waiting

    def figures(self) -> dict[str, Any]:
        """Return how the pool stands."""
        busy = 0 if self._limiter is None else self._limiter.borrowed_tokens
        return {"threads": self.threads, "busy": int(busy), "waiting": self.waiting}
