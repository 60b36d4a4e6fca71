"""Figure: how much a funder gave in each year on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import ACCENT, OUTLINE
from catalynx.figures.drawing import MONEY_TICKS, frame_opts, holoviews, says

if TYPE_CHECKING:
    import holoviews as hv

QUESTION = "How much did they give in each year on record?"
NEEDS = {"year", "amount_usd"}


def giving_by_year(grants: pd.DataFrame, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the sum of the grants or awards on record in each year, as bars from zero.

    Parameters
    ----------
    grants : needs ``year`` and ``amount_usd``; approved grants (``status``) are left out, since they are not paid yet;
        a year without a row has no bar: nothing is on record, which is not the same as nothing given
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    years = sums_by_year(grants)
    if years.empty:
        return says("No grant with a year and an amount is on record.", title)
    hv = holoviews()
    bars = years.reset_index().assign(
        left=lambda frame: frame["year"] - 0.36,
        right=lambda frame: frame["year"] + 0.36,
        zero=0.0,
        sum=lambda frame: frame["total_usd"].map(wording.money),
    )
    first, last = int(bars["year"].min()), int(bars["year"].max())
    # As many ticks as fit into 400 px, counted back from the latest year.
    ticks = list(range(last, first - 1, -max(1, -(-(last - first + 1) // 6))))
    return hv.Rectangles(bars, ["left", "zero", "right", "total_usd"], ["year", "sum", "count"]).opts(
        **frame_opts(title, 240),
        color=ACCENT,
        line_color=OUTLINE,
        line_width=0.6,
        xlabel="year",
        xticks=[(tick, str(tick)) for tick in ticks],
        ylabel="US dollars of the year",
        yformatter=_money_ticks(),
        xlim=(first - 0.8, last + 0.8),
        ylim=(min(0.0, float(bars["total_usd"].min())), max(1.0, float(bars["total_usd"].max()) * 1.08)),
        tools=["hover"],
        hover_tooltips=[("Year", "@year"), ("On record", "@sum"), ("Grants", "@count{0}")],
    )


def sums_by_year(grants: pd.DataFrame) -> pd.DataFrame:
    """Return ``total_usd`` and ``count`` by ``year`` of what was paid: the table behind the figure.

    Raises
    ------
    MissingColumns
    """
    require(grants, NEEDS, name="grants")
    paid = grants[grants["status"] != "approved"] if "status" in grants.columns else grants
    known = paid.dropna(subset=["year", "amount_usd"])
    years = known.groupby(known["year"].astype(int))["amount_usd"]
    return pd.DataFrame({"total_usd": years.sum(), "count": years.size()})


def _money_ticks() -> object:
    from bokeh.models import NumeralTickFormatter

    return NumeralTickFormatter(format=MONEY_TICKS)
