"""Read → score → decide → record: the only place where lake and records meet the pure middle.

Each function does one whole job; a notebook, a page, a command and a route call one of them and compute nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.columns import TABLES, rows
from catalynx.errors import BadParameter, NotFound
from catalynx.rules import Applicant, Rules

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.decision import Agenda
    from catalynx.lake import Ingested, Snapshot
    from catalynx.lake.ingestion import Progress
    from catalynx.records.profile import Profile
    from catalynx.records.store import Records
    from catalynx.settings import Settings

SAMPLE = Path(__file__).parent / "sample"
AS_OF_FILE = "as_of.txt"


class Workspace:
    """One folder with a lake and records; use it in a ``with`` block, or ``close()`` it.

    The snapshot of the lake is opened once and kept, so that all answers of a workspace rest on one version.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def lake(self) -> Snapshot:
        """The current version of the lake.

        Raises
        ------
        LakeEmpty, LakeDamaged
        """
        from catalynx.lake import open_lake

        return open_lake(self.settings.lake)

    @cached_property
    def records(self) -> Records:
        """Profiles, tracked opportunities, decisions and runs."""
        from catalynx.records.store import open_records

        self.settings.home.mkdir(parents=True, exist_ok=True)
        return open_records(self.settings.records_url)

    @property
    def as_of(self) -> date:
        """The day that everything is judged for when none is given: today, unless the workspace was set to another.

        A workspace whose data end on some day (as the demonstration's do) is set to that day.
        """
        file = self.settings.home / AS_OF_FILE
        return date.fromisoformat(file.read_text().strip()) if file.exists() else datetime.now(UTC).date()

    def set_as_of(self, day: date | None) -> None:
        """Set the day that everything is judged for when none is given; None is today, every day anew."""
        file = self.settings.home / AS_OF_FILE
        if day is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(day.isoformat() + "\n")

    def refresh(self) -> None:
        """Go on with the lake's current version."""
        snapshot = self.__dict__.pop("lake", None)
        if snapshot is not None:
            snapshot.close()

    def close(self) -> None:
        """Let lake and records go."""
        self.refresh()
        records = self.__dict__.pop("records", None)
        if records is not None:
            records.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(home: str | Path | None = None) -> Workspace:
    """Open the workspace in the folder `home`; without one, of ``CATALYNX_HOME`` or ``~/catalynx``.

    Raises
    ------
    SettingsError
    """
    from catalynx.settings import load_settings

    return Workspace(load_settings(home=home))


@dataclass(frozen=True)
class Decided:
    """Everything that was found, scored and decided for one profile, with what it rests on.

    Attributes
    ----------
    candidates, parts, decisions : frames as in ``columns.RESULTS``
    agenda : what to do now, within the hours there are
    rules : the day, weights and thresholds it was made with
    lake_version : id of the lake's version
    """

    profile: Profile
    candidates: pd.DataFrame
    parts: pd.DataFrame
    decisions: pd.DataFrame
    agenda: Agenda
    rules: Rules
    lake_version: str


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
        ein=profile.ein,
        text=". ".join([profile.mission_statement, *profile.focus_areas]).strip(". "),
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
    import pandas as pd

    from catalynx.lake import prospects
    from catalynx.scoring import judge_eligibility

    applicant, rules = applicant_of(profile), rules_for(workspace, profile, as_of=as_of, rules=rules)
    lake = workspace.lake
    found = [
        prospects.foundations(lake, ein=applicant.ein, states=list(applicant.states), as_of=rules.as_of),
        prospects.programs(lake, ein=applicant.ein, as_of=rules.as_of),
        prospects.opportunities(lake, as_of=rules.as_of),
    ]
    candidates = pd.concat([frame for frame in found if len(frame)] or found, ignore_index=True)
    return candidates.join(judge_eligibility(candidates, applicant, rules))


def score(
    workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Discover and score.

    Returns
    -------
    candidates with ``score`` and ``coverage``, best first; and the parts, rows as in ``columns.RESULTS["score_parts"]``
    """
    from catalynx.scoring import score_candidates, totals

    rules = rules_for(workspace, profile, as_of=as_of, rules=rules)
    candidates = discover(workspace, profile, rules=rules)
    parts = score_candidates(candidates, applicant_of(profile), rules)
    scored = candidates.merge(totals(parts), left_on="candidate_id", right_index=True, how="left")
    return scored.sort_values(["score", "candidate_id"], ascending=[False, True], na_position="last", ignore_index=True), parts


def decide(workspace: Workspace, profile: Profile, *, as_of: date | None = None, rules: Rules | None = None) -> Decided:
    """Discover, score and decide: what to do about every candidate, and what to do now.

    The same profile, rules and lake version give the same answer; it is kept for as long as the process is asked for it.
    """
    rules = rules_for(workspace, profile, as_of=as_of, rules=rules)
    key = json.dumps([profile.fields(), rules.plain()], sort_keys=True, default=str)
    return _decide(_Asked(key, str(workspace.lake.folder), workspace, profile, rules))


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


@lru_cache(maxsize=32)
def _decide(asked: _Asked) -> Decided:
    from catalynx.decision import agenda, decide_candidates
    from catalynx.scoring import totals

    candidates, parts = score(asked.workspace, asked.profile, rules=asked.rules)
    applicant = applicant_of(asked.profile)
    decisions = decide_candidates(candidates.drop(columns=["score", "coverage"]), parts, totals(parts), applicant, asked.rules)
    return Decided(
        asked.profile, candidates, parts, decisions, agenda(decisions, asked.rules), asked.rules, asked.workspace.lake.id
    )


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


def evidence(workspace: Workspace, candidate: Mapping[str, object] | pd.Series, *, limit: int = 1000) -> pd.DataFrame:
    """Return the rows of the lake behind a candidate, newest first, each with its source, file and place.

    Parameters
    ----------
    candidate : a row of candidates or decisions
    """
    found = _evidence(workspace, [candidate], limit)
    return found[0][1].drop(columns="candidate_id") if found else workspace.lake.table("grants").head(0)


def evidence_rows(workspace: Workspace, decisions: pd.DataFrame, *, each: int = 3) -> pd.DataFrame:
    """Return the newest rows behind several candidates, in one shape.

    Returns
    -------
    ``rank``, ``candidate_id``, ``name``, ``what`` (recipient, title or purpose), ``amount_usd``, ``year``, ``source``,
    ``file``, ``place``
    """
    import pandas as pd

    columns = ["rank", "candidate_id", "name", "what", "amount_usd", "year", "source", "file", "place"]
    frames = [pd.DataFrame(columns=columns)]
    for name, found in _evidence(workspace, rows(decisions), each):
        told = [text for text in ("recipient_name", "title", "program_name", "purpose") if text in found]
        what = found[told].apply(lambda texts: ": ".join(list(dict.fromkeys(texts.dropna().astype(str)))[:2]), axis=1)
        year = found["posted_date"].dt.year if name == "opportunities" else found["year"]
        named = found[["candidate_id"]].merge(decisions[["candidate_id", "rank", "name"]], on="candidate_id", how="left")
        frames.append(found.assign(rank=named["rank"], name=named["name"], what=what, year=year).reindex(columns=columns))
    joined = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    return joined.sort_values("rank", kind="stable", ignore_index=True)


def _evidence(
    workspace: Workspace, candidates: Sequence[Mapping[str, object] | pd.Series], limit: int
) -> list[tuple[str, pd.DataFrame]]:
    """Ask each table once for the newest rows of all candidates that rest on it; ``candidate_id`` says whose a row is."""
    asked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for candidate in candidates:
        condition = json.loads(str(candidate["evidence"]))
        name = condition.pop("table")
        if name not in TABLES or len(condition) != 1 or not set(condition) <= set(TABLES[name].names):
            raise BadParameter("evidence", candidate["evidence"], "a table of the lake, one of its columns, and a value")
        column, value = next(iter(condition.items()))
        asked.setdefault((name, column), []).append((str(candidate["candidate_id"]), value))
    found = []
    for (name, column), pairs in asked.items():
        newest = next((known for known in ("year", "updated_date", "fiscal_year") if known in TABLES[name].names), "source")
        order = ", ".join([f"{newest} DESC NULLS LAST", *(f"{name}.{key}" for key in TABLES[name].key)])
        identities, values = (list(part) for part in zip(*pairs, strict=True))
        query = f"""
            SELECT asked.candidate_id, {name}.* FROM {name}
            JOIN (SELECT unnest($identities) AS candidate_id, unnest($values) AS value) asked ON {name}.{column} = asked.value
            QUALIFY row_number() OVER (PARTITION BY asked.candidate_id ORDER BY {order}) <= $limit
            ORDER BY asked.candidate_id, {order}"""
        parameters: dict[str, object] = {"identities": identities, "values": values, "limit": limit}
        found.append((name, workspace.lake.sql(query, parameters)))
    return found


def data_facts(workspace: Workspace) -> pd.DataFrame:
    """Return what the lake holds: one row a source and table, with rows, the newest year in it, and records set aside."""
    lake = workspace.lake
    counted = [name for name in TABLES if lake.version.rows(name) and "source" in TABLES[name].names and name != "set_aside"]
    years = {"organizations": "left(tax_period_end, 4)::INT", "opportunities": "year(posted_date)", "filings": "year(period_end)",
             "audits": "audit_year", "people": "tax_year", "audit_findings": "NULL::INT", "ntee_codes": "NULL::INT"}  # fmt: skip
    parts = [
        f"SELECT source, '{name}' AS table_name, count(*) AS rows, "
        f"max({years.get(name, 'year' if 'year' in TABLES[name].names else 'fiscal_year')}) AS newest_year "
        f"FROM {name} GROUP BY source"
        for name in counted
    ]
    aside = (
        "SELECT source, table_name, count(*) FILTER (field IS NULL) AS set_aside, "
        "count(*) FILTER (field IS NOT NULL) AS fields_unknown FROM set_aside GROUP BY ALL"
    )
    return lake.sql(
        "SELECT source, table_name, coalesce(rows, 0) AS rows, newest_year, coalesce(set_aside, 0) AS set_aside, "
        "coalesce(fields_unknown, 0) AS fields_unknown "
        f"FROM ({' UNION ALL '.join(parts)}) facts FULL JOIN ({aside}) aside USING (source, table_name) "
        f"ORDER BY source, table_name"
    )


def profile_from_lake(workspace: Workspace, ein: str, **fields: object) -> Profile:
    """Make a profile that is filled in from the organisation's row in the lake; `fields` win. It is not saved.

    Raises
    ------
    NotFound, InvalidProfile
    """
    from catalynx.records.prefill import prefill
    from catalynx.records.profile import make_profile

    digits = ein.replace("-", "")
    found = workspace.lake.sql("SELECT * FROM organizations WHERE ein = ?", [digits])
    if found.empty:
        raise NotFound("organization with EIN", ein, "`catalynx ingest` a Business Master File that holds it, or give its name.")
    return make_profile({**prefill(digits, rows(found)[0]), **fields})


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
