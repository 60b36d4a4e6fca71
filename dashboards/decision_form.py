"""What the forms among the knobs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalynx.decision.wishes import Wish
from dashboards.fragments import fragment, show


class WishForm:
    """A part of the knobs that says one thing of what is tried.

    Parameters
    ----------
    wish : gives what is tried
    turn : takes what is tried after a change
    """

    def __init__(self, wish: Callable[[], Wish], turn: Callable[[Wish], None]) -> None:
        self._wish, self._turn = wish, turn

    def _tell(self, where: Any, says: str, *, wrong: bool = True) -> None:
        """Say below a field what is wrong with it, or what was done; nothing takes away what was said."""
        show(where, fragment("knob_says.html", says=says, wrong=wrong) if says else fragment("empty.html"))
