"""Sensitivity of any function of the inputs: known answers, convergence, where a decision stays the same, and what is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from catalynx.decision.sensitivity import ANALYSES, MAIN, Sensitivity, Span, analyse, stable_ranges, tornado
from catalynx.errors import BadParameter

PI = math.pi
ISHIGAMI = [Span(name, 0.0, -PI, PI) for name in ("one", "two", "three")]


def ishigami(given: Mapping[str, float]) -> float:
    one, two, three = (given[name] for name in ("one", "two", "three"))
    return math.sin(one) + 7 * math.sin(two) ** 2 + 0.1 * three**4 * math.sin(one)


def linear(given: Mapping[str, float]) -> float:
    return 3 * given["large"] + given["small"]


LINEAR = [Span("small", 0.5, 0, 1), Span("none", 0.5, 0, 1), Span("large", 0.5, 0, 1)]


def main(found: Sensitivity) -> pd.Series:
    return found.indices[found.indices["index"] == MAIN[found.method]].set_index("input")["value"]


def test_tornado_puts_the_widest_swing_first() -> None:
    found = tornado(
        lambda given: given["a"] - 2 * given["b"] + 0 * given["c"], [Span("a", 1, 0, 2), Span("c", 1, 0, 9), Span("b", 1, 0, 3)]
    )
    assert found["input"].tolist() == ["b", "a", "c"]
    assert found["swing"].tolist() == [6.0, 2.0, 0.0]
    assert found.loc[0, ["at_base", "at_low", "at_high"]].tolist() == [-1.0, 1.0, -5.0]


def test_tornado_keeps_what_is_unknown() -> None:
    found = tornado(lambda given: math.nan if given["a"] > 1 else given["b"], [Span("a", 1, 0, 2), Span("b", 1, 0, 3)])
    assert found["input"].tolist() == ["b", "a"]
    assert math.isnan(found.loc[1, "at_high"])
    assert math.isnan(found.loc[1, "swing"])


def test_sobol_as_ishigami_and_homma() -> None:
    # Ishigami, T. and Homma, T. (1990). An importance quantification technique in uncertainty analysis for computer models.
    # Proceedings of ISUMA '90, 398–403; with 7 and 0.1 the indices are known.
    found = analyse("sobol", ishigami, ISHIGAMI, samples=4096)
    values = found.indices.pivot(index="input", columns="index", values="value")
    np.testing.assert_allclose(values.loc[["one", "two", "three"], "first"], [0.3139, 0.4424, 0], atol=0.03)
    np.testing.assert_allclose(values.loc[["one", "two", "three"], "total"], [0.5576, 0.4424, 0.2437], atol=0.03)
    assert found.indices["input"].iloc[0] == "one"
    assert found.settled is True


@pytest.mark.parametrize("method", ANALYSES)
def test_the_input_that_matters_more_comes_first(method: str) -> None:
    found = analyse(method, linear, LINEAR, samples=128)
    values = main(found)
    assert values.index[:2].tolist() == ["large", "small"]
    assert values["large"] > 2 * values["small"]
    if method == "pawn":
        assert values["none"] < 2 * values["chance alone"] < values["large"]
    else:
        assert values["none"] == pytest.approx(0, abs=1e-9)
    if method == "morris":
        assert values[["large", "small"]].tolist() == pytest.approx([3, 1])


@pytest.mark.parametrize("method", ANALYSES)
def test_convergence_shows_parts_of_the_same_runs(method: str) -> None:
    calls: list[Mapping[str, float]] = []
    found = analyse(method, lambda given: calls.append(given) or linear(given), LINEAR, samples=64)
    assert found.convergence["samples"].unique().tolist() == [16, 32, 64]
    assert found.runs == len(calls) == found.convergence["runs"].max()
    assert len(calls) == 64 * (4 if method == "morris" else 5)
    assert all(0 <= value <= 1 for given in calls for value in given.values())
    assert {*calls[0]} == {"large", "small", "none"}
    smaller = analyse(method, linear, LINEAR, samples=32)
    if method != "morris":  # whose places are drawn for all trajectories at once
        part = found.convergence[found.convergence["samples"] <= 32].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, smaller.convergence)


@pytest.mark.parametrize("method", ANALYSES)
def test_the_same_seed_gives_the_same_and_leaves_chance_alone(method: str) -> None:
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    first, again = (analyse(method, ishigami, ISHIGAMI, samples=16, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.indices, again.indices)
    assert (np.random.get_state()[1] == before).all()
    assert not first.indices["value"].equals(analyse(method, ishigami, ISHIGAMI, samples=16, seed=5).indices["value"])


def test_few_runs_of_a_rugged_function_are_not_settled() -> None:
    assert analyse("sobol", ishigami, ISHIGAMI, samples=32).settled is False
    assert analyse("pawn", ishigami, ISHIGAMI, samples=16).settled is False  # nothing to compare with


@pytest.mark.parametrize("method", ANALYSES)
def test_an_outcome_that_never_changes(method: str) -> None:
    found = analyse(method, lambda _: 1.0, LINEAR, samples=16)
    if method == "sobol":
        assert found.indices["value"].isna().all()
        assert found.settled is None
    else:
        assert (found.indices["value"] == 0).all()


def test_inputs_without_a_range_keep_their_value() -> None:
    seen = set()
    found = analyse(
        "morris", lambda given: seen.add(given["fixed"]) or given["a"], [Span("fixed", 3, 3, 3), Span("a", 0, 0, 1)], samples=16
    )
    assert seen == {3}
    assert found.indices["input"].unique().tolist() == ["a"]


@pytest.mark.parametrize(("after", "samples"), [(0, []), (40, []), (200, [16, 32])])
def test_what_is_stopped_tells_what_was_done(after: int, samples: list[int]) -> None:
    told: list[tuple[int, int]] = []
    found = analyse(
        "sobol",
        linear,
        LINEAR,
        samples=64,
        progress=lambda done, whole: told.append((done, whole)),
        stop=lambda: len(told) >= after,
    )
    assert found.stopped
    assert found.runs == after == len(told)
    assert found.convergence["samples"].unique().tolist() == samples
    assert told[-1:] == ([(after, 320)] if after else [])
    assert set(found.indices["samples"]) == set(samples[-1:])


def test_where_a_decision_stays_the_same() -> None:
    found = stable_ranges(
        lambda given: "pursue" if given["fit"] > 0.3 and given["hours"] < 80 else None,
        [Span("hours", 50, 0, 100), Span("fit", 0.5, 0, 1), Span("name", 1, 0, 2), Span("fixed", 1, 1, 1)],
    ).set_index("input")
    assert found.index.tolist() == ["fit", "hours", "name", "fixed"]  # two tenths, three tenths, never
    assert found.loc["fit", "from"] == pytest.approx(0.3, abs=2e-4)
    assert found.loc["fit", "to"] == 1
    assert found.loc["fit", "change"] == pytest.approx(-0.2, abs=2e-4)
    assert found.loc["hours", ["from", "decision"]].tolist() == [0, "pursue"]
    assert found.loc["hours", "to"] == pytest.approx(80, abs=0.02)
    assert found.loc["hours", "change"] == pytest.approx(30, abs=0.02)
    assert found.loc["hours", "becomes"] is None
    assert found.loc["name", ["from", "to"]].tolist() == [0, 2]
    assert found.loc[["name", "fixed"], "change"].isna().all()


def test_the_change_told_changes_the_decision() -> None:
    def decide(given: Mapping[str, float]) -> frozenset[str]:
        return frozenset(name for name, need in (("a", 10), ("b", 25), ("c", 60)) if need <= given["hours"])

    row = stable_ranges(decide, [Span("hours", 30, 0, 100)]).iloc[0]
    assert decide({"hours": row["base"] + row["change"]}) == row["becomes"] == frozenset({"a"})
    assert decide({"hours": row["from"]}) == decide({"hours": row["to"]}) == frozenset({"a", "b"})
    assert row["above"] == frozenset({"a", "b", "c"})


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"method": "guess"}, "method is 'guess', but must be one of sobol, morris, pawn."),
        ({"samples": 100}, "samples is 100, but must be a power of 2, at least 16."),
        ({"samples": 8}, "samples is 8"),
        ({"seed": 0}, "seed is 0, but must be a whole number above 0."),
        ({"spans": []}, "spans is [], but must be such that at least one has a range."),
        ({"spans": [Span("a", 1, 1, 1)]}, "spans is ['a'], but must be such that at least one has a range."),
        ({"spans": [Span("a", 1, 0, 1)] * 2}, "spans is ['a', 'a'], but must be of inputs with different names."),
        ({"function": lambda _: math.nan}, "the outcome for {'small'"),
    ],
)
def test_what_cannot_be_analysed(setting: dict, message: str) -> None:
    asked = {"method": "sobol", "function": linear, "spans": LINEAR, **setting}
    with pytest.raises(BadParameter, match=f"^{re.escape(message)}"):
        analyse(**asked)


@pytest.mark.parametrize("ends", [(2, 0, 1), (0.5, 1, 0), (math.nan, 0, 1), (0, 0, math.inf)])
def test_a_span_that_is_none(ends: tuple[float, float, float]) -> None:
    with pytest.raises(BadParameter, match="the span of hours is"):
        Span("hours", *ends)


def test_steps_that_cannot_be() -> None:
    with pytest.raises(BadParameter, match="steps is 0"):
        stable_ranges(lambda _: 1, LINEAR, steps=0)
    with pytest.raises(BadParameter, match="precision is 0"):
        stable_ranges(lambda _: 1, LINEAR, precision=0)
