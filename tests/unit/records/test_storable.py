"""Values are refused by name before a database has to refuse them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.records.storable import day, number, plain

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@given(JSON_VALUES)
def test_json_is_left_as_it_is(value: Any) -> None:
    assert plain("x", value) == value
    assert json.loads(json.dumps(plain("x", value), allow_nan=False)) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float64(0.5), 0.5), (np.int64(7), 7), (np.bool_(True), True), (np.str_("a"), "a"), (np.float64("nan"), None),
        (float("nan"), None), (pd.NA, None), (pd.NaT, None), (np.array([1.0, np.nan]), [1.0, None]), (np.array([]), []),
        (date(2027, 3, 14), "2027-03-14"), (pd.Timestamp("2027-03-14", tz="UTC"), "2027-03-14T00:00:00+00:00"),
        (datetime(2027, 3, 14, 5, tzinfo=timezone(timedelta(hours=5))), "2027-03-14T00:00:00+00:00"),
        (Path("reports/a.html"), "reports/a.html"), (("a", {"b"}), ["a", ["b"]]), ({"z", "a"}, ["a", "z"]),
    ],
)  # fmt: skip
def test_what_frames_hold_becomes_json(value: Any, kept: Any) -> None:
    found = plain("x", value)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"a": {"b": [1, float("inf")]}}, r"^x\.a\.b\[1\] is inf, but must be a finite number"),
        ({"a\0": 1}, r"^a key of x is .*U\+0000"),
        ({1: 2}, r"^a key of x is 1"),
        (["\ud800"], r"^x\[0\] .*lone surrogate"),
        (2**63, "^x is 9223372036854775808"),
        (b"bytes", "^x is b'bytes', but must be text, a number"),
        (object, "^x is .*, but must be text, a number"),
    ],
)
def test_what_json_cannot_hold_is_refused_by_name(value: Any, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        plain("x", value)


def test_what_is_nested_too_deep_is_refused() -> None:
    value: Any = []
    for _ in range(1_000):
        value = [value]
    with pytest.raises(BadParameter, match="at most 50 deep"):
        plain("x", value)


def test_days_and_numbers_may_be_unknown() -> None:
    assert day("d", None) is day("d", pd.NaT) is number("n", float("nan")) is number("n", pd.NA) is None
    assert day("d", pd.Timestamp("2027-03-14")) == day("d", "2027-03-14") == date(2027, 3, 14)
    assert day("d", datetime(2027, 3, 14, 23, tzinfo=UTC)) == date(2027, 3, 14)
    assert number("n", np.int64(5)) == 5.0
    for wrong in ("14 March", "2027-02-30", 5, True):
        with pytest.raises(BadParameter, match=r"d is .*YYYY-MM-DD"):
            day("d", wrong)
    for amount in (-1, "5", True, 1e14):
        with pytest.raises(BadParameter, match="n is "):
            number("n", amount)
