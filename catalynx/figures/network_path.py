"""Figure: the shortest ways from an organisation to a funder."""

from __future__ import annotations

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
LANE_PX, NAME_LENGTH, LABEL_LENGTH = 96, 26, 30


def network_path(steps: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw each way as a line from left to right, one above the other: organisations are dots, what ties them is written between.

    Both ends are the same for all ways, so they stand once, in the middle. A tie by a person is a whole line, by grants a broken
    one; the layout follows from the rows alone.

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
    places = {(row["path"], row["step"], end): _place(row, end, lanes, length) for row in told for end in (0, 1)}
    lines = [_line(row, places) for row in told]
    dots = {(*places[row["path"], row["step"], end], row["to_name" if end else "from_name"]) for row in told for end in (0, 1)}
    overlay = hv.Overlay([
        *(hv.Curve(line, "x", "y").opts(color=OUTLINE if by == "person" else QUIET, line_width=2,
                                        line_dash="solid" if by == "person" else "dashed") for line, by in lines),
        hv.Points(sorted(dots), ["x", "y"], "name").opts(
            size=13, line_color=OUTLINE, tools=["hover"], hover_tooltips=[("", "@name")], color=ACCENT),
        hv.Labels([(x, y + 0.2, shortened(name, NAME_LENGTH)) for x, y, name in sorted(dots)], ["x", "y"], "name").opts(
            text_font_size="9pt", text_color=INK, text_font_style="bold"),
        hv.Labels([_label(row, places) for row in told], ["x", "y"], "tie").opts(text_font_size="8.5pt", text_color=INK),
    ])  # fmt: skip
    return overlay.opts(
        **frame_opts(title, 110 + LANE_PX * lanes), xaxis=None, yaxis=None, show_legend=False,
        xlim=(-0.45, length + 0.45), ylim=(-0.6, lanes - 0.2),
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


def _place(row: dict[str, Any], end: int, lanes: int, length: int) -> tuple[float, float]:
    """Return where an organisation stands: its step to the right, its way upwards; both ends in the middle."""
    step = row["step"] - 1 + end
    middle = (lanes - 1) / 2
    return float(step), middle if step in (0, length) else float(lanes - row["path"])


def _line(row: dict[str, Any], places: dict[tuple[int, int, int], tuple[float, float]]) -> tuple[list[tuple[float, float]], str]:
    return [places[row["path"], row["step"], end] for end in (0, 1)], row["by"]


def _label(row: dict[str, Any], places: dict[tuple[int, int, int], tuple[float, float]]) -> tuple[float, float, str]:
    (left, low), (right, high) = (places[row["path"], row["step"], end] for end in (0, 1))
    if row["by"] == "person":
        text = shortened(str(row["person_name"]).title(), LABEL_LENGTH)
    else:
        count = int(row["grants_count"])
        arrow = "→" if row["giver_key"] == row["from_key"] else "←"
        text = f"{arrow} {count:,} grant{'' if count == 1 else 's'}"
    return (left + right) / 2, (low + high) / 2 - 0.16, text
