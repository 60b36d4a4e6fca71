"""Competition: what is surely reached, rising with awards and with evidence; estimates told and trusted less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from catalynx.rules import Applicant, Rules
from catalynx.scoring import criteria

RULES = Rules(as_of=date(2024, 2, 9))
Told = tuple[int, int, str]


@pytest.fixture(scope="module", autouse=True)
def _constructing(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    global construct
    construct = constructed_candidates


construct: Callable[..., pd.DataFrame]


def judge(*told: Told, rules: Rules = RULES, **also: object) -> pd.DataFrame:
    rows = [
        {
            "kind": "program", "applications_count": applied, "awards_count": awarded, "award_rate_kind": kind,
            "award_rate_year": 2017, "award_rate_pct": 100 * awarded / max(applied, 1), **also,
        }
        for awarded, applied, kind in told
    ]  # fmt: skip
    return criteria()["competition"].judge(construct(*rows), Applicant(), rules)


def value(awarded: int, applied: int, kind: str = "actual") -> float:
    return float(judge((awarded, applied, kind))["value"].iloc[0])


@pytest.mark.parametrize(("awarded", "applied"), [(1, 2), (100, 200), (8, 44), (3, 9)])
def test_a_tenth_of_the_posterior_lies_below(awarded: int, applied: int) -> None:
    """The density of Beta(a + 1/2, n - a + 1/2), summed up to the rate that the value stands for."""
    reached = value(awarded, applied) * RULES.limits["competition.full_at_pct"] / 100
    rates = (np.arange(1_000_000) + 0.5) / 1_000_000
    density = np.exp((awarded - 0.5) * np.log(rates) + (applied - awarded - 0.5) * np.log1p(-rates))
    assert density[rates <= reached].sum() / density.sum() == pytest.approx(0.10, abs=1e-4)


def test_the_ends_of_the_curve() -> None:
    assert value(38, 56) == value(10, 10) == 1
    assert value(0, 10) < 0.01


def test_few_applications_say_less_than_many() -> None:
    assert value(1, 2) < value(10, 20) < value(100, 200) < 1


APPLIED = (1, 2, 3, 7, 20, 56, 200, 1471)


def test_more_awards_are_never_worse() -> None:
    told: list[Told] = [(awarded, applied, kind) for kind in ("actual", "estimate") for applied in APPLIED
                        for awarded in sorted({0, 1, applied // 4, applied // 2, applied - 1, applied})]  # fmt: skip
    found = judge(*told).assign(applied=[applied for _, applied, _ in told], kind=[kind for *_, kind in told])
    assert found["value"].between(0, 1).all()
    for _, group in found.groupby(["applied", "kind"]):
        assert group["value"].is_monotonic_increasing


def test_more_applications_of_the_same_rate_are_never_worse() -> None:
    """For rates from a quarter on: of a rate near 0, more applications make surer how low it is."""
    told: list[Told] = [(times * awarded, times * 8, "actual") for awarded in range(2, 9) for times in (1, 2, 5, 40)]
    found = judge(*told)["value"].to_numpy().reshape(-1, 4)
    assert (np.diff(found, axis=1) >= -1e-12).all()


def test_an_estimate_is_surer_of_nothing() -> None:
    counts = [(awarded, applied) for applied in APPLIED for awarded in range(applied // 4 + 1, applied + 1, max(1, applied // 9))]
    facts = judge(*((*count, "actual") for count in counts))["value"]
    guesses = judge(*((*count, "estimate") for count in counts))["value"]
    assert (guesses <= facts + 1e-12).all()
    assert (guesses < facts).any()
    trusted = replace(RULES, limits={"competition.estimate_counts_pct": 100.0})
    assert judge(*((*count, "estimate") for count in counts), rules=trusted)["value"].tolist() == facts.tolist()


def test_no_counts_no_value() -> None:
    rows = construct(
        {"kind": "program"}, {"kind": "opportunity"}, {"kind": "program", "applications_count": 3, "awards_count": 4}
    )
    found = criteria()["competition"].judge(rows, Applicant(), RULES)
    assert found["value"].isna().all()
    assert found["because"][0] == "unknown: its listing does not state how many applied and how many were funded"
    assert found["because"][1] == "unknown: no listing that it names states how many applied and how many were funded"


def test_foundations_are_not_asked() -> None:
    applies = criteria()["competition"].applies
    assert applies is not None
    asked = applies(construct({"kind": "foundation"}, {"kind": "program"}, {"kind": "opportunity"}))
    assert asked.tolist() == [False, True, True]


def test_sentences_have_figures_year_and_estimate() -> None:
    fact, guess = judge((38, 56, "actual"), (60, 90, "estimate"))["because"]
    assert fact == "38 of 56 applications were funded in 2017 (68 %)"
    assert guess == "60 of 90 applications expected to be funded in 2017 (67 %): the agency's estimate"
    (one,) = judge((1, 1, "actual"), award_rate_years=4, award_rate_low_pct=20.2, award_rate_high_pct=100.0)["because"]
    assert one == "1 of 1 application was funded in 2017 (100 %), 20 to 100 % in the 4 years it tells of"
    (same,) = judge((9, 9, "actual"), award_rate_years=2, award_rate_low_pct=100, award_rate_high_pct=100, kind="opportunity")[
        "because"
    ]
    assert same == "of its program, 9 of 9 applications were funded in 2017 (100 %), 100 % in the 2 years it tells of"
