"""Figure: how large the grants of a funder are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import ACCENT, OUTLINE, QUIET
from catalynx.figures.drawing import counted, frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv

QUESTION = "How large are their grants?"
BANDS_USD: Final = (0, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, float("inf"))


def grant_sizes(grants: pd.DataFrame, *, ask_usd: float | None = None, title: str | None = QUESTION) -> hv.Element:
    """Draw how many grants fall into each band of size; the band of `ask_usd` stands out.

    Parameters
    ----------
    grants : needs ``amount_usd``; missing, zero and negative amounts are left out
    ask_usd : the amount that is to be asked for
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    bands = counts_by_size(grants)
    if bands["count"].sum() == 0:
        return says("No grant with an amount is on record.", title)
    hv = holoviews()
    asked = _band_of(ask_usd)
    first, last = bands["count"].to_numpy().nonzero()[0][[0, -1]]
    ours = bands.index[bands["band"] == asked]
    if len(ours):
        first, last = min(first, ours[0]), max(last, ours[0])
    shown = bands.iloc[first : last + 1].assign(
        label=lambda frame: frame["band"] + "  " + frame["count"].map("{:,}".format),
        colour=lambda frame: [ACCENT if asked in (band, None) else QUIET for band in frame["band"]],
    )
    note = "grants; strong: ask" if asked else "grants on record"
    return hv.Bars(shown.iloc[::-1], "label", ["count", "band", "colour"]).opts(
        **frame_opts(title, 64 + 28 * len(shown)),
        color="colour",
        line_color=OUTLINE,
        line_width=0.6,
        bar_width=0.7,
        invert_axes=True,
        xlabel="",
        ylabel=note,
        xformatter=counted(),
        ylim=(0, float(shown["count"].max()) * 1.05),
        tools=["hover"],
        hover_tooltips=[("Size", "@band"), ("Grants", "@count{0,0}")],
    )


def counts_by_size(grants: pd.DataFrame) -> pd.DataFrame:
    """Return ``band`` and ``count`` for each band of size: the table behind the figure.

    Raises
    ------
    MissingColumns
    """
    require(grants, {"amount_usd"}, name="grants")
    amounts = grants["amount_usd"].dropna()
    labels = [_band(low, high) for low, high in pairwise(BANDS_USD)]
    cut = pd.cut(amounts[amounts > 0].astype(float), BANDS_USD, right=False, labels=labels)
    return cut.value_counts(sort=False).rename_axis("band").reset_index(name="count").astype({"band": str})


def _band_of(amount_usd: float | None) -> str | None:
    if not amount_usd or amount_usd < 0:
        return None
    return next(_band(low, high) for low, high in pairwise(BANDS_USD) if low <= amount_usd < high)


def _band(low: float, high: float) -> str:
    if low == 0:
        return f"under {wording.money_short(high)}"
    return (
        f"{wording.money_short(low)} or more"
        if high == float("inf")
        else f"{wording.money_short(low)}–{wording.money_short(high)[1:]}"
    )
