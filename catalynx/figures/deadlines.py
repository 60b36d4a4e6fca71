"""Figure: which deadlines come next, and when to start."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import CLASSES, OUTLINE, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says, told_apart

if TYPE_CHECKING:
    import holoviews as hv

QUESTION = "Which deadlines come next?"
WORTH_A_LOOK = ("pursue now", "prepare", "consider later")
NAME_CHARACTERS = 26
NEEDS = {"rank", "name", "recommendation", "eligibility", "deadline", "deadline_estimated", "start_by"}


def deadlines(
    decisions: pd.DataFrame, today: date, *, days: int = 180, limit: int = 8, title: str | None = QUESTION
) -> hv.Element:
    """Draw the next deadlines on a time line: a line from the day to start to the deadline, soonest on top.

    Parameters
    ----------
    decisions : needs ``rank``, ``name``, ``recommendation``, ``eligibility``, ``deadline``, ``deadline_estimated``, ``start_by``;
        rows without a deadline, past it, not eligible, or of a class below "consider later" are left out
    today : the day to count from
    days : how far to look
    limit : how many
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    coming = coming_deadlines(decisions, today, days=days, limit=limit)
    if coming.empty:
        return says(f"No deadline in the next {days} days is on record for what is worth a look.", title)
    hv = holoviews()
    marks = _marks(coming.iloc[::-1], today)
    opts = frame_opts(title, 70 + 40 * len(coming))
    window = hv.Segments(marks, kdims=["from", "row", "to", "row"]).opts(color="colour", line_width=5, alpha=0.45)
    ends = hv.Points(marks, kdims=["to", "row"], vdims=["full_name", "due", "start", "recommendation", "colour"]).opts(
        color="colour",
        line_color=OUTLINE,
        size=13,
        tools=["hover"],
        hover_tooltips=[
            ("Candidate", "@full_name"),
            ("Deadline", "@due"),
            ("Start by", "@start"),
            ("What to do", "@recommendation"),
        ],
    )
    now = hv.VLine(pd.Timestamp(today)).opts(color=WARNING, line_width=1.5, line_dash="dashed")
    return (now * window * ends).opts(
        **opts,
        xformatter=_months(),
        xlabel="dashed: today",
        ylabel="",
        ylim=(-0.6, len(coming) - 0.4),
        show_legend=False,
        xlim=(pd.Timestamp(today - timedelta(days=4)), marks["to"].max() + timedelta(days=6)),
        yticks=list(zip(marks["row"], marks["label"], strict=True)),
    )


def coming_deadlines(decisions: pd.DataFrame, today: date, *, days: int = 180, limit: int = 8) -> pd.DataFrame:
    """Return the rows behind the figure, soonest first.

    Raises
    ------
    MissingColumns
    """
    require(decisions, NEEDS, name="decisions")
    due = pd.to_datetime(decisions["deadline"])
    last = pd.Timestamp(today) + timedelta(days=days)
    wanted = (
        due.between(pd.Timestamp(today), last)
        & (decisions["eligibility"] != "fails")
        & (decisions["recommendation"].isin(WORTH_A_LOOK))
    )
    return decisions[wanted].assign(_due=due[wanted]).sort_values(["_due", "rank"]).drop(columns="_due").head(limit)


def _months() -> object:
    from bokeh.models import DatetimeTickFormatter

    return DatetimeTickFormatter(days="%-d %b", months="%b", years="%Y")


def _marks(coming: pd.DataFrame, today: date) -> pd.DataFrame:
    due, start = pd.to_datetime(coming["deadline"]), pd.to_datetime(coming["start_by"])
    estimated = coming["deadline_estimated"].fillna(False).astype(bool)
    names = coming["name"].map(wording.name)
    return pd.DataFrame(
        {
            # Without a known day to start, the line has no length: only the deadline is drawn.
            "from": start.fillna(due).where(lambda day: day > pd.Timestamp(today), pd.Timestamp(today)),
            "to": due,
            "row": range(len(coming)),
            "label": [
                f"{name}\n{wording.day_short(when)}"
                for name, when in zip(told_apart(list(names), NAME_CHARACTERS), due, strict=True)
            ],
            "full_name": names,
            "due": [
                wording.day_from(when, today) + (", the funder's estimate" if guess else "")
                for when, guess in zip(due, estimated, strict=True)
            ],
            "start": [wording.day(when) for when in start],
            "recommendation": coming["recommendation"],
            "colour": coming["recommendation"].map(CLASSES),
        }
    )
