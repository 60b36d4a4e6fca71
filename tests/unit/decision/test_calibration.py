"""What was foretold against what came: ratios with their range, and unknown where little can be said."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.decision.calibration import LEAST, Foretold, Ratio, calibrate, share_between
from catalynx.errors import BadParameter


def test_nothing_says_nothing() -> None:
    found = calibrate([])
    assert (found.hours, found.amounts, found.wins) == (Ratio(0), Ratio(0), Ratio(0))
    assert (found.decided, found.won, found.won_low, found.won_high) == (0, 0, None, None)


def test_few_are_counted_and_no_more() -> None:
    found = calibrate([Foretold(effort_hours=10, hours_spent=20)] * (LEAST - 1))
    assert found.hours == Ratio(LEAST - 1)


def test_twice_the_hours_is_two() -> None:
    found = calibrate([Foretold(effort_hours=hours, hours_spent=2 * hours) for hours in (10, 20, 40, 80, 160)])
    assert found.hours == Ratio(5, 2.0, 2.0, 2.0)


def test_the_range_is_that_of_a_ratio_of_sums() -> None:
    said, came = [10, 10, 10, 10, 10], [8, 9, 10, 11, 12]
    hours = calibrate([Foretold(effort_hours=one, hours_spent=other) for one, other in zip(said, came, strict=True)]).hours
    # Here it is the range of a mean: 1.96 · sd / √n over the mean foretold.
    half = 1.959964 * math.sqrt(sum((one - 10) ** 2 for one in came) / 4) / math.sqrt(5) / 10
    assert hours.ratio == 1.0
    assert hours.low == pytest.approx(1 - half)
    assert hours.high == pytest.approx(1 + half)


def test_wins_are_set_against_chances_and_only_of_what_ended() -> None:
    ended = [Foretold(chance=0.2, won=won) for won in (True, True, False, False, False)]
    found = calibrate([*ended, Foretold(chance=0.9, won=None)])
    assert (found.decided, found.won) == (5, 2)
    assert found.wins.ratio == pytest.approx(2.0)
    assert found.wins.low is not None
    assert found.wins.low < 2 < (found.wins.high or 0)


def test_amounts_count_what_was_won() -> None:
    won = [Foretold(ask_usd=100, amount_usd=50, won=True)] * 5
    assert calibrate([*won, Foretold(ask_usd=100, amount_usd=None, won=False)]).amounts.ratio == 0.5


def test_a_share_has_wilsons_range() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857–872, table I: 81 of 263 gives .2553 to .3662.
    low, high = share_between(81, 263)
    assert low == pytest.approx(0.2553, abs=5e-5)
    assert high == pytest.approx(0.3662, abs=5e-5)
    assert share_between(0, 0) == (None, None)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_range_of_a_share_holds_it(count: int, more: int) -> None:
    low, high = share_between(count, count + more)
    assert low is not None
    assert high is not None
    assert 0 <= low <= count / (count + more) <= high <= 1


@pytest.mark.parametrize("wrong", [{"chance": 1.2}, {"hours_spent": -1}, {"amount_usd": math.inf}, {"effort_hours": math.nan}])
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match=next(iter(wrong))):
        calibrate([Foretold(**wrong)])
