"""Figure: which applications two scenarios share, and which only one of them works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says, told_apart

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "What does each work on?"
NEEDS = {"name", "first_hours", "second_hours"}
NAME_CHARACTERS = 26


def scenario_comparison(
    applications: pd.DataFrame, first: str, second: str, *, limit: int = 14, title: str | None = QUESTION
) -> hv.Element:
    """Draw for each application the hours in the first scenario to the left, those in the second to the right.

    What both work on is grey; what leaves is red, what enters blue. What differs stands on top.

    Parameters
    ----------
    applications : needs ``name``, ``first_hours`` and ``second_hours``, missing where a scenario does not work on it
    first, second : names of the scenarios
    limit : how many applications
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(applications, NEEDS, name="applications")
    bars = comparison_bars(applications, first, second).head(2 * limit)
    if bars.empty:
        return says("No application is worked on in either.", title)
    hv = holoviews()
    bars = bars.assign(row=bars["row"] - bars["row"].min())
    labels = bars.drop_duplicates("row")
    most = float(bars["size"].max()) * 1.08
    drawn = hv.Rectangles(
        bars.assign(bottom=bars["row"] - 0.3, top=bars["row"] + 0.3), kdims=["begin", "bottom", "end", "top"],
        vdims=["full_name", "scenario", "told", "what", "colour"],
    ).opts(
        color="colour", line_color=OUTLINE, line_width=0.6, tools=["hover"],
        hover_tooltips=[("Application", "@full_name"), ("Scenario", "@scenario"), ("Hours", "@told"), ("", "@what")],
    )  # fmt: skip
    middle = hv.VLine(0).opts(color=OUTLINE, line_width=1.5)
    ticks = [(sign * at, f"{at:,.0f}") for at in (0, most / 2) for sign in (-1, 1)]
    return (drawn * middle).opts(
        **frame_opts(title, 74 + 36 * len(labels)), xlabel="hours; left: the first, right: the second; red leaves, blue enters",
        ylabel="", xticks=ticks, xlim=(-most, most), ylim=(-0.6, len(labels) - 0.4), show_legend=False,
        yticks=list(zip(labels["row"], labels["label"], strict=True)),
    )  # fmt: skip


def comparison_bars(applications: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return two bars an application, what leaves and enters first.

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(applications, NEEDS, name="applications")
    known = applications[applications[["first_hours", "second_hours"]].notna().any(axis=1)]
    what = [_what(*pair) for pair in known[["first_hours", "second_hours"]].to_numpy(dtype=float)]
    order = {"leaves": 0, "enters": 1, "stays": 2}
    known = known.assign(what=what, _order=[order[one] for one in what]).sort_values("_order", kind="stable")
    names = [wording.name(name) for name in known["name"]]
    rows = []
    for place, (one, cut) in enumerate(zip(known.to_dict("records"), told_apart(names, NAME_CHARACTERS), strict=True)):
        colour = {"leaves": WARNING, "enters": ACCENT, "stays": QUIET}[one["what"]]
        for sign, side, scenario in ((-1, "first_hours", first), (1, "second_hours", second)):
            size = 0.0 if wording.is_unknown(one[side]) else float(one[side])
            rows.append({
                "row": len(known) - 1 - place, "begin": min(0.0, sign * size), "end": max(0.0, sign * size), "size": size,
                "full_name": wording.name(one["name"]), "scenario": scenario, "told": wording.hours(size) if size else "none",
                "what": one["what"], "colour": colour, "label": f"{cut}\n{one['what']}",
            })  # fmt: skip
    columns = ["row", "begin", "end", "size", "full_name", "scenario", "told", "what", "colour", "label"]
    return pd.DataFrame(rows, columns=columns)


def _what(first: float, second: float) -> str:
    if wording.is_unknown(second):
        return "leaves"
    return "enters" if wording.is_unknown(first) else "stays"
