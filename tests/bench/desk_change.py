"""The decision desk at 500 generated opportunities: a changed weight, and the first plan, with the memory that both take.

Nothing of it is data: criteria, asks, deadlines and award rates are drawn at random, and names say so. The answers are there
already, as they are while somebody moves a slider. A change is all that the desk asks then, in turns of three criteria: scores,
classes and order of all candidates, and what could be planned with whom. The peer weighs the same criteria row by row with pandas
``apply`` and sorts; both give the same scores. The plan is for two writers with 1,600 hours a year, within ten seconds: first the
seconds until `progress` tells a plan that has something in it, then until the whole answer is there, and what is proven by then.
"""

from __future__ import annotations

import resource
import statistics
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catalynx.decision.wishes import Member, Wish

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.planning import Planned
    from catalynx.lookups.reweighing import Kept

OPPORTUNITIES, CHANGES, SEED = 500, 15, 20261123
AS_OF, SECONDS = date(2024, 2, 9), 10.0
CHANGE_MS, FIRST_SECONDS, MEMORY_MB = 300.0, 1.0, 150.0
STAFF = (Member("writer 1", 800 / 12), Member("writer 2", 800 / 12))
CRITERIA = ("mission", "field", "geography", "population", "size", "capacity", "time", "competition")


class Answers(NamedTuple):
    """What stands before somebody changes a weight."""

    candidates: pd.DataFrame
    parts: pd.DataFrame
    decisions: pd.DataFrame
    kept: Kept


def generated() -> Answers:
    """Return the answers for generated opportunities."""
    import pandas as pd

    from catalynx.columns import empty_frame
    from catalynx.decision import decide_candidates, worked_out
    from catalynx.lookups.reweighing import kept_frames
    from catalynx.rules import Applicant, Rules
    from catalynx.scoring import totals

    chance, rules, applicant = np.random.default_rng(SEED), Rules(as_of=AS_OF), Applicant(ask_max_usd=250_000)
    ids = np.array([f"opportunity:generated-{one:03}" for one in range(OPPORTUNITIES)], dtype=object)
    ceilings = np.round(np.exp(chance.normal(10.8, 0.9, OPPORTUNITIES)) / 500) * 500
    fields: dict[str, Any] = {
        "candidate_id": ids, "kind": "opportunity", "name": [f"Generated opportunity {one}" for one in range(OPPORTUNITIES)],
        "funder_name": [f"Generated agency {one}" for one in chance.integers(0, 40, OPPORTUNITIES)], "track": "federal",
        "eligibility": np.where(chance.random(OPPORTUNITIES) < 0.9, "passes", "unknown"), "eligibility_reason": "generated",
        "ceiling_usd": ceilings, "floor_usd": ceilings / 4, "award_rate_pct": chance.uniform(8, 50, OPPORTUNITIES), "award_rate_year": 2023.0,
        "deadline": pd.to_datetime([AS_OF + timedelta(days=int(one)) for one in chance.integers(40, 360, OPPORTUNITIES)]),
    }  # fmt: skip
    blank = empty_frame("candidates").reindex(range(OPPORTUNITIES))
    candidates = blank.assign(**fields)
    weights = np.array([rules.weights["federal"][name] for name in CRITERIA])
    values = np.where(
        chance.random((OPPORTUNITIES, len(CRITERIA))) < 0.1, np.nan, chance.beta(4, 2, (OPPORTUNITIES, len(CRITERIA)))
    )
    values[:, 0] = chance.beta(4, 2, OPPORTUNITIES)
    weighed = np.where(np.isnan(values), 0.0, weights)
    parts = pd.DataFrame({
        "candidate_id": np.repeat(ids, len(CRITERIA)), "criterion": np.tile(CRITERIA, OPPORTUNITIES), "value": values.ravel(),
        "weight": np.tile(weights / weights.sum(), OPPORTUNITIES),
        "contribution": (values * weighed / weighed.sum(axis=1, keepdims=True)).ravel(), "because": "unknown: generated",
    })  # fmt: skip
    decisions = decide_candidates(worked_out(candidates, applicant, rules), parts, totals(parts), applicant, rules)
    return Answers(candidates, parts, decisions, kept_frames(candidates, parts, decisions, applicant, rules))


def changed(answers: Answers, wish: Wish) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    """Return the order under a wish, and what could be planned: all that the desk asks on a change."""
    from catalynx.lookups.reweighing import reweighed
    from catalynx.what_if import asked_of

    ordered = reweighed(answers.kept, wish.factors)
    wish = replace(wish, staff=STAFF)
    return ordered.sort_values("rank"), asked_of(answers.candidates, answers.decisions, ordered, wish, answers.kept.rules)


def row_by_row(answers: Answers, wish: Wish) -> pd.Series:
    """Return candidate_id → score, the best first, as pandas weighs each row."""
    wide = answers.parts.pivot(index="candidate_id", columns="criterion", values="value")
    weights = answers.parts.pivot(index="candidate_id", columns="criterion", values="weight").iloc[0]
    weights = weights * [wish.factors.get(name, 1.0) for name in weights.index]
    scores = wide.apply(lambda row: (row * weights).sum() / weights[row.notna()].sum(), axis=1)
    return scores.sort_values(ascending=False)


def change() -> tuple[dict[str, object], Answers]:
    """Return the row of changed weights, and the answers."""
    answers = generated()
    wishes = [Wish(factors={CRITERIA[one % 3]: 0.5 + one / 10}) for one in range(CHANGES)]
    changed(answers, wishes[0])
    ours, peer = [], []
    for wish in wishes:
        started = time.perf_counter()
        ordered, _ = changed(answers, wish)
        between = time.perf_counter()
        scores = row_by_row(answers, wish)
        ours.append(1000 * (between - started))
        peer.append(1000 * (time.perf_counter() - between))
        np.testing.assert_allclose(ordered.set_index("candidate_id")["score"].reindex(scores.index), scores, atol=1e-9)
    median, peers = statistics.median(ours), statistics.median(peer)
    name = (
        f"desk, {OPPORTUNITIES} generated opportunities: a changed weight, to order, classes and what could be planned, median of "
        f"{CHANGES}, slowest {max(ours):.0f} ms (peer: pandas apply, scores and order alone)"
    )
    return {"name": name, "ours": median, "peer": peers, "unit": "ms", "ratio": peers / median, "target": f"<= {CHANGE_MS:g} ms",
            "ok": max(ours) <= CHANGE_MS}, answers  # fmt: skip


def first_plan(answers: Answers, aim: str, risk: float) -> tuple[Planned, float, float]:
    """Return a plan, and the seconds until a first one was told and until it was there."""
    from catalynx.lookups.planning import planned

    told: list[float] = []
    started = time.perf_counter()
    _, (applications, staff, limits) = changed(answers, Wish(aim=aim, risk=risk))
    found = planned(
        applications, staff, limits, as_of=AS_OF, aim=aim, seconds=SECONDS,
        progress=lambda one: told.append(time.perf_counter() - started) if one.chosen else None,
    )  # fmt: skip
    whole = time.perf_counter() - started
    return found, min([*told, whole]), whole


def run() -> list[dict[str, object]]:
    """Return the rows."""
    row, answers = change()
    before, rows = peak_mb(), [row]
    for words, aim, risk in (("points", "points", 0.0), ("dollars, half of it the worst years", "usd", 0.5)):
        found, first, whole = first_plan(answers, aim, risk)
        assert found.plan.chosen
        name = (
            f"desk, {OPPORTUNITIES} generated opportunities: the first plan by {words}; the whole answer after {whole:.1f} s, "
            f"{found.plan.status}, proven within {found.plan.gap:.2%} of the best"
        )
        rows.append({"name": name, "ours": first, "peer": None, "unit": "s", "ratio": None, "target": f"<= {FIRST_SECONDS:g} s",
                     "ok": first <= FIRST_SECONDS})  # fmt: skip
    grown = peak_mb() - before
    name = f"desk, {OPPORTUNITIES} generated opportunities: memory that both plans add at the peak"
    return [*rows, {"name": name, "ours": grown, "peer": None, "unit": "MB", "ratio": None, "target": f"<= {MEMORY_MB:g} MB",
                    "ok": grown <= MEMORY_MB}]  # fmt: skip


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
