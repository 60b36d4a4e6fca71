"""Hours of an application, the stages of its work, and the staff's calendar."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.decision.earlier import ask_basis
from catalynx.decision.effort import asks, effort, worked_out
from catalynx.decision.stages import STAGES, calendar_of, days_of, hours_left, lead_days, stages_of, start_by
from catalynx.errors import BadParameter
from catalynx.rules import Applicant, Commitment, Post, Rules, rules_from

DAY = date(2024, 2, 9)
RULES = Rules(as_of=DAY)
APPLICANT = Applicant(ask_min_usd=10_000, ask_max_usd=100_000)
Construct = Callable[..., pd.DataFrame]


def one(construct: Construct, ask: float, *, first_federal: bool | None = None, rules: Rules = RULES, **row: object) -> pd.Series:
    return effort(construct(row), pd.Series([ask]), rules, first_federal=first_federal).iloc[0]


def test_a_repeated_application_takes_28_days_where_a_new_one_takes_38(constructed_candidates: Construct) -> None:
    new, again = (one(constructed_candidates, 38_000, kind="program", to_us_recent_count=count) for count in (0, 2))
    assert (new["effort_hours"], again["effort_hours"]) == (380, 280)
    assert new["effort_basis"] == "a hundredth of the $38,000 asked, 380 hours"
    assert again["effort_basis"].endswith("× 0.74, for it gave to you in the last ten years; 280 hours in all")
    assert again["effort_high_hours"] - again["effort_low_hours"] < new["effort_high_hours"] - new["effort_low_hours"]


def test_a_first_federal_application_takes_longer_and_less_is_sure(constructed_candidates: Construct) -> None:
    usual, first = (one(constructed_candidates, 40_000, kind="opportunity", first_federal=flag) for flag in (None, True))
    assert (usual["effort_hours"], first["effort_hours"], first["effort_high_hours"]) == (400, 500, 1000)
    assert one(constructed_candidates, 15_000, first_federal=True)["effort_hours"] == 150, "a foundation is not federal"
    again = one(constructed_candidates, 38_000, kind="opportunity", to_us_recent_count=1, first_federal=True)
    assert again["effort_hours"] == 280, "who gave in the last ten years is no first"


def test_agreements_and_shared_costs_take_longer(constructed_candidates: Construct) -> None:
    made: dict[str, Any] = {"kind": "opportunity", "instruments": np.array(["CA"]), "cost_sharing": True}
    found = one(constructed_candidates, 40_000, **made)
    assert found["effort_hours"] == 510, "400 × 1.15 × 1.1"
    both = one(constructed_candidates, 40_000, kind="opportunity", instruments=np.array(["CA", "G"]))
    assert both["effort_hours"] == 400, "it may be a plain grant as well"


def test_a_persons_own_figures_stand_above_all(constructed_candidates: Construct) -> None:
    rules = dataclasses.replace(RULES, hours={"foundation:0": 33.0}, asks={"foundation:0": 7_777.0, "foundation:2": 5_000.0})
    worked = worked_out(constructed_candidates({"grant_median_usd": 50_000}, {"grant_median_usd": 50_000}, {}), APPLICANT, rules)
    assert worked["ask_usd"].tolist() == [7_777, 50_000, 5_000]
    assert [worked[f"effort_{name}hours"].iloc[0] for name in ("", "low_", "high_")] == [33, 33, 33]
    assert worked["effort_basis"].tolist()[0] == "33 hours, as set by hand"
    told = ask_basis(worked, worked["ask_usd"], APPLICANT, by_hand=rules.asks)
    assert told.tolist()[::2] == ["$7,777, as set by hand", "$5,000, as set by hand"]
    assert worked_out(worked, APPLICANT, RULES) is worked, "what is worked out stays"


def test_hours_really_spent_teach(constructed_candidates: Construct) -> None:
    rules = dataclasses.replace(RULES, effort_times={"program": 1.5})
    found = one(constructed_candidates, 40_000, kind="program", rules=rules)
    assert (found["effort_hours"], found["effort_basis"]) == (
        600, "a hundredth of the $40,000 asked, 400 hours; × 1.50, as hours really spent taught; 600 hours in all",
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1, 1e9), st.sampled_from(["foundation", "program", "opportunity"]), st.integers(0, 3)), min_size=1, max_size=8),
    st.sampled_from([None, True, False]),
)  # fmt: skip
def test_hours_lie_within_what_is_usual_and_in_their_range(rows: list[tuple[float, str, int]], first: bool | None) -> None:
    frame = pd.DataFrame({
        "candidate_id": [str(at) for at in range(len(rows))], "kind": [row[1] for row in rows], "track": "federal",
        "to_us_recent_count": [row[2] for row in rows],
    })  # fmt: skip
    found = effort(frame, pd.Series([row[0] for row in rows]), first_federal=first)
    assert found["effort_hours"].between(20, 2000).all()
    assert (found["effort_low_hours"] <= found["effort_hours"]).all()
    assert (found["effort_hours"] <= found["effort_high_hours"]).all()
    dearer = effort(frame, pd.Series([2 * row[0] for row in rows]), first_federal=first)
    assert (dearer["effort_hours"] >= found["effort_hours"]).all()


def test_the_words_end_on_the_hours_that_count(constructed_candidates: Construct) -> None:
    found = one(constructed_candidates, 36_500, kind="program")
    assert found["effort_basis"] == "a hundredth of the $36,500 asked, 365 hours, rounded to 360"


def test_asks_by_hand_need_no_record(constructed_candidates: Construct) -> None:
    rules = dataclasses.replace(RULES, asks={"foundation:0": 12_345.0})
    assert asks(constructed_candidates({}), APPLICANT, rules).tolist() == [12_345]


def test_stages_follow_each_other_to_the_deadline() -> None:
    found = stages_of(date(2024, 12, 31), 400)
    assert found["stage"].tolist() == ["plan", "research", "write", "review and submit"]
    assert ((found["finish"] - found["start"]).dt.days // 7).tolist() == [4, 6, 12, 4]
    assert found["finish"].iloc[-1] == pd.Timestamp(2024, 12, 31)
    assert found["start"].tolist()[1:] == found["finish"].tolist()[:-1]
    assert found["hours"].sum() == pytest.approx(400)
    pressed = stages_of(date(2024, 12, 31), 400, start=date(2024, 12, 5))
    assert (pressed["finish"] - pressed["start"]).dt.days.tolist() == [4, 6, 12, 4]
    for hours, start in ((0.0, None), (float("nan"), None), (10.0, date(2025, 1, 1))):
        with pytest.raises(BadParameter):
            stages_of(date(2024, 12, 31), hours, start=start)


def test_few_hours_a_month_mean_an_earlier_start() -> None:
    deadline, hours = pd.Series(pd.to_datetime(["2024-12-31"])), pd.Series([400.0])
    roomy, scarce, none = (start_by(deadline, hours, Rules(as_of=DAY, hours_per_month=each)) for each in (1000, 50, 0))
    assert roomy.equals(start_by(deadline, hours, RULES)), "without a word on hours the stages alone count"
    assert (deadline - scarce).dt.days.tolist() == [244], "8 months"
    assert none.equals(roomy), "no hours at all is told apart"


def test_who_leaves_and_what_is_promised_moves_the_start() -> None:
    deadline, hours = pd.Series(pd.to_datetime(["2024-12-31"])), pd.Series([300.0])
    writer = Post("grant writer", 100.0)
    alone = dataclasses.replace(RULES, staff=(writer,))
    leaving = dataclasses.replace(RULES, staff=(Post("grant writer", 100.0, None, date(2024, 8, 31)),))
    busy = dataclasses.replace(alone, commitments=(Commitment("audit", 400.0, date(2024, 9, 1), date(2024, 12, 30)),))
    starts = [start_by(deadline, hours, rules)[0] for rules in (alone, leaving, busy)]
    assert starts[1] <= pd.Timestamp(2024, 6, 2), "three months of work before the writer is gone"
    assert starts[2] < starts[0]
    left = [hours_left(deadline, rules)[0] for rules in (alone, leaving, busy)]
    assert left[1] == pytest.approx(100 * (date(2024, 9, 1) - DAY).days / 30.44)
    assert left[1] - 1 <= left[2] < left[0], "a commitment takes no more than there is"


POSTS = st.lists(
    st.builds(Post, st.just("somebody"), st.floats(0, 300), st.none() | st.just(date(2024, 3, 1)), st.none() | st.just(date(2024, 9, 1))),
    min_size=1, max_size=4,
)  # fmt: skip
BUSY = st.lists(
    st.builds(
        lambda hours, start, days: Commitment("else", hours, DAY + timedelta(start), DAY + timedelta(start + days)),
        st.floats(0, 500), st.integers(-50, 300), st.integers(0, 200),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(POSTS, BUSY, st.integers(1, 600), st.floats(1, 800))
def test_the_latest_start_leaves_just_enough_hours(posts: list[Post], busy: list[Commitment], days: int, hours: float) -> None:
    calendar = calendar_of(posts, busy, DAY)
    end = days_of(pd.Series([pd.Timestamp(DAY + timedelta(days))]))
    start = calendar.latest_start(end, np.array([hours]))
    assert start[0] <= end[0]
    if np.isfinite(start[0]):
        assert (calendar.hours_until(end) - calendar.hours_until(start))[0] >= hours - 1e-6
        assert (calendar.hours_until(end) - calendar.hours_until(start + 1))[0] < hours + 1e-6
    else:
        assert calendar.rates[0] == 0
        assert calendar.hours_until(end)[0] < hours
    along = calendar.hours_until(np.arange(end[0] - 30, end[0] + 400))
    assert (np.diff(along) >= -1e-9).all(), "hours never run backwards"


def test_lead_is_that_of_the_stages() -> None:
    assert sum(STAGES.values()) == 26
    assert lead_days(pd.Series([20.0, 200.0, 4000.0])).tolist() == [28, 91, 182]
    assert start_by(pd.Series([pd.NaT, pd.Timestamp(2024, 5, 1)]), pd.Series([100.0, None]), RULES).isna().all()
    assert start_by(pd.Series([], dtype="datetime64[us]"), pd.Series([], dtype="float64"), RULES).empty


@pytest.mark.parametrize(
    ("change", "told"),
    [({"hours": {"a": 0}}, "hours['a']"), ({"asks": {"a": float("nan")}}, "asks['a']"), ({"score_share": 1.5}, "score_share"),
     ({"feasibility_weights": {"technical": 0}}, "feasibility_weights"), ({"feasibility_weights": {"luck": 1}}, "luck"),
     ({"feasibility_weights": {"technical": -1}}, "technical"), ({"matching_usd": -1}, "matching_usd"),
     ({"effort_times": {"bank": 2}}, "bank")],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(BadParameter, match=told.replace("[", r"\[")):
        dataclasses.replace(RULES, **change)  # type: ignore[arg-type]


def test_posts_and_commitments_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadParameter, match="hours_per_month of ann"):
        Post("ann", -1)
    with pytest.raises(BadParameter, match="from_day of ann"):
        Post("ann", 1, date(2024, 2, 1), date(2024, 1, 1))
    with pytest.raises(BadParameter, match="hours of gala"):
        Commitment("gala", float("inf"), DAY, DAY)
    with pytest.raises(BadParameter, match="from_day of gala"):
        Commitment("gala", 1, DAY, DAY - timedelta(1))


def test_rules_come_back_from_what_is_kept() -> None:
    rules = dataclasses.replace(
        RULES, staff=(Post("ann", 80, None, date(2024, 3, 1)),), commitments=(Commitment("gala", 40, DAY, DAY),),
        deadlines={"a": date(2024, 5, 1)}, hours={"a": 3}, matching_usd=5.0,
    )  # fmt: skip
    kept = json.loads(json.dumps(rules.plain()))
    assert rules_from(kept).plain() == rules.plain()
    assert rules_from(kept).staff == rules.staff
    older = {
        name: value for name, value in kept.items() if name not in {"staff", "commitments", "deadlines", "hours", "score_share"}
    }
    assert rules_from(older).score_share == 0.6
    for broken in ({**kept, "as_of": "soon"}, {**kept, "luck": 1}, {**kept, "staff": [{"who": "ann"}]}, {}):
        with pytest.raises(BadParameter):
            rules_from(broken)


def test_what_is_busy_today_does_not_stretch_the_past() -> None:
    busy = (Commitment("audit", 95.0, DAY, DAY + timedelta(30)),)
    rules = dataclasses.replace(RULES, staff=(Post("writer", 100.0),), commitments=busy)
    found = start_by(pd.Series(pd.to_datetime(["2024-03-01"])), pd.Series([100.0]), rules)[0]
    assert pd.Timestamp(2024, 1, 10) <= found < pd.Timestamp(DAY), "a month's work is a month late at most"
