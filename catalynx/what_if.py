"""What if: the answer for a profile with other weights, staff, caution, asks, deadlines or chances; and signing what is decided.

One call for scripts, programs and pages alike: decide → order anew → plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.decision.wishes import EVERYBODY, Member, Wish
from catalynx.lookups.planning import (
    ROLE,
    Planned,
    applications_of,
    difference_in_words,
    differences,
    members_of,
    planned,
)

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from catalynx.decision.portfolio import Application, Limits, Progress
    from catalynx.decision.portfolio import Member as Colleague
    from catalynx.records.profile import Profile
    from catalynx.records.signing import SignedDecision
    from catalynx.records.store import Records
    from catalynx.rules import Rules
    from catalynx.workflows import Decided, Workspace

SECONDS: Final = 10.0
"""How long the best plan is looked for; what was found until then is given with how much better it could be."""
MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """What comes of a wish.

    Attributes
    ----------
    decided : the answer as it is
    ordered : ``candidate_id``, ``score``, ``coverage``, ``recommendation``, ``rank``, ``worth`` under the wish
    planned : what to work on, when and by whom
    forgotten : candidates that the wish names and the data do not know (any more)
    """

    decided: Decided
    wish: Wish
    ordered: pd.DataFrame
    planned: Planned
    forgotten: tuple[str, ...]

    def results(self) -> dict[str, Any]:
        """Return the numbers that a signed decision keeps, and that a replay has to give again."""
        first = self.ordered.nsmallest(MOST_KEPT, "rank").sort_values("rank")
        kept = first[["candidate_id", "rank", "score", "coverage", "recommendation"]].astype(object).where(first.notna(), None)
        plan, applications = self.planned.plan, self.applications
        hours = self.decided.decisions.set_index("candidate_id")["effort_hours"]
        chosen = [
            {"candidate_id": one["candidate_id"], "name": one["name"], "hours": float(one["hours"]),
             "effort_hours": _known(self.wish.hours.get(one["candidate_id"], hours.get(one["candidate_id"]))),
             **_worth(applications[one["candidate_id"]])}
            for one in self.planned.applications.to_dict("records")
        ]  # fmt: skip
        return {
            "order": kept.to_dict("records"), "chosen": chosen, "status": plan.status, "aim": plan.aim, "value": plan.value,
            "hours": dict(plan.hours), "sentence": self.planned.sentence,
        }  # fmt: skip

    @property
    def applications(self) -> Mapping[str, Application]:
        """What could be planned, by candidate_id."""
        found = _applications(self.decided.candidates, self.decided.decisions, self.ordered, self.wish)
        return {one.candidate_id: one for one in found}


def what_if(
    workspace: Workspace,
    profile: Profile,
    wish: Wish,
    *,
    as_of: date | None = None,
    rules: Rules | None = None,
    seconds: float = SECONDS,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> WhatIf:
    """Decide, order anew under a wish, and plan.

    Parameters
    ----------
    seconds : after which the best plan so far is taken
    progress : is told of every better plan
    stop : asked often; the best so far is taken soon after it says True

    Raises
    ------
    BadParameter
        A weight names nothing that is known, all weights are 0, or a limit cannot be.
    LakeEmpty
    """
    from catalynx.lookups.reweighing import kept_of, reweighed

    decided = workflows.decide(workspace, profile, as_of=as_of, rules=rules)
    ordered = reweighed(kept_of(decided), wish.factors, method=wish.method)
    applications, staff, limits = asked_of(decided.candidates, decided.decisions, ordered, wish, decided.rules)
    found = planned(
        applications, staff, limits, as_of=decided.rules.as_of, aim=wish.aim, seconds=seconds, progress=progress, stop=stop
    )
    return WhatIf(decided, wish, ordered, found, _forgotten(decided, wish))


def asked_of(
    candidates: pd.DataFrame, decisions: pd.DataFrame, ordered: pd.DataFrame, wish: Wish, rules: Rules
) -> tuple[list[Application], list[Colleague], Limits]:
    """Return what a plan is made from: applications as wished, who there is, and the limits.

    Parameters
    ----------
    candidates, decisions : as ``workflows.Decided`` holds them
    ordered : as `WhatIf` holds it
    rules : say who there is when the wish does not, and what other work they have besides that of the wish
    """
    from catalynx.decision.portfolio import Limits, Risk

    applications = _applications(candidates, decisions, ordered, wish)
    people = usual_staff(rules) if wish.staff is None else wish.staff
    known = {one.candidate_id for one in applications}
    # What goes only with one that cannot be planned cannot be either.
    must_not = {*wish.must_not, *(first for first, second in wish.only_with if second not in known)}
    limits = Limits(
        must=tuple(one for one in wish.must if one in known), must_not=tuple(sorted(must_not & known)),
        matching_usd=wish.matching_usd, most_share_of_funder=wish.most_of_funder, most_share_of_track=wish.most_of_track,
        exclusions=tuple(tuple(one for one in group if one in known) for group in wish.at_most_one),
        dependencies=tuple(pair for pair in wish.only_with if set(pair) <= known),
        # How much a bad year counts is reckoned in dollars; points have no bad years.
        risk=Risk(weight=wish.risk if wish.aim == "usd" else 0.0), commitments=(*rules.commitments, *wish.other_work),
    )  # fmt: skip
    return applications, members_of([(one.who, one.hours, one.joins, one.leaves) for one in people]), limits


def usual_staff(rules: Rules) -> tuple[Member, ...]:
    """Return who there is as the rules say by name, else the hours of the profile; nobody where neither says."""
    if rules.staff:
        gone = ((one, None if one.to_day is None else one.to_day + timedelta(days=1)) for one in rules.staff)
        return tuple(Member(one.name, one.hours_per_month, one.from_day, leaves) for one, leaves in gone)
    return () if rules.hours_per_month is None else (Member(EVERYBODY, rules.hours_per_month),)


def _applications(candidates: pd.DataFrame, decisions: pd.DataFrame, ordered: pd.DataFrame, wish: Wish) -> list[Application]:
    found = applications_of(candidates, decisions, ordered, must=wish.must, assumed_chance=wish.assumed)
    return [_as_wished(one, wish) for one in found]


def _as_wished(one: Application, wish: Wish) -> Application:
    key = one.candidate_id
    changes: dict[str, Any] = {}
    told = {"value_usd": wish.asks, "deadline": wish.deadlines, "chance": wish.chances, "matching_usd": wish.matches}
    for field, wished in told.items():
        if key in wished:
            changes[field] = wished[key]
    if key in wish.hours:
        changes["hours"] = {ROLE: wish.hours[key]}
    return replace(one, **changes) if changes else one


def _forgotten(decided: Decided, wish: Wish) -> tuple[str, ...]:
    return tuple(sorted(wish.named() - set(decided.decisions["candidate_id"])))


def _worth(one: Application) -> dict[str, float | None]:
    return {"ask_usd": one.value_usd, "chance": one.chance, "points": one.points}


def _known(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two answers side by side.

    Attributes
    ----------
    rows : one an application of either plan: ``candidate_id``, ``name``, ``first_hours``, ``second_hours``; missing where it is
        not in that plan
    enters, leaves : candidates that the second plan has and the first has not, and the other way round
    value : of both plans, in points or dollars as ``aim`` says; None when unknown
    hours : of both
    worst_years_usd : mean of the worst tenth of years of both; None when no chance is known or nobody asked
    sentence : all that in words
    """

    rows: pd.DataFrame
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    value: tuple[float | None, float | None]
    hours: tuple[float, float]
    worst_years_usd: tuple[float | None, float | None]
    sentence: str


def compare(before: WhatIf, after: WhatIf) -> Compared:
    """Say what enters and leaves the plan from one answer to another, and what becomes of value, hours and risk."""
    first, second = before.planned, after.planned
    rows = differences(first, second)
    return Compared(
        rows,
        tuple(rows.loc[rows["first_hours"].isna(), "candidate_id"]), tuple(rows.loc[rows["second_hours"].isna(), "candidate_id"]),
        (first.plan.value, second.plan.value), (first.hours, second.hours),
        (first.plan.worst_years_usd, second.plan.worst_years_usd), difference_in_words(first, second),
    )  # fmt: skip


def sign(
    records: Records,
    found: WhatIf,
    *,
    title: str,
    why: str,
    by: str,
    dissent: str = "",
    replaces: str | None = None,
) -> SignedDecision:
    """Sign what came of a wish, with all that is needed to reckon it again.

    Raises
    ------
    NotFound, Conflict, BadParameter
    """
    decided = found.decided
    profile = {"version": decided.profile.version, "fields": decided.profile.fields()}
    return records.sign_decision(
        decided.profile.profile_id,
        title=title,
        why=why,
        dissent=dissent,
        holds=found.planned.sentence,
        inputs={"profile": profile, "rules": decided.rules.plain(), "wish": found.wish.plain()},
        results=found.results(),
        lake_version=decided.lake_version,
        by=by,
        replaces=replaces,
    )
