"""Recommendations: what the score allows, what holds it back, hours, days, and the sentence that sums up."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from catalynx.columns import RESULTS, empty_frame
from catalynx.decision import agenda, ask_basis, decide_candidates
from catalynx.decision.earlier import gave_before
from catalynx.decision.effort import asks, effort, start_by
from catalynx.rules import Applicant, Rules
from catalynx.scoring import score_candidates, totals

RULES = Rules(as_of=date(2024, 2, 9), hours_per_month=100)
APPLICANT = Applicant(ask_min_usd=10_000, ask_max_usd=100_000)
Construct = Callable[..., pd.DataFrame]

GOOD = {
    "eligibility": "passes", "eligibility_reason": "foundations may give to a 501(c)(3) organisation", "grants_count": 50,
    "grant_median_usd": 20_000, "grant_p75_usd": 60_000, "last_year": 2023,
}  # fmt: skip


def decide(construct: Construct, score: float | None, coverage: float = 1.0, fit: float = 0.9, **row: object) -> pd.Series:
    candidates = construct({**GOOD, **row})
    identity = candidates["candidate_id"][0]
    parts = pd.DataFrame([
        {"candidate_id": identity, "criterion": "mission", "value": fit, "weight": 0.5, "contribution": 0.5, "because": "its purposes match"},
        {"candidate_id": identity, "criterion": "size", "value": 0.1, "weight": 0.3, "contribution": 0.1, "because": "its grants are small"},
        {"candidate_id": identity, "criterion": "field", "value": None, "weight": 0.2, "contribution": None, "because": "unknown: no field"},
    ])  # fmt: skip
    summed = pd.DataFrame({"score": [score], "coverage": [coverage]}, index=[identity]).astype("float64")
    decided = decide_candidates(candidates, parts.astype({"value": "float64"}), summed, APPLICANT, RULES)
    assert list(decided.columns) == RESULTS["decisions"].names
    return decided.iloc[0]


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.80, "pursue now"), (0.7999, "prepare"), (0.65, "prepare"), (0.6499, "consider later"), (0.5, "consider later"), (0.4999, "monitor"),
     (0.35, "monitor"), (0.3499, "decline"), (0.0, "decline"), (None, "monitor")],
)  # fmt: skip
def test_the_score_reaches_a_class(constructed_candidates: Construct, score: float | None, expected: str) -> None:
    assert decide(constructed_candidates, score)["recommendation"] == expected


@pytest.mark.parametrize(
    ("change", "expected", "why"),
    [
        ({"coverage": 0.6}, "consider later", "held at consider later: only 60% of the score rests on data"),
        ({"coverage": 0.4}, "monitor", "held at monitor: only 40% of the score rests on data"),
        ({"fit": 0.2}, "monitor", "held at monitor: its purposes hardly match the mission"),
        ({"last_year": 2012}, "monitor", "held at monitor: no grant on record since 2012; check that it still gives"),
        ({"preselected_only": True}, "monitor", "held at monitor: it gives only to preselected charities"),
        ({"kind": "program"}, "prepare", "held at prepare: a program is applied to through an announcement, and this listing names none"),
        ({"eligibility": "unknown", "eligibility_reason": "ask"}, "consider later", "held at consider later until it is clear who may apply: ask"),
        ({"deadline": "2024-02-20"}, "prepare", "held at prepare: less time is left than an application of this size usually takes"),
        ({"eligibility": "fails", "eligibility_reason": "closed on 1 Feb 2024"}, "decline", "closed on 1 Feb 2024"),
    ],
)  # fmt: skip
def test_what_holds_a_good_score_back(
    constructed_candidates: Construct, change: dict[str, object], expected: str, why: str
) -> None:
    found = decide(constructed_candidates, 0.9, **change)  # type: ignore[arg-type]
    assert found["recommendation"] == expected
    assert found["reasons_against"][0] == why


def test_sentences_go_to_their_side(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9)
    assert found["reasons_for"] == ["its purposes match"]
    assert found["reasons_against"] == ["its grants are small"]
    assert found["unknown"] == ["no field"]


def test_ask_lies_within_the_wish_and_what_is_given(constructed_candidates: Construct) -> None:
    candidates = constructed_candidates(
        {"grant_median_usd": 20_100, "grant_p75_usd": 60_000}, {"grant_median_usd": 2_000, "grant_p75_usd": 5_000},
        {"grant_median_usd": 900_000, "grant_p75_usd": 2e6}, {"floor_usd": 20_000, "ceiling_usd": 80_000}, {},
    )  # fmt: skip
    found = asks(candidates, APPLICANT)
    assert found.tolist()[:4] == [20_000, 5_000, 100_000, 40_000]
    assert pd.isna(found[4]), "nothing is known of what it gives"


EARLIER = '[{"year":2012,"amount_usd":15000.0},{"year":2009,"amount_usd":90400.0}]'


def test_the_ask_starts_from_what_it_gave_before(constructed_candidates: Construct) -> None:
    gave = {
        "grant_median_usd": 20_000,
        "grant_p25_usd": 5_000,
        "grant_p75_usd": 60_000,
        "to_us_gifts": EARLIER,
        "to_us_recent_count": 2,
    }
    candidates = constructed_candidates(
        {**gave, "to_us_median_usd": 52_700}, {**gave, "to_us_median_usd": 90_400}, {**gave, "to_us_median_usd": 900_000},
        {**gave, "to_us_median_usd": 90_400, "ceiling_usd": 50_000}, {**gave, "to_us_median_usd": 700},
    )  # fmt: skip
    asked = asks(candidates, APPLICANT)
    assert asked.tolist() == [52_500, 90_500, 100_000, 50_000, 10_000]
    said = ask_basis(candidates, asked, APPLICANT).tolist()
    beside = "(half of all its grants are $5,000 to $60,000)"
    assert said[0] == f"the median of your 2 grants from it in the last ten years, $52,700 {beside}"
    assert said[2].endswith(
        "$900,000 (half of all its grants are $5,000 to $60,000), held to the $100,000 that you would ask for at most"
    )
    assert said[3].endswith("held to what it usually gives at most")
    assert said[4].endswith("raised to the $10,000 that you would ask for at least")


def test_without_earlier_gifts_the_ask_says_so_too(constructed_candidates: Construct) -> None:
    candidates = constructed_candidates(
        {"grant_median_usd": 20_100, "grant_p75_usd": 60_000}, {"floor_usd": 20_000, "ceiling_usd": 80_000}, {"ceiling_usd": 80_000},
        {"floor_usd": 50_000, "ceiling_usd": 50_000}, {},
    )  # fmt: skip
    said = ask_basis(candidates, asks(candidates, APPLICANT), APPLICANT)
    assert said.tolist()[:4] == [
        "the median of its grants, $20,100", "the middle of the $20,000 to $80,000 offered", "the middle of what is offered, up to $80,000",
        "the $50,000 that is offered",
    ]  # fmt: skip
    assert pd.isna(said[4])


def test_what_it_gave_before_stands_first_among_the_reasons(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.9, to_us_gifts=EARLIER)
    assert found["reasons_for"] == ["it gave to you before: $15,000 in 2012 and $90,400 in 2009", "its purposes match"]
    many = json.dumps([{"year": year, "amount_usd": None if year == 2020 else 1e3} for year in range(2020, 2012, -1)])
    assert gave_before(many) == (
        "it gave to you before: an amount that is not known in 2020, $1,000 in 2019, $1,000 in 2018, $1,000 in 2017, "
        "$1,000 in 2016 and 3 more of 2013 to 2015"
    )
    assert gave_before(None) is None


def test_an_unknown_next_step_says_what_to_find_out(constructed_candidates: Construct) -> None:
    found = decide(constructed_candidates, 0.6, 0.8, name="A fund")
    assert found["next_action"] == (
        "Find out by 7 Aug 2024: which fields it funds (Part XIV, until 2020 XV, of the Form 990-PF of A fund); "
        "that could lift it to prepare, or lower it to monitor."
    )
    unsure = decide(constructed_candidates, 0.9, name="A fund", eligibility="unknown", eligibility_reason="ask")
    assert unsure["next_action"] == (
        "Read in the guidelines of A fund by 7 Aug 2024 whether you may apply: if so, its score of 0.90 would do for pursue now."
    )


def test_without_candidates_the_frames_are_empty_and_typed() -> None:
    candidates, parts = empty_frame("candidates"), score_candidates(empty_frame("candidates"), APPLICANT, RULES)
    decided = decide_candidates(candidates, parts, totals(parts), APPLICANT, RULES)
    assert (len(parts), len(decided)) == (0, 0)
    assert list(decided.columns) == RESULTS["decisions"].names
    assert {name: str(decided[name].dtype) for name in ("score", "rank", "name", "deadline")} == {
        "score": "float64", "rank": "Int64", "name": "str", "deadline": "datetime64[us]",
    }  # fmt: skip
    assert ask_basis(candidates, pd.Series([], dtype="float64"), APPLICANT).empty


def test_effort_is_a_hundredth_of_the_ask_within_limits(constructed_candidates: Construct) -> None:
    candidates = constructed_candidates({}, {"kind": "program"}, {"kind": "opportunity"}, {})
    hours = effort(candidates, pd.Series([500.0, 36_500.0, 1e9, None]))
    assert hours["effort_hours"].tolist()[:3] == [20, 360, 2000]
    assert hours["effort_low_hours"][1] == 216
    assert hours["effort_high_hours"][1] == 576
    assert hours.loc[3].isna().all()


def test_start_leaves_26_weeks_for_large_applications_and_4_for_small() -> None:
    deadline = pd.Series(pd.to_datetime(["2024-12-31", "2024-12-31", None]))
    found = start_by(deadline, pd.Series([400.0, 20.0, 400.0]), RULES)
    assert (deadline - found).dt.days.tolist()[:2] == [182, 28]
    assert pd.isna(found[2])


def decisions(*rows: tuple[str, float | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame({
        "candidate_id": [f"c{place}" for place in range(len(rows))], "name": "A fund", "rank": range(1, len(rows) + 1),
        "recommendation": [row[0] for row in rows], "effort_hours": pd.Series([row[1] for row in rows], dtype="float64"),
        "effort_low_hours": 1.0, "effort_high_hours": 2.0, "deadline": pd.to_datetime([row[2] for row in rows]),
    })  # fmt: skip


def test_the_agenda_fills_the_hours_best_first() -> None:
    found = agenda(
        decisions(("pursue now", 200, None), ("prepare", 150, "2024-05-01"), ("prepare", 90, None), ("monitor", 10, None)), RULES
    )
    assert found.chosen == ("c0", "c2")
    assert found.hours == 290
    assert found.ready == 3
    assert found.sentence == (
        "Work on 2 of the 3 applications to pursue or prepare in the next 3 months, about 290 of 300 hours; 1 would not fit."
    )


def test_the_agenda_counts_what_the_table_counts() -> None:
    told = agenda(decisions(("prepare", 900, None), ("prepare", None, None)), RULES)
    assert (told.chosen, told.ready) == ((), 2)
    assert (
        told.sentence
        == "No work fits yet on the 2 applications to pursue or prepare: 1 would not fit; the hours of 1 are not known."
    )
    assert agenda(empty_frame("decisions"), RULES).sentence.startswith(
        "The lake holds no foundation, program or opportunity yet: `catalynx"
    )


def test_the_agenda_names_the_first_deadline_and_says_when_there_is_nothing() -> None:
    found = agenda(decisions(("prepare", 50, "2024-05-01")), dataclasses.replace(RULES, hours_per_month=None))
    assert (
        found.sentence == "Work on 1 application in the next 3 months, about 50 hours: A fund; the first deadline is 1 May 2024."
    )
    assert found.next_deadline == date(2024, 5, 1)
    assert agenda(decisions(("monitor", 50, None)), RULES).sentence.startswith("Nothing on record is ready")
