"""What to find out first, where, by when, and what it could change: for each candidate its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.decision import decide_candidates, recommendations
from catalynx.decision.next_step import MOST_AT_ONCE, reachable, unknowns
from catalynx.rules import RECOMMENDATIONS, Applicant, Rules
from catalynx.scoring import totals

RULES = Rules(as_of=date(2024, 2, 9), hours_per_month=100)
APPLICANT = Applicant(ask_min_usd=10_000, ask_max_usd=100_000)
OPEN = {"eligibility": "passes", "eligibility_reason": "open to 501(c)(3)s", "last_year": 2023, "track": "federal"}
PROGRAM = {**OPEN, "kind": "program", "candidate_id": "program:45.149"}
ANNOUNCED = {**OPEN, "kind": "opportunity", "candidate_id": "opportunity:A-1", "deadline": "2024-12-31"}
FOUNDATION = {**OPEN, "kind": "foundation", "candidate_id": "foundation:1", "name": "A fund", "track": "foundation"}
Construct = Callable[..., pd.DataFrame]
Criteria = dict[str, tuple[float | None, float]]


def parts_of(candidate_id: str, criteria: Criteria, because: str = "unknown: nothing on record") -> pd.DataFrame:
    known = sum(weight for value, weight in criteria.values() if value is not None) or 1.0
    return pd.DataFrame([
        {"candidate_id": candidate_id, "criterion": name, "value": value, "weight": weight,
         "contribution": None if value is None else value * weight / known, "because": because if value is None else f"{name} is told"}
        for name, (value, weight) in criteria.items()
    ]).astype({"value": "float64", "contribution": "float64"})  # fmt: skip


def action(construct: Construct, criteria: Criteria, **row: object) -> str:
    candidates = construct(row)
    parts = parts_of(candidates["candidate_id"][0], criteria)
    found = decide_candidates(candidates, parts, totals(parts), APPLICANT, RULES)
    return str(found["next_action"].iloc[0])


@pytest.mark.parametrize(
    ("row", "criteria", "expected"),
    [
        (PROGRAM, {"mission": (0.65, 0.6), "size": (None, 0.3), "trend": (None, 0.1)},
         "Find out by 7 Aug 2024: how large its grants are (its awards under 45.149 on USAspending.gov); that could lift it to "
         "prepare, or lower it to monitor."),
        (PROGRAM, {"mission": (0.5, 0.6), "competition": (None, 0.1), "size": (None, 0.1), "field": (None, 0.2)},
         "Find out by 7 Aug 2024: which fields it funds (its awards under 45.149 on USAspending.gov), how many apply and are "
         "awarded (Assistance Listing 45.149 on SAM.gov); that could lift it to prepare, or lower it to decline."),
        (PROGRAM, {"mission": (0.5, 0.9), "size": (None, 0.1)},
         "Find out by 7 Aug 2024: how large its grants are (its awards under 45.149 on USAspending.gov); that lifts it no "
         "further, but could lower it to monitor."),
        (PROGRAM, {"mission": (0.6, 0.97), "size": (None, 0.03)},
         "Find out by 7 Aug 2024: how large its grants are (its awards under 45.149 on USAspending.gov); it stays at consider "
         "later whatever that is."),
        (PROGRAM, {"mission": (0.6, 1.0)}, "Look at 45.149 again by 7 Aug 2024: its score is 0.60, and 0.65 is up."),
        (ANNOUNCED, {"mission": (0.6, 0.8), "competition": (None, 0.2)},
         "Find out by 7 Aug 2024: how many apply and are awarded (announcement A-1 on Grants.gov); that could lift it to "
         "prepare, or lower it to monitor; applications close on 31 Dec 2024."),
        ({**ANNOUNCED, "deadline": "2024-05-01", "track": "government"}, {"mission": (0.6, 0.8), "competition": (None, 0.2)},
         "Find out by 1 May 2024: how many apply and are awarded (announcement A-1); that could lift it to prepare, or lower it "
         "to monitor; applications close on 1 May 2024."),
        (FOUNDATION, {"mission": (0.6, 0.8), "capacity": (None, 0.2)},
         "Find out by 7 Aug 2024: how much it can give (Part II of the Form 990-PF of A fund); that could lift it to prepare, or "
         "lower it to monitor."),
        ({**PROGRAM, "eligibility": "unknown", "eligibility_reason": "ask"}, {"mission": (0.9, 1.0)},
         "Read in Assistance Listing 45.149 on SAM.gov by 7 Aug 2024 whether you may apply: if so, its score of 0.90 would do "
         "for prepare."),
        ({**ANNOUNCED, "eligibility": "unknown", "eligibility_reason": "ask"}, {"mission": (0.6, 1.0)},
         "Read in announcement A-1 on Grants.gov by 7 Aug 2024 whether you may apply: if so, its score of 0.60 would stay at "
         "consider later; applications close on 31 Dec 2024."),
        (PROGRAM, {"mission": (0.9, 0.9), "time": (0.8, 0.1)},
         "Find the date of the next announcement of 45.149 on Grants.gov by 10 Mar 2024: time is told."),
        (PROGRAM, {"mission": (0.9, 1.0)},
         "Find the date of the next announcement of 45.149 on Grants.gov by 10 Mar 2024; no day on which earlier ones closed is "
         "on record."),
        (FOUNDATION, {"mission": (0.9, 1.0)}, "Ask A fund for its guidelines and a first talk by 10 Mar 2024."),
        (FOUNDATION, {"mission": (0.4, 1.0)}, "Check on its site or in its latest return whether A fund still gives, by 8 Feb 2025."),
        (PROGRAM, {"mission": (0.4, 1.0)}, "See by 8 Feb 2025 whether 45.149 has an announcement on Grants.gov."),
        (PROGRAM, {"mission": (0.2, 1.0)}, "Nothing to do; looked at again on 8 Feb 2025."),
    ],
)  # fmt: skip
def test_the_next_step_names_what_matters_most_of_this_candidate(
    constructed_candidates: Construct, row: dict[str, object], criteria: Criteria, expected: str
) -> None:
    assert action(constructed_candidates, criteria, **row) == expected


def test_what_a_profile_leaves_open_is_one_thing_and_weighs_as_such() -> None:
    parts = pd.concat([
        parts_of("a", {"size": (None, 0.15), "scale": (None, 0.15)}, "unknown: the profile names no ask"),
        parts_of("a", {"field": (None, 0.2), "trend": (None, 0.1), "mission": (0.5, 0.4)}),
    ])  # fmt: skip
    assert [(one.what, round(one.weight, 9)) for one in unknowns(parts, ["a"])["a"]] == [
        ("what the profile leaves open", 0.3), ("which fields it funds", 0.2), ("whether its giving grows", 0.1),
    ]  # fmt: skip


def test_two_programs_with_the_same_gaps_have_two_next_steps(constructed_candidates: Construct) -> None:
    rows = [{**PROGRAM, "candidate_id": f"program:45.{number}"} for number in range(100, 130)]
    parts = pd.concat([parts_of(str(row["candidate_id"]), {"mission": (0.6, 0.7), "size": (None, 0.3)}) for row in rows])
    found = decide_candidates(constructed_candidates(*rows), parts, totals(parts), APPLICANT, RULES)
    assert found["recommendation"].eq("consider later").all()
    assert found["next_action"].is_unique


shares = st.floats(0.01, 1.0)


@given(
    known=st.lists(st.tuples(st.floats(0, 1), shares), min_size=1, max_size=4), unknown=st.lists(shares, min_size=1, max_size=6),
    held_at=st.integers(0, 3), found=st.lists(st.floats(0, 1), min_size=6, max_size=6),
)  # fmt: skip
def test_what_is_found_out_lands_between_worst_and_best(
    known: list[tuple[float, float]], unknown: list[float], held_at: int, found: list[float]
) -> None:
    whole = sum(weight for _, weight in known) + sum(unknown)
    coverage = sum(weight for _, weight in known) / whole
    score = sum(value * weight for value, weight in known) / (coverage * whole)
    asked = sorted(unknown, reverse=True)[:MOST_AT_ONCE]
    worst, best = reachable({"score": score, "coverage": coverage, "held_at": held_at}, sum(asked) / whole, RULES)
    total = coverage + sum(asked) / whole
    value = (score * coverage + sum(each * weight / whole for each, weight in zip(found, asked, strict=False))) / total
    reached = next(at for at, name in enumerate(RECOMMENDATIONS) if value + 1e-6 >= RULES.thresholds[name])
    by_coverage = 3 if total < RULES.scant_coverage - 1e-6 else 2 if total < RULES.least_coverage - 1e-6 else 0
    assert RECOMMENDATIONS.index(best) <= max(reached, by_coverage, held_at) + 1
    assert max(reached, by_coverage, held_at) <= RECOMMENDATIONS.index(worst)


def test_what_is_said_to_lift_a_candidate_lifts_it_when_it_is_found(constructed_candidates: Construct) -> None:
    criteria: Criteria = {"mission": (0.65, 0.6), "size": (None, 0.3), "trend": (None, 0.1)}
    candidates = constructed_candidates(PROGRAM)
    for value, expected in ((1.0, "prepare"), (0.0, "monitor")):
        parts = parts_of("program:45.149", {**criteria, "size": (value, 0.3)})
        assert recommendations(candidates, parts, totals(parts), APPLICANT, RULES).tolist() == [expected]
