"""Figures: they draw what the frames say, from zero, without a toolbar, and say so when there is nothing to draw."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import holoviews as hv
import pandas as pd
import pytest
from bokeh.models import CategoricalTickFormatter, CustomJS, CustomJSTickFormatter, HoverTool, NumeralTickFormatter

from catalynx.errors import MissingColumns
from catalynx.figures import (
    class_counts,
    colours,
    deadlines,
    giving_by_year,
    grant_sizes,
    ranked_scores,
    score_parts,
    score_waterfall,
)
from catalynx.figures.drawing import told_apart
from catalynx.rules import RECOMMENDATIONS

TODAY = date(2027, 2, 26)


def constructed_decisions() -> pd.DataFrame:
    rows = [
        ("Constructed Lake Fund", None, 3, "prepare", 0.7, 0.5, "passes", 40, True, 5),
        ("CONSTRUCTED MAPLE FOUNDATION", "Maple", 1, "pursue now", 0.91, 1.0, "passes", 16, False, -14),
        ("Constructed Office of Museums, Challenge Grants", "Office", 2, "pursue now", 0.85, 0.9, "passes", None, None, None),
        ("Constructed Past Fund", "Past", 4, "prepare", 0.66, 1.0, "passes", -1, False, -30),
        ("Constructed Far Fund", "Far", 5, "prepare", 0.65, 1.0, "passes", 400, False, 300),
        ("Constructed Closed Fund", "Closed", 8, "prepare", 0.69, 1.0, "fails", 20, False, 1),
        ("Constructed Watched Fund", "Watched", 6, "monitor", 0.4, 1.0, "passes", 20, False, 1),
        ("Constructed Unknown Fund", "Unknown", 7, "monitor", None, 0.0, "unknown", None, None, None),
    ]
    names = [
        "name",
        "funder_name",
        "rank",
        "recommendation",
        "score",
        "coverage",
        "eligibility",
        "due",
        "deadline_estimated",
        "start",
    ]
    frame = pd.DataFrame(rows, columns=names)
    for made, days in (("deadline", "due"), ("start_by", "start")):
        frame[made] = pd.to_datetime([None if pd.isna(value) else TODAY + timedelta(days=value) for value in frame[days]])
    return frame.astype({"deadline_estimated": "boolean"})


def constructed_parts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion": ["mission", "first_time", "geography"],
            "value": [0.8, None, 0.5],
            "weight": [0.5, 0.2, 0.3],
            "contribution": [0.5, None, 0.1875],
            "because": ["a", "unknown: b", "c"],
        }
    )


def constructed_comparison() -> pd.DataFrame:
    return constructed_parts().assign(
        share=[0.625, None, 0.375], median_value=[0.3, 0.4, 0.9], median_count=3, difference=[0.3125, None, -0.15]
    )


def constructed_grants() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": pd.array([2015, 2015, 2018, None, 2018, 2019], dtype="Int64"),
            "amount_usd": [1_000.0, 4_999.99, 5_000.0, 70_000.0, None, 2_000_000.0],
            "status": ["paid", "paid", "paid", "paid", "paid", "approved"],
        }
    )


FIGURES = {
    "ranked_scores": lambda rows: ranked_scores.ranked_scores(constructed_decisions().head(rows)),
    "deadlines": lambda rows: deadlines.deadlines(constructed_decisions().head(rows), TODAY),
    "score_parts": lambda rows: score_parts.score_parts(constructed_parts().head(rows)),
    "score_waterfall": lambda rows: score_waterfall.score_waterfall(constructed_comparison().head(rows)),
    "giving_by_year": lambda rows: giving_by_year.giving_by_year(constructed_grants().head(rows)),
    "grant_sizes": lambda rows: grant_sizes.grant_sizes(constructed_grants().head(rows), ask_usd=6_000),
    "class_counts": lambda rows: class_counts.class_counts(constructed_decisions().head(rows)),
}
MODULES = {
    "ranked_scores": ranked_scores, "deadlines": deadlines, "score_parts": score_parts,
    "score_waterfall": score_waterfall, "giving_by_year": giving_by_year, "grant_sizes": grant_sizes, "class_counts": class_counts,
}  # fmt: skip


def rendered(figure: Any) -> Any:
    return hv.render(figure, backend="bokeh")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_fits_its_place_and_needs_no_eval(name: str) -> None:
    drawn = rendered(FIGURES[name](99))
    assert drawn.title.text == MODULES[name].QUESTION
    assert drawn.title.text.endswith("?")
    assert drawn.sizing_mode == "stretch_width"
    assert drawn.toolbar_location is None
    assert all(isinstance(tool, HoverTool) for tool in drawn.toolbar.tools)
    assert list(drawn.select({"type": CustomJS})) == []
    assert list(drawn.select({"type": CustomJSTickFormatter})) == []
    assert "{safe}" not in str([tool.tooltips for tool in drawn.toolbar.tools])


@pytest.mark.parametrize("name", FIGURES)
def test_a_frame_without_rows_gives_a_figure_that_says_so(name: str) -> None:
    drawn = rendered(FIGURES[name](0))
    said = drawn.below[0].axis_label
    assert said.startswith(("No ", "There is no "))
    assert said.endswith(".")


@pytest.mark.parametrize("name", FIGURES)
def test_the_page_may_say_the_question_itself(name: str) -> None:
    module = MODULES[name]
    frame = {
        "score_parts": constructed_parts, "score_waterfall": constructed_comparison, "giving_by_year": constructed_grants,
        "grant_sizes": constructed_grants,
    }  # fmt: skip
    arguments = [frame.get(name, constructed_decisions)(), *([TODAY] if name == "deadlines" else [])]
    assert rendered(getattr(module, name)(*arguments, title=None)).title.text == ""


@pytest.mark.parametrize("name", FIGURES)
def test_missing_columns_are_named(name: str) -> None:
    arguments = [pd.DataFrame({"other": [1]}), *([TODAY] if name == "deadlines" else [])]
    with pytest.raises(MissingColumns, match="lacks the columns"):
        getattr(MODULES[name], name)(*arguments)


@pytest.mark.parametrize("name", ["ranked_scores", "score_parts", "score_waterfall", "grant_sizes", "class_counts"])
def test_bars_start_at_zero(name: str) -> None:
    assert rendered(FIGURES[name](99)).x_range.start == 0


@pytest.mark.parametrize("name", ["class_counts", "grant_sizes"])
def test_counts_are_written_on_the_axis_of_counts_alone(name: str) -> None:
    drawn = rendered(FIGURES[name](99))
    assert isinstance(drawn.below[0].formatter, NumeralTickFormatter)
    assert isinstance(drawn.left[0].formatter, CategoricalTickFormatter)


def test_giving_starts_at_zero_unless_money_came_back() -> None:
    assert rendered(FIGURES["giving_by_year"](99)).y_range.start == 0
    returned = pd.DataFrame({"year": [2015, 2016], "amount_usd": [100.0, -50.0]})
    assert rendered(giving_by_year.giving_by_year(returned)).y_range.start == -50


def test_figures_change_no_argument() -> None:
    decisions, parts, grants = constructed_decisions(), constructed_parts(), constructed_grants()
    ranked_scores.ranked_scores(decisions)
    deadlines.deadlines(decisions, TODAY)
    class_counts.class_counts(decisions)
    score_parts.score_parts(parts)
    giving_by_year.giving_by_year(grants)
    grant_sizes.grant_sizes(grants)
    pd.testing.assert_frame_equal(decisions, constructed_decisions())
    pd.testing.assert_frame_equal(parts, constructed_parts())
    pd.testing.assert_frame_equal(grants, constructed_grants())


def test_ranked_scores_puts_the_best_on_top_in_the_colour_of_its_class() -> None:
    bars = ranked_scores.ranked_scores(constructed_decisions(), limit=3).data
    assert bars["rank"].tolist() == [3, 2, 1]
    assert bars["colour"].tolist() == [colours.CLASSES["prepare"], *[colours.CLASSES["pursue now"]] * 2]
    assert bars["candidate"].iloc[-1] == "1  Constructed Maple Founda…\n0.91, pursue now"
    assert bars["funder"].tolist()[0] == "unknown"


def test_a_candidate_without_a_score_has_no_bar() -> None:
    assert "Constructed Unknown Fund" not in set(ranked_scores.ranked_scores(constructed_decisions()).data["full_name"])


def test_deadlines_shows_what_comes_and_is_worth_a_look() -> None:
    coming = deadlines.coming_deadlines(constructed_decisions(), TODAY)
    assert coming["name"].tolist() == ["CONSTRUCTED MAPLE FOUNDATION", "Constructed Lake Fund"]
    assert len(deadlines.coming_deadlines(constructed_decisions(), TODAY, limit=1)) == 1
    assert deadlines.coming_deadlines(constructed_decisions(), TODAY, days=400)["name"].iloc[-1] == "Constructed Far Fund"


def test_deadlines_says_how_far_and_whether_it_is_an_estimate() -> None:
    overlay = deadlines.deadlines(constructed_decisions(), TODAY)
    marks = overlay.Segments.I.data
    assert marks["due"].tolist() == ["7 Apr 2027 (in 40 days), the funder's estimate", "14 Mar 2027 (in 16 days)"]
    # A day to start that is past is today: the time that is left.
    assert marks["from"].tolist() == [pd.Timestamp("2027-03-03"), pd.Timestamp(TODAY)]


def test_the_parts_add_up_and_the_unknown_has_no_bar() -> None:
    first, second = score_parts.score_parts(constructed_parts())
    assert first.data["most"].sum() == pytest.approx(1)
    assert first.data.set_index("criterion")["most"].to_dict() == pytest.approx(
        {"mission": 0.625, "geography": 0.375, "first_time": float("nan")}, nan_ok=True
    )
    assert second.data["contribution"].sum() == pytest.approx(constructed_parts()["contribution"].sum())
    assert "first time  unknown" in set(first.data["label"])


def test_the_steps_lead_from_the_middling_score_to_its_own() -> None:
    steps = score_waterfall.waterfall_steps(constructed_comparison())
    assert steps["step"].tolist() == ["a middling one", "mission", "geography", "its score"]
    assert steps["kind"].tolist() == ["total", "lifts", "pulls", "total"]
    assert steps["change"].tolist() == ["0.53", "+0.31", "−0.15", "0.69"]
    assert steps["begin"].tolist()[1:3] == pytest.approx(steps["end"].tolist()[:2])
    assert steps["end"].iloc[-1] == pytest.approx(constructed_parts()["contribution"].sum())


def test_giving_by_year_leaves_out_what_is_only_approved_and_what_is_unknown() -> None:
    sums = giving_by_year.sums_by_year(constructed_grants())
    assert sums["total_usd"].to_dict() == {2015: pytest.approx(5_999.99), 2018: 5_000.0}
    assert sums["count"].to_dict() == {2015: 2, 2018: 1}


@pytest.mark.parametrize(
    ("ask", "band"), [(4_999.99, "under $5 k"), (5_000, "$5 k–10 k"), (999_999.0, "$500 k–1 M"), (1e6, "$1 M or more")]
)
def test_grant_sizes_marks_the_band_of_the_ask(ask: float, band: str) -> None:
    bars = grant_sizes.grant_sizes(constructed_grants(), ask_usd=ask).data
    assert bars.loc[bars["colour"] == colours.ACCENT, "band"].tolist() == [band]


def test_grant_sizes_counts_every_amount_above_zero_once() -> None:
    grants = pd.DataFrame({"amount_usd": [-5.0, 0.0, None, 0.01, 5_000.0, 1e9]})
    assert grant_sizes.counts_by_size(grants)["count"].sum() == 3


def test_class_counts_names_every_class() -> None:
    counts = class_counts.counts_by_class(constructed_decisions())
    assert counts["recommendation"].tolist() == list(RECOMMENDATIONS)
    assert counts["count"].tolist() == [2, 4, 0, 2, 0]


def test_each_class_has_one_colour_of_its_own() -> None:
    assert tuple(colours.CLASSES) == RECOMMENDATIONS
    assert len(set(colours.CLASSES.values())) == len(RECOMMENDATIONS)


def test_names_that_begin_alike_can_be_told_apart() -> None:
    names = [
        "Promotion of the Humanities Division of Preservation and Access", "Promotion of the Humanities Public Programs",
        "Promotion of the Humanities Professional Development", "F.M. Kirby Foundation", "Humanities Collections and Reference Resources",
    ]  # fmt: skip
    assert told_apart(names, 25) == [
        "Promotion … Division of…", "Promotion … Public Progr…", "Promotion … Professional…", "F.M. Kirby Foundation",
        "Humanities Collections…",
    ]  # fmt: skip
    assert told_apart(["A Very Long Name of a Fund That Goes On"] * 2, 20) == ["A Very Long Name…"] * 2
    assert told_apart([], 20) == []
