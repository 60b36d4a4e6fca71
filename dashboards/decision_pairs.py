"""Part of the knobs: groups of criteria compared two by two, and what they weigh by that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

from catalynx.lookups.pairs import weights_from_pairs
from dashboards.fragments import fragment, pane, show
from dashboards.widgets import button, choice, fold

SAYS: Final = (
    "Say of each two which matters more. The shares of the weight that follow are told below, and set the sliders above, which "
    "say by how much usual shares are multiplied for that: only their proportion counts."
)
TIMES: Final = (("by far", 7.0), ("clearly", 5.0), ("a little", 3.0))
"""In words → how many times it counts as much, of Saaty's scale of 1 to 9."""


class WeightPairs:
    """The form.

    Parameters
    ----------
    weigh : takes group → factor of what the comparisons come to
    """

    def __init__(self, weigh: Callable[[Mapping[str, float]], None]) -> None:
        import panel as pn

        self._weigh = weigh
        self._usual: Mapping[str, float] = {}
        self._pairs: dict[tuple[str, str], Any] = {}
        self._form = pn.Column(pane(fragment("empty.html")), sizing_mode="stretch_width", margin=0)
        self._says = pane(fragment("empty.html"))
        use = button("Weigh by these")
        use.margin, use.width = (12, 0, 8, 0), 150
        use.on_click(self._apply)
        self.body = fold("Two by two", pane(fragment("knob_help.html", says=SAYS)), self._form, use, self._says, inner=True)

    def know(self, usual: Mapping[str, float]) -> None:
        """Take in group → share of the usual weights."""
        self._usual = usual
        self._pairs = {pair: _asks(*pair) for pair in combinations(usual, 2)}
        self._form[:] = list(self._pairs.values())
        self.body.visible = bool(self._pairs)

    async def _apply(self, event: Any) -> None:
        found = weights_from_pairs(self._usual, {pair: float(widget.value) for pair, widget in self._pairs.items()})
        show(self._says, fragment("knob_says.html", says=found.sentence, wrong=found.worst is not None))
        self._weigh(found.factors)


def _asks(first: str, second: str) -> Any:
    """Return the list to choose from how two groups compare."""
    more, less = (
        {f"{one[:1].upper()}{one[1:]}: {words}": f"{times if one is first else 1 / times:g}" for words, times in order}
        for one, order in ((first, TIMES), (second, tuple(reversed(TIMES))))
    )
    widget = choice(f"{first[:1].upper()}{first[1:]}, or {second}?", {**more, "both alike": "1", **less})
    widget.value = "1"
    widget.param.update(sizing_mode="stretch_width", width=None, max_width=260, margin=(4, 0, 0, 0))
    return widget
