"""How many of all who applied were funded: the share, how far it can be off, and the sentence."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from catalynx.lookups.base_rates import base_rates

Construct = Callable[..., pd.DataFrame]
PROGRAM = {"kind": "program", "award_rate_year": 2023, "award_rate_kind": "actual", "award_rate_years": 1}


def told(applied: int | None, awarded: int | None, **more: object) -> dict[str, object]:
    return {**PROGRAM, "applications_count": applied, "awards_count": awarded, **more}


def test_a_count_and_its_sentence(constructed_candidates: Construct) -> None:
    found = base_rates(constructed_candidates(told(56, 38)))
    assert found.loc[0, "base_rate"] == pytest.approx(38 / 56)
    # Jeffreys: half an award and half a refusal before anything is known.
    assert found.loc[0, ["base_rate_low", "base_rate_high"]].tolist() == pytest.approx(beta(38.5, 18.5).ppf([0.05, 0.95]))
    assert found.loc[0, "base_rate_says"] == (
        "Of 56 applications in 2023, 68 % were funded (38); the size of that count and other years allow 57 to 77 %."
    )


def test_other_years_widen_the_range(constructed_candidates: Construct) -> None:
    years = {"award_rate_years": 4, "award_rate_low_pct": 22.0, "award_rate_high_pct": 70.0}
    found = base_rates(constructed_candidates(told(56, 38, **years)))
    assert found.loc[0, "base_rate_low"] == pytest.approx(0.22)
    assert found.loc[0, "base_rate_high"] == pytest.approx(beta(38.5, 18.5).ppf(0.95))


def test_an_estimate_is_told_as_one_and_is_no_count(constructed_candidates: Construct) -> None:
    found = base_rates(constructed_candidates(told(40, 10, award_rate_kind="estimate")))
    assert found.loc[0, "base_rate"] == 0.25
    assert found.loc[0, ["base_rate_low", "base_rate_high"]].isna().all()
    assert found.loc[0, "base_rate_says"] == (
        "Of 40 applications in 2023, 25 % are expected to be funded (10): the agency's own estimate, not a count."
    )


def test_an_announcement_tells_of_its_program(constructed_candidates: Construct) -> None:
    said = base_rates(constructed_candidates(told(1, 0, kind="opportunity"))).loc[0, "base_rate_says"]
    assert said.startswith("Of 1 application to its program in 2023, 0 % were funded (0);")


@pytest.mark.parametrize(("applied", "awarded"), [(None, None), (0, 0), (3, 5), (None, 5), (5, None)])
def test_what_gives_no_rate_is_unknown(constructed_candidates: Construct, applied: int | None, awarded: int | None) -> None:
    found = base_rates(constructed_candidates(told(applied, awarded)))
    assert found.isna().all(axis=None)


def test_foundations_have_none_and_no_candidates_give_none(constructed_candidates: Construct) -> None:
    one = constructed_candidates({"kind": "foundation"})
    assert base_rates(one).isna().all(axis=None)
    assert base_rates(one.head(0)).empty


@given(st.integers(1, 10_000).flatmap(lambda applied: st.tuples(st.just(applied), st.integers(0, applied))))
def test_the_rate_lies_in_its_range_and_in_0_to_1(constructed_candidates: Construct, counts: tuple[int, int]) -> None:
    row = base_rates(constructed_candidates(told(*counts))).loc[0]
    assert 0 <= row["base_rate_low"] <= row["base_rate"] <= row["base_rate_high"] <= 1
