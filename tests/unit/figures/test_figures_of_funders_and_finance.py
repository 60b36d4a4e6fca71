"""Figures of the pages Funders and Readiness: what they draw is what the frames say, and unknown has no mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import holoviews as hv
import pandas as pd
import pytest

from catalynx.errors import MissingColumns
from catalynx.figures.colours import ACCENT, QUIET, WARNING
from catalynx.figures.drawing import holoviews
from catalynx.figures.grants_by import MOST, grants_by, shown_groups
from catalynx.figures.peer_standing import peer_standing, sounder_than
from catalynx.figures.ratio_by_year import in_words, ratio_by_year
from catalynx.figures.risk_dimensions import risk_dimensions

COUNTS = pd.DataFrame(
    {"group": [f"S{place:02d}" for place in range(20)] + ["VT"], "count": [*range(40, 20, -1), 1], "ours": [False] * 20 + [True]}
)
STANDINGS = pd.DataFrame({
    "ratio": ["operating_margin", "liabilities_to_assets", "months_of_cash", "program_share"],
    "better": ["higher", "lower", "higher", "higher"], "unit": ["share", "share", "months", "share"],
    "value": [-0.05, 0.2, 4.5, None], "peer_percentile": [20.0, 10.0, None, 60.0],
})  # fmt: skip
YEARS = pd.DataFrame({"tax_year": [2025, 2023, 2024], "value": [-0.05, 0.02, None]})
RISKS = pd.DataFrame({
    "dimension": ["financial", "operational", "external"], "risk": [0.8, None, 0.2], "known": [2, 0, 1], "signals": [4, 3, 2],
})  # fmt: skip
FIGURES: dict[str, tuple[Callable[..., hv.Element], pd.DataFrame, dict[str, Any]]] = {
    "grants_by": (grants_by, COUNTS, {}), "peer_standing": (peer_standing, STANDINGS, {}),
    "ratio_by_year": (ratio_by_year, YEARS, {"unit": "share"}), "risk_dimensions": (risk_dimensions, RISKS, {}),
}  # fmt: skip


def drawn(figure: hv.Element) -> Any:
    return holoviews().render(figure, backend="bokeh")


@pytest.mark.parametrize("name", FIGURES)
def test_it_draws_and_changes_no_argument(name: str) -> None:
    make, frame, more = FIGURES[name]
    before = frame.copy(deep=True)
    assert drawn(make(frame, **more)).toolbar.tools is not None
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_to_draw_is_said_and_missing_columns_are_named(name: str) -> None:
    make, frame, more = FIGURES[name]
    assert drawn(make(frame.head(0), **more)) is not None
    column = frame.columns[-1]
    with pytest.raises(MissingColumns, match=column):
        make(frame.drop(columns=column), **more)


def test_the_largest_groups_are_shown_and_ours_however_small() -> None:
    shown = shown_groups(COUNTS)
    assert shown["group"].tolist() == [*(f"S{place:02d}" for place in range(MOST)), "VT"]
    bars = grants_by(COUNTS).data
    assert bars.set_index("group")["colour"].to_dict() == {**dict.fromkeys(shown["group"], QUIET), "VT": ACCENT}
    assert bars["label"].iloc[-1] == "S00  40", "the first is drawn on top"


def test_sounder_than_turns_round_where_lower_is_better() -> None:
    told = sounder_than(STANDINGS).set_index("ratio")["sounder"]
    assert told.to_dict() == {"operating_margin": 20.0, "liabilities_to_assets": 90.0}, "without value or peers there is none"
    points = next(layer for layer in peer_standing(STANDINGS) if isinstance(layer, hv.Points))
    assert points.data.sort_values("x")[["x", "colour"]].to_numpy().tolist() == [[20.0, WARNING], [90.0, ACCENT]]


def test_years_without_a_value_have_no_dot_and_zero_is_in_sight() -> None:
    figure = ratio_by_year(YEARS, unit="share", peer_median=0.04)
    points = next(layer for layer in figure if isinstance(layer, hv.Points))
    assert points.data[["x", "y", "told"]].to_numpy().tolist() == [[2023, 2.0, "2.0 %"], [2025, -5.0, "−5.0 %"]]
    plot = drawn(figure)
    assert plot.y_range.start < -5 < 0 < 4 < plot.y_range.end
    assert plot.xaxis[0].axis_label == "tax year; broken: median of peers"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0.123, "share", "12.3 %"), (-0.05, "share", "−5.0 %"), (4.46, "months", "4.5 months"), (0.27, "usd", "$0.27"),
     (-0.5, "usd", "−$0.50"), (None, "usd", "unknown")],
)  # fmt: skip
def test_a_ratio_in_words(value: float | None, unit: str, said: str) -> None:
    assert in_words(value, unit) == said


def test_the_largest_risk_stands_out_and_the_unknown_has_no_bar() -> None:
    bars = risk_dimensions(RISKS).data.set_index("dimension")
    assert bars["colour"].to_dict() == {"financial": WARNING, "operational": QUIET, "external": QUIET}
    assert pd.isna(bars.loc["operational", "risk"])
    assert bars.loc["operational", "label"] == "operational  unknown"
    nothing = RISKS.assign(risk=[float("nan")] * 3)
    assert set(risk_dimensions(nothing).data["colour"]) == {QUIET}
    assert set(risk_dimensions(RISKS.assign(risk=0.0)).data["colour"]) == {QUIET}, "none is a risk"
