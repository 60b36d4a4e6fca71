"""Figures of decisions: order under doubt, schedule, frontier, what moves a result, and two scenarios side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

import holoviews as hv
import pandas as pd
import pytest
from bokeh.models import CustomJS, CustomJSTickFormatter, HoverTool

from catalynx.errors import MissingColumns
from catalynx.figures import colours, frontier, gantt, rank_acceptability, scenario_comparison, tornado

TODAY = date(2027, 2, 26)


def constructed_shares() -> pd.DataFrame:
    rows = [
        ("a", "CONSTRUCTED MAPLE FUND", 1, 1, 0.7), ("a", "CONSTRUCTED MAPLE FUND", 2, 5, 0.3), ("a", "CONSTRUCTED MAPLE FUND", 6, 9, 0.0),
        ("b", "Constructed Lake Fund", 1, 1, 0.3), ("b", "Constructed Lake Fund", 2, 5, 0.5), ("b", "Constructed Lake Fund", 6, 9, 0.2),
        ("c", "Constructed Lake Fund", 1, 1, 0.0), ("c", "Constructed Lake Fund", 2, 5, 0.2), ("c", "Constructed Lake Fund", 6, 9, 0.8),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["candidate_id", "name", "first_place", "last_place", "share"])


def constructed_schedule() -> pd.DataFrame:
    day = pd.Timestamp("2027-03-01")
    rows = [
        ("a", "Constructed Maple Fund", "grant writer", day, day + pd.Timedelta(days=30), 40.0, day + pd.Timedelta(days=33)),
        ("a", "Constructed Maple Fund", "director", day, day + pd.Timedelta(days=7), 6.0, day + pd.Timedelta(days=33)),
        ("b", "Constructed Lake Fund", "grant writer", day, day + pd.Timedelta(days=60), 80.0, pd.NaT),
    ]
    return pd.DataFrame(rows, columns=["candidate_id", "name", "who", "start", "finish", "hours", "deadline"])


def constructed_points() -> pd.DataFrame:
    return pd.DataFrame({"along": [120, 0, 60], "value": [1.7, 0.0, 0.9], "told": ["two", "none", "one"]})


def constructed_swings() -> pd.DataFrame:
    rows = [("mission", 0.5, 0.9, "0.1", "0.4"), ("size", 0.72, 0.68, "0", "0.2"), ("odd", None, 0.7, "0", "1")]
    return pd.DataFrame(rows, columns=["input", "low", "high", "low_told", "high_told"])


def constructed_applications() -> pd.DataFrame:
    rows = [("Constructed Stays", 40.0, 40.0), ("Constructed Leaves", 60.0, None), ("Constructed Enters", None, 30.0),
            ("Constructed Neither", None, None)]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "first_hours", "second_hours"])


FIGURES = {
    rank_acceptability: lambda rows, **more: rank_acceptability.rank_acceptability(constructed_shares().head(rows), **more),
    gantt: lambda rows, **more: gantt.gantt(constructed_schedule().head(rows), TODAY, **more),
    frontier: lambda rows, **more: frontier.frontier(constructed_points().head(rows), here=(60, 0.9), **more),
    tornado: lambda rows, **more: tornado.tornado(constructed_swings().head(rows), 0.7, **more),
    scenario_comparison: lambda rows, **more: scenario_comparison.scenario_comparison(
        constructed_applications().head(rows), "as it is", "without her", **more
    ),
}
names = pytest.mark.parametrize("module", FIGURES, ids=lambda module: module.__name__.rpartition(".")[2])


def rendered(figure: Any) -> Any:
    return hv.render(figure, backend="bokeh")


@names
def test_a_figure_fits_its_place_and_needs_no_eval(module: Any) -> None:
    drawn = rendered(FIGURES[module](99))
    assert drawn.title.text == module.QUESTION
    assert drawn.title.text.endswith("?")
    assert drawn.sizing_mode == "stretch_width"
    assert drawn.toolbar_location is None
    assert drawn.toolbar.tools
    assert all(isinstance(tool, HoverTool) for tool in drawn.toolbar.tools)
    assert list(drawn.select({"type": CustomJS})) == []
    assert list(drawn.select({"type": CustomJSTickFormatter})) == []
    assert "{safe}" not in str([tool.tooltips for tool in drawn.toolbar.tools])
    assert rendered(FIGURES[module](99, title=None)).title.text == ""


@names
def test_a_frame_without_rows_gives_a_figure_that_says_so(module: Any) -> None:
    said = rendered(FIGURES[module](0)).below[0].axis_label
    assert said.startswith("No ")
    assert said.endswith(".")


@names
def test_missing_columns_are_named(module: Any) -> None:
    more = {gantt: [TODAY], tornado: [0.7], scenario_comparison: ["a", "b"]}.get(module, [])
    with pytest.raises(MissingColumns, match="lacks the columns"):
        getattr(module, module.__name__.rpartition(".")[2])(pd.DataFrame({"other": [1]}), *more)


def test_the_pieces_of_a_candidate_fill_its_bar_and_the_best_places_are_darkest() -> None:
    pieces = rank_acceptability.acceptability_pieces(constructed_shares())
    assert pieces.groupby("candidate_id")["end"].max().tolist() == pytest.approx([1, 1, 1])
    assert pieces.groupby("candidate_id")["begin"].min().tolist() == [0, 0, 0]
    assert pieces["candidate_id"].drop_duplicates().tolist() == ["a", "b", "c"]
    assert pieces.loc[pieces["first_place"] == 1, "depth"].tolist() == [1, 1, 1]
    assert pieces["label"].iloc[0] == "Constructed Maple Fund\n100 % in the top 10"
    assert rank_acceptability.acceptability_pieces(constructed_shares(), top=5)["label"].iloc[-1].endswith("20 % in the top 5")
    assert pieces["places"].tolist()[:3] == ["1st", "2 to 5", "6 to 9"]
    # Two of one name stay two.
    assert pieces["row"].nunique() == 3


@pytest.mark.parametrize(("first", "last", "says"), [(1, 1, "1st"), (1, 5, "top 5"), (6, 10, "6 to 10")])
def test_places_in_words(first: int, last: int, says: str) -> None:
    assert rank_acceptability.places_in_words(first, last) == says


def test_the_schedule_has_a_row_an_application_and_a_band_a_person() -> None:
    bars = gantt.schedule_bars(constructed_schedule())
    assert bars["row"].tolist() == [1, 1, 0]
    assert (bars["top"] - bars["bottom"]).tolist() == pytest.approx([0.36, 0.36, 0.72])
    assert bars["top"].iloc[1] == pytest.approx(bars["bottom"].iloc[0])
    assert bars["label"].iloc[0] == "Constructed Maple Fund\n46 h"
    assert bars["colour"].iloc[0] == bars["colour"].iloc[2] != bars["colour"].iloc[1]
    assert gantt.colours_in_words(bars) == "blue: grant writer, orange: director"


def test_a_deadline_that_is_not_known_has_no_mark() -> None:
    assert gantt.gantt(constructed_schedule(), TODAY).Points.I.data["candidate_id"].tolist() == ["a"]


def test_the_frontier_starts_at_nothing_and_follows_the_hours() -> None:
    drawn = rendered(frontier.frontier(constructed_points(), along="hours", value="points", here=(60, 0.9)))
    assert drawn.x_range.start == drawn.y_range.start == 0
    assert drawn.below[0].axis_label == "hours; large dot: this plan"
    assert frontier.frontier(constructed_points()).Curve.I.data["along"].tolist() == [0, 60, 120]


def test_the_widest_swing_stands_on_top_and_an_unknown_one_nowhere() -> None:
    bars = tornado.tornado_bars(constructed_swings(), 0.7)
    assert bars["input"].tolist() == ["mission", "mission", "size", "size"]
    assert bars["row"].tolist() == [1, 1, 0, 0]
    assert bars[["begin", "end"]].to_numpy().tolist() == [[0.5, 0.7], [0.7, 0.9], [0.7, 0.72], [0.68, 0.7]]
    assert bars["label"].iloc[0] == "mission  ±0.20"
    assert len(tornado.tornado_bars(constructed_swings(), 0.7, limit=1)) == 2


def test_what_leaves_and_enters_stands_above_what_stays() -> None:
    bars = scenario_comparison.comparison_bars(constructed_applications(), "as it is", "without her")
    assert bars["what"].tolist() == ["leaves", "leaves", "enters", "enters", "stays", "stays"]
    assert bars["colour"].tolist()[::2] == [colours.WARNING, colours.ACCENT, colours.QUIET]
    assert bars[["begin", "end"]].to_numpy().tolist()[:4] == [[-60, 0], [0, 0], [0, 0], [0, 30]]
    assert bars["told"].tolist()[:2] == ["60 h", "none"]


def test_figures_change_no_argument() -> None:
    made = (constructed_shares, constructed_schedule, constructed_points, constructed_swings, constructed_applications)
    frames = [make() for make in made]
    rank_acceptability.rank_acceptability(frames[0])
    gantt.gantt(frames[1], TODAY)
    frontier.frontier(frames[2])
    tornado.tornado(frames[3], 0.7)
    scenario_comparison.scenario_comparison(frames[4], "a", "b")
    for frame, make in zip(frames, made, strict=True):
        pd.testing.assert_frame_equal(frame, make())
