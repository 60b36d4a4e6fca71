"""What all figures share: quiet axes, no toolbar, words instead of an empty frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from catalynx.extras import without_extra
from catalynx.figures.colours import INK, OUTLINE

if TYPE_CHECKING:
    import holoviews as hv

NAME_LENGTH = 30
MONEY_TICKS = "$0.[0]a"


def holoviews() -> Any:
    """Import HoloViews with its Bokeh backend, once, when the first figure is drawn."""
    import holoviews as hv

    if "bokeh" not in hv.Store.renderers:
        # It would take colours from matplotlib, for 16 MB; we name ours.
        with without_extra("matplotlib"):
            hv.extension("bokeh", logo=False)
    hv.Store.set_current_backend("bokeh")
    return hv


def frame_opts(title: str | None, height_px: int) -> dict[str, Any]:
    """Options of a figure as wide as its place, without a toolbar, with text that fits 400 px."""
    sizes = {"title": "12pt", "labels": "10pt", "xticks": "9.5pt", "yticks": "9.5pt"}
    return {
        "responsive": True, "height": height_px, "toolbar": None, "default_tools": [], "title": title or "", "fontsize": sizes,
        "show_grid": False, "border": 4, "hooks": [_quiet], "backend_opts": {"plot.min_width": 240},
    }  # fmt: skip


def counted() -> Any:
    """Return a formatter of ticks that writes counts: ``4,000``.

    With ``invert_axes`` labels and limits are given for the axes before they are turned, formatters for those after.
    """
    from bokeh.models import NumeralTickFormatter

    return NumeralTickFormatter(format="0,0")


def says(text: str, title: str | None, height_px: int = 120) -> hv.Overlay:
    """Return a figure without marks that says, in words, why there is nothing to draw."""
    hv = holoviews()
    bare = hv.Scatter([], kdims="x", vdims="y").opts(
        **frame_opts(title, height_px), xlabel=text, ylabel="", xticks=[(0, "")], yticks=[(0, "")], xlim=(0, 1), ylim=(0, 1)
    )
    return hv.Overlay([bare]).opts(**frame_opts(title, height_px))


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """Cut `name` to `length` characters, at a word where one ends in the last quarter, and say so by an ellipsis."""
    if len(name) <= length:
        return name
    cut = name[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length * 3 // 4 else cut).rstrip(" ,;&-") + "…"


def told_apart(names: Sequence[str], length: int = NAME_LENGTH) -> list[str]:
    """Cut names to `length` characters so that those which begin alike can still be told apart.

    A name that shares its first words with another keeps the first of them and what follows the shared ones:
    ``Promotion … Public Programs``.
    """
    words = [name.split() for name in names]
    cut = []
    for place, name in enumerate(names):
        shared = max((_shared(words[place], other) for at, other in enumerate(words) if at != place), default=0)
        rest = " ".join(words[place][shared:])
        alike = len(" ".join(words[place][:shared])) > length // 2
        first = shortened(words[place][0], length // 2) if words[place] else name
        cut.append(f"{first} … {shortened(rest, length - len(first) - 3)}" if len(name) > length and alike and rest else
                   shortened(name, length))  # fmt: skip
    return cut


def _shared(words: Sequence[str], others: Sequence[str]) -> int:
    """Count the words with which both begin; of like names none."""
    if list(words) == list(others):
        return 0
    return next(
        (place for place, pair in enumerate(zip(words, others, strict=False)) if pair[0] != pair[1]), min(len(words), len(others))
    )


def _quiet(plot: Any, element: Any) -> None:
    """Take away what does not inform: frames, tick marks, a background (the page has its own)."""
    from bokeh.models import ContinuousTicker, HoverTool

    figure = plot.state
    # Overlays bring tools of their own; a wheel over a chart must scroll the page, not zoom the chart.
    figure.toolbar.tools = [tool for tool in figure.toolbar.tools if isinstance(tool, HoverTool)]
    figure.outline_line_color = None
    figure.background_fill_alpha = 0
    figure.border_fill_alpha = 0
    figure.title.text_color = INK
    for axis in figure.axis:
        axis.axis_line_color = None
        axis.major_tick_line_color = None
        axis.minor_tick_line_color = None
        axis.major_label_text_color = INK
        axis.axis_label_text_color = INK
        axis.axis_label_text_font_style = "normal"
        if isinstance(axis.ticker, ContinuousTicker):
            axis.ticker.desired_num_ticks = 3
    for grid in figure.grid:
        grid.grid_line_color = OUTLINE
        grid.grid_line_alpha = 0.18
