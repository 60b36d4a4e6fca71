"""Figure: how the ratios of an organisation stand among those of its peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require, rows
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says
from catalynx.figures.ratio_by_year import in_words

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "How do we compare with our peers?"
NEEDS = {"ratio", "better", "unit", "value", "peer_percentile"}


def peer_standing(standings: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw how many of the peers are less sound in each ratio: a dot from 0 to 100 per cent, the sounder the further right.

    Parameters
    ----------
    standings : rows as ``columns.RESULTS["finance_standings"]``
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    require(standings, NEEDS, name="standings")
    told = sounder_than(standings)
    if told.empty:
        return says("No ratio has enough peers to compare with.", title)
    hv = holoviews()
    listed = rows(told.iloc[::-1])
    ticks = [
        (place, f"{row['ratio'].replace('_', ' ')}\n{in_words(row['value'], row['unit'])}: ahead of {row['sounder']:.0f} %")
        for place, row in enumerate(listed)
    ]
    dots = [(row["sounder"], place, f"{row['sounder']:.0f} %") for place, row in enumerate(listed)]
    colours = [WARNING if row["sounder"] < 25 else ACCENT for row in listed]
    return hv.Overlay([
        hv.VLine(50).opts(color=OUTLINE, line_dash="dashed", line_width=0.8),
        hv.Segments([(0, place, 100, place) for place in range(len(listed))], ["x0", "y0", "x1", "y1"]).opts(
            color=QUIET, line_width=2),
        hv.Points([(*dot, colour) for dot, colour in zip(dots, colours, strict=True)], ["x", "y"], ["told", "colour"]).opts(
            size=13, color="colour", line_color=OUTLINE, tools=["hover"], hover_tooltips=[("Sounder than", "@told of peers")]),
    ]).opts(
        **frame_opts(title, 90 + 54 * len(listed)), xlabel="ahead of … % of peers", ylabel="",
        yticks=ticks, xlim=(-4, 104), ylim=(-0.6, len(listed) - 0.3), show_legend=False,
    )  # fmt: skip


def sounder_than(standings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratios that have peers, with ``sounder``: the share of peers that are less sound, in per cent.

    Raises
    ------
    MissingColumns
    """
    require(standings, NEEDS, name="standings")
    found = standings[standings["peer_percentile"].notna() & standings["value"].notna()]
    below = found["peer_percentile"].astype(float)
    return found.assign(sounder=below.where(found["better"] == "higher", 100 - below))
