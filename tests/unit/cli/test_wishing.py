"""What ``--set`` says, read on top of a wish; what cannot be is refused with what was typed."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from catalynx.cli.wishing import PARTS, SetOption, wished
from catalynx.decision.wishes import Wish
from catalynx.errors import BadParameter
from catalynx.rules import Commitment

A, B, C = "program:45.301", "program:45.312", "opportunity:PD-24-7203"


def said(*words: str, start: Wish | None = None) -> Wish:
    return wished(words, start or Wish(), ())


def test_money_of_ones_own_shares_groups_and_pairs() -> None:
    wish = said(
        f"match.{A}=25,000", "matching=40000", "funder-share=0.5", "track-share=.75", f"one-of={A},{B}", f"one-of={A}, {B}, {C}",
        f"with={A},{C}",
    )  # fmt: skip
    assert wish.plain() == {
        "matches": {A: 25_000.0}, "matching_usd": 40_000.0, "most_of_funder": 0.5, "most_of_track": 0.75,
        "at_most_one": [[A, B], [A, B, C]], "only_with": [[A, C]],
    }  # fmt: skip


def test_a_group_comes_to_those_that_a_scenario_says_and_nothing_takes_all_back() -> None:
    start = said(f"one-of={A},{B}", f"with={A},{C}", f"match.{A}=5", "matching=0", "funder-share=0.5", "track-share=0.5")
    assert start.matching_usd == 0
    assert said(f"one-of={B},{C}", start=start).at_most_one == ((A, B), (B, C))
    assert said("one-of=", f"one-of={B},{C}", start=start).at_most_one == ((B, C),)
    taken = said("one-of=", "with=", f"match.{A}=", "matching=", "funder-share=", "track-share=", start=start)
    assert taken.as_usual


def test_other_work_is_said_changed_and_taken_back() -> None:
    start = said("busy.annual report=40,2027-02-01,2027-02-26")
    assert start.other_work == (Commitment("annual report", 40, date(2027, 2, 1), date(2027, 2, 26)),)
    changed = said("busy.Annual Report=1000, 2027-02-01, 2027-02-26", start=start)
    assert [(one.name, one.hours) for one in changed.other_work] == [("Annual Report", 1000)]
    assert said("busy.annual report=", start=changed).as_usual


@pytest.mark.parametrize(
    ("word", "about"),
    [
        ("busy=40", "PART=VALUE"), ("busy.gala=40", "first day and last day"), ("busy.gala=40,soon,2027-02-26", "a day such as"),
        ("busy.gala=some,2027-02-01,2027-02-26", "a number"), ("busy.gala=40,2027-02-26,2027-02-01", "to_day"),
        ("busy.gala=-4,2027-02-01,2027-02-26", "hours"),
        ("funder-share=0", "most_of_funder"), ("track-share=1.5", "most_of_track"), ("funder-share=half", "a number after the ="),
        ("matching=-1", "matching_usd"), (f"match.{A}=-1", "matches"), ("match=5", "PART=VALUE"), (f"one-of.{A}={B}", "PART=VALUE"),
        (f"one-of={A}", "two candidates or more"), (f"one-of={A},{A}", "two candidates or more"), (f"one-of={A},", "at_most_one[0]"),
        (f"with={A}", "two candidates"), (f"with={A},{B},{C}", "the first only together with the second"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(word: str, about: str) -> None:
    with pytest.raises(BadParameter) as refused:
        said(word)
    assert about in str(refused.value)


def test_the_help_names_every_part() -> None:
    help_text = get_args(SetOption)[1].help
    assert [part for part in PARTS if f"{part}=" not in help_text and f"{part}." not in help_text] == []
