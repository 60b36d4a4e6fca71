"""Peers: the ladder by which their group is widened, percentiles by hand, and who is no peer."""

from __future__ import annotations

import pandas as pd
import pytest

from catalynx.columns import empty_frame
from catalynx.scoring.peers import BAND_BOUNDS_USD, LEAST_PEERS, NEEDS, Whose, among_peers, band_of

WHOSE = Whose("045678901", "VT", ("A",), 2_000_000.0, 2016)


def construct(count: int, **changes: object) -> pd.DataFrame:
    """Constructed peers whose liabilities are 1 %, 2 %, 3 % … of their assets."""
    rows = [
        {"ein": f"{place:09d}", "state": "VT", "ntee_major": "A", "tax_year": 2016, "form": "990", "assets_usd": 100.0,
         "total_revenue_usd": 2e6, "liabilities_usd": float(place), **changes}
        for place in range(1, count + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(NEEDS))


def standing(value: float | None, ratio: str = "liabilities_to_assets") -> pd.DataFrame:
    row = {"ratio": ratio, "question": "?", "better": "lower", "unit": "share", "tax_year": 2016, "value": value, "years": 1}
    blank = empty_frame("finance_standings")
    return pd.DataFrame([row], columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def placed(peers: pd.DataFrame, value: float | None = 0.055, whose: Whose = WHOSE) -> pd.Series:
    return among_peers(standing(value), peers, whose).iloc[0]


def test_percentile_and_quartiles_by_hand() -> None:
    row = placed(construct(20))
    assert row["peer_percentile"] == 25.0  # 1 … 5 % of 20 lie below 5.5 %
    assert row["peer_median"] == pytest.approx(0.105)
    assert row["peers"] == 20
    assert row["peer_group"] == "Arts, Culture & Humanities (A) in VT, revenue of $1,000,000 to $5,000,000, tax year 2016"
    assert placed(construct(20), 0.05)["peer_percentile"] == 22.5  # four below, one the same counted half


def test_percentiles_rise_with_the_value() -> None:
    found = [placed(construct(30), value / 100)["peer_percentile"] for value in range(32)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 100)


def test_the_ladder_widens_by_state_then_by_field() -> None:
    few = construct(LEAST_PEERS - 1)
    elsewhere = construct(1, ein="900000001", state="NH")
    other_field = construct(1, ein="900000002", ntee_major="B")
    unknown_field = construct(1, ein="900000003", ntee_major=None)
    assert "in all states" in placed(pd.concat([few, elsewhere]))["peer_group"]
    assert placed(pd.concat([few, other_field]))["peer_group"].startswith("all fields in all states")
    assert placed(pd.concat([few, unknown_field]))["peers"] == LEAST_PEERS
    alone = placed(few)
    assert pd.isna(alone["peer_percentile"])
    assert alone["peer_reason"] == "19 peers have a value in the widest group, and 20 are needed"


def test_who_does_not_know_its_field_or_state_starts_further_up() -> None:
    nowhere = Whose(None, None, (), 2e6, None)
    assert placed(construct(20), whose=nowhere)["peer_group"].startswith("all fields")
    assert "in all states" in placed(construct(20), whose=Whose(None, None, ("A",), 2e6, 2016))["peer_group"]


@pytest.mark.parametrize(("revenue", "reason"), [(None, "unknown"), (0.0, "$0 belongs to no band"), (-5.0, "no band")])
def test_without_revenue_there_are_no_peers(revenue: float | None, reason: str) -> None:
    row = placed(construct(30), whose=Whose("045678901", "VT", ("A",), revenue, 2016))
    assert pd.isna(row["peer_percentile"])
    assert reason in row["peer_reason"]


def test_an_unknown_value_has_no_percentile() -> None:
    assert placed(construct(30), None)["peer_reason"] == "it has no value itself"
    over_years = among_peers(standing(0.1, "revenue_volatility"), construct(30), WHOSE).iloc[0]
    assert pd.isna(over_years["peer_percentile"])
    assert among_peers(empty_frame("finance_standings"), construct(30), WHOSE).empty


def test_only_others_of_the_band_count_each_once_by_the_nearest_year() -> None:
    peers = construct(20)
    strangers = [
        construct(30, total_revenue_usd=5e6), construct(30, total_revenue_usd=None), construct(1, ein="045678901"),
        construct(20, tax_year=2014, liabilities_usd=99.0), construct(20, tax_year=2017, liabilities_usd=99.0),
    ]  # fmt: skip
    both = pd.concat([peers, *strangers], ignore_index=True)
    for order in (both, both.iloc[::-1]):
        row = placed(order)
        assert (row["peers"], row["peer_percentile"]) == (20, 25.0)


def test_bands_hold_their_lower_bound() -> None:
    assert band_of(1e6) == (1e6, 5e6)
    assert band_of(999_999.99) == (5e5, 1e6)
    assert band_of(1e12)[1] == float("inf")
    assert list(BAND_BOUNDS_USD) == sorted(BAND_BOUNDS_USD)
    with pytest.raises(ValueError, match="no band"):
        band_of(-1.0)
