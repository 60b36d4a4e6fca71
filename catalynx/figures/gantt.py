"""Figure: who works on what, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from catalynx.columns import require
from catalynx.figures import wording
from catalynx.figures.colours import BLUE, BLUISH_GREEN, ORANGE, OUTLINE, REDDISH_PURPLE, SKY_BLUE, VERMILLION, WARNING
from catalynx.figures.drawing import frame_opts, holoviews, says, told_apart

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

QUESTION = "Who works on what, and when?"
NEEDS = {"candidate_id", "name", "who", "start", "finish", "hours", "deadline"}
NAME_CHARACTERS = 26
PEOPLE = (BLUE, ORANGE, BLUISH_GREEN, REDDISH_PURPLE, SKY_BLUE, VERMILLION)


def gantt(schedule: pd.DataFrame, today: date, *, title: str | None = QUESTION) -> hv.Element:
    """Draw the work on each application as bars from its first to its last day, one colour a person or role; a dot is a deadline.

    Parameters
    ----------
    schedule : one row an application and person: ``candidate_id``, ``name``, ``who``, ``start`` and ``finish`` (days of
        work), ``hours``, ``deadline`` (missing where none is known)
    today : the day to count from
    title : None where the page says the question itself

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(schedule, NEEDS, name="schedule")
    if schedule.empty:
        return says("No work is planned.", title)
    hv = holoviews()
    bars = schedule_bars(schedule)
    count = bars["candidate_id"].nunique()
    told = ["full_name", "who", "told", "due", "colour"]
    work = hv.Rectangles(bars, kdims=["start", "bottom", "finish", "top"], vdims=told).opts(
        color="colour", line_color=OUTLINE, line_width=0.6, tools=["hover"],
        hover_tooltips=[("Application", "@full_name"), ("Who", "@who"), ("Hours", "@told"), ("Deadline", "@due")],
    )  # fmt: skip
    due = bars.dropna(subset=["deadline"]).drop_duplicates("candidate_id")
    ends = hv.Points(due, kdims=["deadline", "row"], vdims=["full_name", "due"]).opts(
        color=WARNING, marker="diamond", size=11, line_color=OUTLINE, tools=["hover"],
        hover_tooltips=[("Application", "@full_name"), ("Deadline", "@due")],
    )  # fmt: skip
    now = hv.VLine(pd.Timestamp(today)).opts(color=WARNING, line_width=1.5, line_dash="dashed")
    last = max(bars["finish"].max(), due["deadline"].max() if len(due) else bars["finish"].max())
    labels = bars.drop_duplicates("candidate_id")
    return (now * work * ends).opts(
        **frame_opts(title, 92 + 44 * count), xformatter=_months(), ylabel="", show_legend=False,
        xlabel=f"dashed: today; diamond: deadline; {colours_in_words(bars)}", ylim=(-0.6, count - 0.4),
        xlim=(min(pd.Timestamp(today), bars["start"].min()) - timedelta(days=4), last + timedelta(days=8)),
        yticks=list(zip(labels["row"], labels["label"], strict=True)),
    )  # fmt: skip


def schedule_bars(schedule: pd.DataFrame) -> pd.DataFrame:
    """Return the bars: the row of each application, first in the frame on top, and within it a band for each who works on it.

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    require(schedule, NEEDS, name="schedule")
    names = schedule.drop_duplicates("candidate_id").set_index("candidate_id")["name"].map(wording.name)
    people = list(dict.fromkeys(schedule["who"]))
    rows = {one: len(names) - 1 - place for place, one in enumerate(names.index)}
    cut = dict(zip(names.index, told_apart(list(names), NAME_CHARACTERS), strict=True))
    of_one = schedule.groupby("candidate_id")
    hours, band = of_one["hours"].sum(), of_one.cumcount()
    height = 0.72 / of_one["who"].transform("size")
    row = schedule["candidate_id"].map(rows)
    return schedule.assign(
        row=row, top=row + 0.36 - band * height, bottom=row + 0.36 - (band + 1) * height,
        start=pd.to_datetime(schedule["start"]), finish=pd.to_datetime(schedule["finish"]),
        deadline=pd.to_datetime(schedule["deadline"]),
        full_name=schedule["candidate_id"].map(names), told=schedule["hours"].map(wording.hours),
        due=schedule["deadline"].map(wording.day), colour=[PEOPLE[people.index(who) % len(PEOPLE)] for who in schedule["who"]],
        label=[f"{cut[one]}\n{wording.hours(hours[one])}" for one in schedule["candidate_id"]],
    )  # fmt: skip


def colours_in_words(bars: pd.DataFrame) -> str:
    """Say which colour is whose, for the label under the axis."""
    names = {
        BLUE: "blue",
        ORANGE: "orange",
        BLUISH_GREEN: "green",
        REDDISH_PURPLE: "pink",
        SKY_BLUE: "pale blue",
        VERMILLION: "red",
    }
    told = dict.fromkeys((names[colour], str(who)) for colour, who in zip(bars["colour"], bars["who"], strict=True))
    return ", ".join(f"{colour}: {who}" for colour, who in told)


def _months() -> Any:
    from bokeh.models import DatetimeTickFormatter

    return DatetimeTickFormatter(days="%-d %b", months="%b %Y", years="%Y")
