"""Read → score → decide → record: the only place where lake and records meet the pure middle.

Each function does one whole job; a notebook, a page, a command and a route call one of them and compute nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from catalynx.columns import empty_frame, rows
from catalynx.errors import BadParameter, NotFound
from catalynx.rules import Applicant, Rules
from catalynx.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.decision import Agenda, Situation
    from catalynx.lake import Ingested
    from catalynx.lake.evidence import Asker
    from catalynx.lake.ingestion import Progress
    from catalynx.records.profile import Profile

__all__ = [
    "DEMO_AS_OF", "SAMPLE", "Decided", "Workspace", "applicant_of", "cautions", "data_facts", "decide", "discover", "evidence",
    "evidence_order", "evidence_rows", "ingest", "keep_demo_profile", "open_workspace", "profile_from_lake",
    "prospects_for", "record",
    "rules_for", "score",
]  # fmt: skip

SAMPLE = Path(__file__).parent / "sample"
STALE_DAYS = 366
"""Data older than the day asked for by more than that deserve a warning."""


@dataclass(frozen=True)
class Decided:
    """Everything that was found, scored and decided for one profile, with what it rests on.

    Attributes
    ----------
    candidates, parts, decisions : frames as in ``columns.RESULTS``; candidates also have ``score``, ``coverage`` and
        ``ask_basis``, from what the suggested ask starts, in words; parts how they differ from the median candidate's of the
        same track that no hard rule excludes, as ``scoring.compare_with_middling`` says
    agenda : what to do now, within the hours there are
    rules : the day, weights and thresholds it was made with
    lake_version : id of the lake's version
    cautions : what to know before trusting it, as `cautions` says it
    feasibility : rows as ``columns.RESULTS["feasibility"]``, of candidates that no hard rule excludes
    situation : what is known of the applicant, by which feasibility is judged
    """

    profile: Profile
    candidates: pd.DataFrame
    parts: pd.DataFrame
    decisions: pd.DataFrame
    agenda: Agenda
    rules: Rules
    lake_version: str
    cautions: tuple[str, ...] = ()
    feasibility: pd.DataFrame | None = None
    situation: Situation | None = None


def ingest(workspace: Workspace, paths: list[Path], *, progress: Progress | None = None, job_id: str | None = None) -> Ingested:
    """Read published files into the lake, make the new version current, and note the run, which a job may be part of.

    Raises
    ------
    FileRefused, LakeError
    """
    from catalynx.lake import ingest as ingest_into
    from catalynx.records.workers import is_gone, worker_name

    records = workspace.records
    records.end_cut_off_runs(error="its process ended before it was done", gone=is_gone)
    asked = {"paths": [str(path) for path in paths]}
    run = records.record_run("load", "ingest", asked, worker=worker_name(), job_id=job_id)
    try:
        done = ingest_into(workspace.settings.lake, paths, progress=progress)
    except BaseException as error:  # whatever ends it, the run must say so
        stopped = isinstance(error, KeyboardInterrupt)
        why = "it was stopped by whoever started it" if stopped else str(error) or type(error).__name__
        records.finish_run(run.run_id, error=why, cancelled=stopped)
        raise
    outputs = [part.name for part in done.parts]
    refused = "; ".join(str(error) for error in done.refused) or None
    records.finish_run(run.run_id, outputs=outputs, error=refused, lake_version=done.version.id)
    workspace.refresh()
    return done


def applicant_of(profile: Profile) -> Applicant:
    """Return what scores have to know of a profile."""
    wishes = profile.funding_preferences
    return Applicant(
        name=profile.organization_name,
        ein=profile.ein,
        text=". ".join([profile.mission_statement, *profile.focus_areas]).strip(". "),
        ntee_codes=tuple(profile.ntee_codes),
        ntee_majors=tuple(sorted({code[0] for code in profile.ntee_codes})),
        states=tuple(profile.states),
        is_501c3=profile.is_501c3,
        annual_revenue_usd=profile.annual_revenue_usd,
        ask_min_usd=wishes.ask_min_usd,
        ask_max_usd=wishes.ask_max_usd,
        kinds=tuple(wishes.kinds),
        accepts_government_money=wishes.accepts_government_money,
        cost_sharing_ok=wishes.cost_sharing_ok,
    )


def rules_for(workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None) -> Rules:
    """Return the rules of a run: `rules` or the defaults, for the day `as_of` or the workspace's, with the profile's hours."""
    if rules is None:
        rules = Rules(as_of=as_of or workspace.as_of, hours_per_month=profile.capacity.staff_hours_per_month)
    return rules if as_of is None else replace(rules, as_of=as_of)


def discover(workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None) -> pd.DataFrame:
    """Find the foundations, federal programs and opportunities that a profile could turn to.

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]``, none left out: those that fail a hard rule say which

    Raises
    ------
    LakeEmpty
    """
    from catalynx.scoring import judge_eligibility

    applicant, rules = applicant_of(profile), rules_for(workspace, profile, as_of=as_of, rules=rules)
    candidates = prospects_for(workspace, applicant, rules)
    return candidates if candidates.empty else candidates.join(judge_eligibility(candidates, applicant, rules))


def prospects_for(workspace: Workspace, applicant: Applicant, rules: Rules, *, told: bool = True) -> pd.DataFrame:
    """Return everybody who could give, with track, and without eligibility.

    Parameters
    ----------
    told : name the words that mission and purposes share
    """
    import pandas as pd

    from catalynx.lake import prospects
    from catalynx.scoring import tell_tracks

    seeker = prospects.Seeker(applicant.ein, applicant.states, applicant.ntee_codes, applicant.text)
    kinds = (prospects.foundations, prospects.programs, prospects.opportunities)
    how: Any = {"as_of": rules.as_of, "told": told, "tell": tell_tracks}
    found = [frame for kind in kinds if len(frame := kind(workspace.lake, seeker, **how))]
    if not found:
        return empty_frame("candidates")
    candidates = pd.concat(found, ignore_index=True)
    if rules.deadlines:
        set_by_hand = candidates["candidate_id"].map({name: pd.Timestamp(day) for name, day in rules.deadlines.items()})
        candidates["deadline"] = set_by_hand.astype("object").where(set_by_hand.notna(), candidates["deadline"])
    if any(weights.get("network", 0) > 0 for weights in rules.weights.values()):
        from catalynx.ties import with_network

        state = next(iter(applicant.states), None) if len(applicant.states) == 1 else None
        candidates = with_network(
            candidates, workspace.lake, year=rules.as_of.year, ein=applicant.ein, name=applicant.name, state=state
        )
    return candidates


def score(
    workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Discover and score.

    Returns
    -------
    candidates with ``score`` and ``coverage``, best first, those of scant coverage after all others; and the parts, rows as in
    ``columns.RESULTS["score_parts"]``
    """
    from catalynx.scoring import score_candidates, totals

    rules = rules_for(workspace, profile, as_of=as_of, rules=rules)
    candidates = discover(workspace, profile, rules=rules)
    parts = score_candidates(candidates, applicant_of(profile), rules)
    scored = candidates.merge(totals(parts), left_on="candidate_id", right_index=True, how="left")
    scant = scored["coverage"].fillna(0) < rules.scant_coverage
    order = scored.assign(_scant=scant).sort_values(["_scant", "score", "candidate_id"], ascending=[True, False, True])
    return order.drop(columns="_scant").reset_index(drop=True), parts


def decide(workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None) -> Decided:
    """Discover, score and decide: what to do about every candidate, and what to do now.

    The same profile, rules and lake version give the same answer; it is kept for as long as the process is asked for it.
    """
    rules = rules_for(workspace, profile, as_of=as_of, rules=rules)
    key = json.dumps([profile.fields(), rules.plain()], sort_keys=True, default=str)
    asked = _Asked(key, str(workspace.lake.folder), workspace, profile, rules)
    # Who asks the same while it is being answered waits for that answer.
    with _ASKING[hash(asked) % len(_ASKING)]:
        return _decide(asked)


@dataclass(frozen=True)
class _Asked:
    """A question, equal to another when profile, rules and lake version are."""

    key: str
    folder: str
    workspace: Workspace
    profile: Profile
    rules: Rules

    def __hash__(self) -> int:
        return hash((self.key, self.folder))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and (self.key, self.folder) == (other.key, other.folder)


def forget_answers() -> None:
    """Let go of the answers that this process keeps: a profile was purged."""
    _decide.cache_clear()
    for forget in FORGETTING:
        forget()


FORGETTING: list[Callable[[], None]] = []
"""What else keeps answers about profiles, and lets them go with `forget_answers`."""


_ASKING = [Lock() for _ in range(16)]


@lru_cache(maxsize=32)
def _decide(asked: _Asked) -> Decided:
    from catalynx.applicants import situation_of
    from catalynx.decision import agenda, ask_basis, decide_candidates, feasibility, worked_out
    from catalynx.scoring import compare_with_middling, totals

    workspace, profile, rules = asked.workspace, asked.profile, asked.rules
    applicant = applicant_of(profile)
    candidates, parts = score(workspace, profile, rules=rules)
    known_of_us = situation_of(workspace.lake, profile, rules.as_of)
    worked = worked_out(candidates.drop(columns=["score", "coverage"]), applicant, rules, first_federal=known_of_us.first_federal)
    feasible = feasibility(worked, applicant, rules, known_of_us)
    decisions = decide_candidates(worked, parts, totals(parts), applicant, rules, feasible)
    candidates = candidates.assign(ask_basis=ask_basis(candidates, worked["ask_usd"], applicant, by_hand=rules.asks))
    known = candidates.set_index("candidate_id")
    parts = compare_with_middling(parts, known["track"], known["eligibility"] != "fails")
    said = cautions(workspace, profile, as_of=rules.as_of)
    now = agenda(decisions, rules)
    return Decided(profile, candidates, parts, decisions, now, rules, workspace.lake.id, said, feasible, known_of_us)


def record(workspace: Workspace, decided: Decided, *, by: str = "local") -> str:
    """Keep the decisions with all that is needed to make them again; return the id of the set.

    Raises
    ------
    NotFound
        The profile was never saved.
    """
    kept = workspace.records.record_decisions(
        decided.profile.profile_id,
        decided.decisions,
        lake_version=decided.lake_version,
        parameters={"rules": decided.rules.plain()},
        profile_version=decided.profile.version,
        made_by=by,
    )
    return kept.set_id


def evidence(
    workspace: Workspace, candidate: Mapping[str, object] | pd.Series, *, profile: Profile | None = None, limit: int = 1000
) -> pd.DataFrame:
    """Return the rows of the lake behind a candidate, each with its source, file and place.

    Parameters
    ----------
    candidate : a row of candidates or decisions
    profile : for whom: gifts to it come first, then those to its field in its states, then the newest; without one the newest

    Returns
    -------
    rows of the table that ``evidence`` names, with ``nearness``: ``to you``, ``your field and state``, or missing
    """
    from catalynx.lake.evidence import rows_behind

    return rows_behind(workspace.lake, [candidate], _asker(profile), limit=limit)[0][1].drop(columns="candidate_id")


def evidence_rows(
    workspace: Workspace, decisions: pd.DataFrame, *, profile: Profile | None = None, each: int = 3
) -> pd.DataFrame:
    """Return the first rows behind several candidates, in one shape and in the order of `evidence`.

    Returns
    -------
    ``rank``, ``candidate_id``, ``name``, ``nearness``, ``what`` (recipient, title or purpose), ``amount_usd``, ``year``,
    ``source``, ``file``, ``place``
    """
    from catalynx.lake.evidence import told_rows

    return told_rows(workspace.lake, decisions, _asker(profile), each=each)


def evidence_order(profile: Profile | None = None) -> str:
    """Say in which order `evidence` gives gifts."""
    return _asker(profile).order


def _asker(profile: Profile | None) -> Asker:
    from catalynx.lake.evidence import Asker

    if profile is None:
        return Asker()
    applicant = applicant_of(profile)
    return Asker(applicant.name, applicant.ein, applicant.states, applicant.ntee_majors)


def data_facts(workspace: Workspace) -> pd.DataFrame:
    """Return what the lake holds: one row a source and table, with rows, the newest year in it, and records set aside."""
    from catalynx.lake.facts import what_it_holds

    return what_it_holds(workspace.lake)


def cautions(workspace: Workspace, profile: Profile, *, as_of: date | None = None) -> tuple[str, ...]:
    """Say what to know before trusting answers for `profile`: what it does not tell, and data older than the day asked for."""
    from catalynx.lake.facts import newest_day

    day, newest = as_of or workspace.as_of, newest_day(workspace.lake)
    said = [] if profile.to_fill_in is None else [profile.to_fill_in]
    if newest is not None and day - newest > timedelta(days=STALE_DAYS):
        said.append(
            f"The newest grant, award or opportunity in the lake is of {newest:%-d %b %Y}, more than a year before "
            f"{day:%-d %b %Y}: recency looks old, and deadlines on record are past. `catalynx ingest PATH` adds newer data, "
            "`--as-of` judges for an earlier day."
        )
    return tuple(said)


def profile_from_lake(workspace: Workspace, ein: str, **fields: object) -> Profile:
    """Make a profile that is filled in from the organisation's row in the lake; `fields` win. It is not saved.

    Its id is made of its name, and not taken yet.

    Raises
    ------
    BadParameter, NotFound, InvalidProfile
    """
    from catalynx.records.prefill import prefill
    from catalynx.records.profile import make_profile

    digits = ein.strip().replace("-", "", 1)
    if re.fullmatch(r"\d{9}", digits, re.ASCII) is None:
        raise BadParameter("EIN", ein, "nine digits with leading zeros, such as 03-0179436 or 030179436")
    found = workspace.lake.sql("SELECT * FROM organizations WHERE ein = ?", [digits])
    if found.empty:
        raise NotFound("organization with EIN", ein, "`catalynx ingest` a Business Master File that holds it, or give its name.")
    known = {**prefill(digits, rows(found)[0]), **fields}
    return make_profile({"profile_id": workspace.records.free_profile_id(str(known["organization_name"])), **known})


def keep_demo_profile(workspace: Workspace) -> Profile:
    """Save the profile of the demonstration, a real museum in Vermont, and return it; one that is there already is kept.

    What of it is assumed, its file says.
    """
    from catalynx.records.exchange import profile_from_text

    shipped = profile_from_text((SAMPLE / "demo_profile.yaml").read_text(), "yaml")
    try:
        return workspace.records.get_profile(shipped.profile_id)
    except NotFound:
        return workspace.records.save_profile(shipped)


DEMO_AS_OF = date(2024, 2, 9)
"""The day of the newest opportunity listing that ships: on it the shipped deadlines are still ahead."""
