"""Figure: the shortest ways from an organisation to a funder."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from catalynx.columns import require, rows
from catalynx.figures.colours import ACCENT, INK, OUTLINE, QUIET
from catalynx.figures.drawing import frame_opts, holoviews, says, shortened

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "Who leads us to this funder?"
NEEDS = {"path", "step", "from_key", "from_name", "to_key", "to_name", "by", "person_name", "grants_count", "giver_key",
         "first_year", "last_year", "sentence"}  # fmt: skip
type Point = tuple[float, float]
LANE_PX, STEP_PX, LINE_LENGTH, NAME_LINES, LABEL_LENGTH = 104, 112, 15, 3, 22


def network_path(steps: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw each way as a line from left to right, one above the other: organisations are dots, what ties them is written between.

    An organisation that neighbouring ways pass at the same step stands once, in their middle, as both ends always do. A tie by a
    person is a whole line, by grants a broken one; the layout follows from the rows alone.

    Parameters
    ----------
    steps : rows as ``columns.RESULTS["network_paths"]``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(steps, NEEDS, name="steps")
    if steps.empty:
        return says("No way is known, neither through people nor through grants.", title)
    hv = holoviews()
    told = rows(steps)
    lanes, length = max(row["path"] for row in told), max(row["step"] for row in told)
    heights = _heights(told, lanes)
    places = {
        (row["path"], row["step"], end): (float(row["step"] - 1 + end), heights[row["path"], row["step"] - 1 + end])
        for row in told
        for end in (0, 1)
    }
    lines = list(dict.fromkeys(_line(row, places) for row in told))
    labels = list(dict.fromkeys(_label(row, places) for row in told))
    dots = {(*places[row["path"], row["step"], end], row["to_name" if end else "from_name"]) for row in told for end in (0, 1)}
    overlay = hv.Overlay([
        *(hv.Curve(list(line), "x", "y").opts(color=OUTLINE if by == "person" else QUIET, line_width=2,
                                        line_dash="solid" if by == "person" else "dashed") for line, by in lines),
        hv.Points(sorted(dots), ["x", "y"], "name").opts(
            size=13, line_color=OUTLINE, tools=["hover"], hover_tooltips=[("", "@name")], color=ACCENT),
    ])  # fmt: skip
    written = [*((x, y + 0.12, in_lines(name), True) for x, y, name in sorted(dots)), *((*label, False) for label in labels)]
    options = frame_opts(title, 90 + LANE_PX * lanes)
    return overlay.opts(
        **{
            **options,
            "hooks": [*options["hooks"], partial(_write, written)],
            "backend_opts": {"plot.min_width": max(240, STEP_PX * (length + 1))},
        }, xaxis=None, yaxis=None, show_legend=False,
        xlim=(-0.5, length + 0.5), ylim=(-0.45, lanes - 1 + 0.75),
    )  # fmt: skip


def path_in_words(steps: pd.DataFrame) -> list[str]:
    """Say the same in words: one sentence a step, each way after the other.

    Raises
    ------
    MissingColumns
    """
    require(steps, NEEDS, name="steps")
    ordered = sorted(rows(steps), key=lambda row: (row["path"], row["step"]))
    return [f"Way {row['path']}, step {row['step']}: {row['sentence']}." for row in ordered]


def in_lines(name: str) -> str:
    """Break a name into at most `NAME_LINES` lines, each as long as fits between two organisations on a small screen."""
    lines = wrap(name, LINE_LENGTH, break_long_words=False)
    if len(lines) > NAME_LINES:
        lines = [*lines[: NAME_LINES - 1], shortened(" ".join(lines[NAME_LINES - 1 :]), LINE_LENGTH)]
    return "\n".join(shortened(line, LINE_LENGTH + 3) for line in lines)


def _heights(told: list[dict[str, Any]], lanes: int) -> dict[tuple[int, int], float]:
    """Return how high an organisation stands, by way and column: neighbouring ways through the same one share a height."""
    keys = {(row["path"], row["step"] - 1 + end): row["to_key" if end else "from_key"] for row in told for end in (0, 1)}
    ways, length = sorted({path for path, _ in keys}), max(column for _, column in keys)
    found: dict[tuple[int, int], float] = {}
    for column in range(length + 1):
        for key, group in groupby(ways, key=lambda way: keys.get((way, column))):
            together = list(group)
            for way in together:
                # Both ends are one organisation whatever they are called: a name with and without an EIN is the same.
                sharing = ways if column in (0, length) else together if key is not None else [way]
                found[way, column] = sum(lanes - one for one in sharing) / len(sharing)
    return found


def _write(written: list[tuple[float, float, str, bool]], plot: Any, element: Any) -> None:
    """Write names above dots and ties below lines, as annotations: these take the colour of text from the page they stand on."""
    from bokeh.models.annotations import Label

    for x, y, text, is_name in written:
        plot.state.add_layout(Label(
            x=x, y=y, text=text, text_color=INK, text_align="center", text_line_height=1.1,
            text_baseline="bottom" if is_name else "top", text_font_size="9pt" if is_name else "8.5pt",
            text_font_style="bold" if is_name else "normal",
        ))  # fmt: skip
    for grid in plot.state.grid:
        grid.visible = False


def _line(row: dict[str, Any], places: dict[tuple[int, int, int], tuple[float, float]]) -> tuple[tuple[Point, Point], str]:
    return (places[row["path"], row["step"], 0], places[row["path"], row["step"], 1]), row["by"]


def _label(row: dict[str, Any], places: dict[tuple[int, int, int], tuple[float, float]]) -> tuple[float, float, str]:
    (left, low), (right, high) = (places[row["path"], row["step"], end] for end in (0, 1))
    if row["by"] == "person":
        text = shortened(str(row["person_name"]).title(), LABEL_LENGTH)
    else:
        count = int(row["grants_count"])
        arrow = "→" if row["giver_key"] == row["from_key"] else "←"
        text = f"{arrow} {count:,} grant{'' if count == 1 else 's'}"
    return (left + right) / 2, (low + high) / 2 - 0.06, text
