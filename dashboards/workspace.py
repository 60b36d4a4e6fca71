"""The workbench over a workspace: what the pages are given, from the lake and the records on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from catalynx import workflows
from catalynx.errors import NotFound
from catalynx.jobs import Job, Jobs
from catalynx.lookups.evidence import MOST_ROWS as MOST_ROWS_OF_A_NUMBER
from catalynx.lookups.evidence import evidence_of
from catalynx.reports import Report, made_reports, reports
from dashboards.answers import Answers, AuditFacts, DataFacts, Evidence, EvidenceTable, MadeReport, ProfileFacts

if TYPE_CHECKING:
    from pathlib import Path

    from catalynx.hub import Person
    from catalynx.lookups.finances import Finances
    from catalynx.lookups.likelihood import HowLikely
    from catalynx.lookups.network import Network
    from catalynx.lookups.officers import Officers
    from catalynx.lookups.paths import Paths
    from catalynx.lookups.risks import Risks
    from catalynx.records.profile import Profile
    from catalynx.records.store import Records
    from catalynx.reports import Made
    from catalynx.settings import Settings
    from dashboards.desk import Desk

MOST_PROFILES = 200
MOST_ROWS = 50_000
MOST_JOBS = 20
MOST_ENTRIES = 10_000
MOST_JUDGED = 8
"""Profiles whose risks are kept."""


class WorkspaceWorkbench:
    """Answers from one workspace; may be asked from several threads.

    Parameters
    ----------
    settings : where the workspace is
    as_of : the day for which everything is judged; None is today
    """

    def __init__(self, settings: Settings, *, as_of: date | None = None) -> None:
        self._settings, self._as_of, self._lock = settings, as_of, Lock()
        self._opened = [workflows.Workspace(settings)]
        self._teams: frozenset[str] | None = None
        self._judged: dict[str, tuple[workflows.Decided, Risks]] = {}
        workflows.FORGETTING.append(self._judged.clear)

    def for_person(self, person: Person) -> WorkspaceWorkbench:
        """Return this workbench as one person may see it: the profiles of their teams, and no others."""
        seen = copy(self)
        seen._teams = person.teams
        return seen

    def profiles(self) -> Sequence[ProfileFacts]:
        """Return the profiles of the workspace by name."""
        page = self._current().records.list_profiles(page_size=MOST_PROFILES, teams=self._teams)
        return [_facts(profile) for profile in page.profiles]

    def answers(self, profile_id: str) -> Answers:
        """Return the decisions for one profile, from the lake's current version."""
        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        decided = workflows.decide(workspace, profile, as_of=self._as_of)
        version = workspace.lake.version
        data = DataFacts(datetime.fromisoformat(version.made_at).date(), version.id, workflows.data_facts(workspace))
        return Answers(
            _facts(profile), decided.rules.as_of, decided.candidates, decided.parts, decided.decisions, decided.agenda,
            decided.rules.horizon_months, data, decided.cautions,
        )  # fmt: skip

    def desk(self, profile_id: str, by: str, *, origin: str | None = None) -> Desk:
        """Return the decisions for one profile to try other weights, staff and caution on."""
        from dashboards.workspace_desk import workspace_desk

        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        viewer = None if self._teams is None else by
        answers = self.answers(profile_id)
        return workspace_desk(workspace, profile, answers, as_of=self._as_of, by=by, viewer=viewer, origin=origin)

    def evidence(self, profile_id: str, candidate_id: str) -> Evidence:
        """Return the rows of the lake behind one candidate, those nearest to the profile first."""
        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        decisions = workflows.decide(workspace, profile, as_of=self._as_of).decisions
        found = decisions[decisions["candidate_id"] == candidate_id]
        if found.empty:
            raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
        rows = workflows.evidence(workspace, found.iloc[0], profile=profile, limit=MOST_ROWS)
        table = json.loads(found.iloc[0]["evidence"])["table"]
        order = workflows.evidence_order(profile) if table in ("grants", "awards") else ""
        return Evidence((EvidenceTable(table, rows, len(rows), len(rows) == MOST_ROWS, order),))

    def score_evidence(self, profile_id: str, candidate_id: str, criterion: str) -> EvidenceTable:
        """Return the rows that one number of a candidate's score rests on, the nearest first."""
        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        rows = evidence_of(workspace, profile, candidate_id, criterion, as_of=self._as_of)
        name = next(iter(rows["table_name"]), "")
        return EvidenceTable(name, rows, len(rows), len(rows) == MOST_ROWS_OF_A_NUMBER)

    def likelihood(self, profile_id: str, candidate_id: str) -> HowLikely:
        """Return how likely money from a candidate is."""
        from catalynx.lookups.likelihood import how_likely, likelihoods_of

        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        return how_likely(likelihoods_of(workspace, profile, as_of=self._as_of), candidate_id)

    def train_likelihood(self, by: str, *, origin: str | None = None) -> Job:
        """Ask for the model of chances to be trained."""
        noting = partial(_note, by, origin, "ask for likelihood", {})
        return self._jobs().submit("likelihood", {}, by, teams=self._teams, noting=noting)

    def training(self, by: str) -> Job | None:
        """Return the newest job of a person that trains the model."""
        found = self._jobs().list(kind="likelihood", teams=self._teams, by=None if self._teams is None else by, limit=1)
        return found[0] if found else None

    def network(self, profile_id: str) -> Network:
        """Return who is tied to the organisation of a profile."""
        from catalynx.lookups.network import network

        workspace = self._current()
        return network(workspace, workspace.records.get_profile(profile_id, teams=self._teams), as_of=self._as_of)

    def paths(self, profile_id: str, candidate_id: str) -> Paths:
        """Return the shortest ways from the organisation of a profile to a foundation."""
        from catalynx.lookups.paths import paths

        workspace = self._current()
        return paths(workspace, workspace.records.get_profile(profile_id, teams=self._teams), candidate_id)

    def officers(self, profile_id: str, funder_ein: str | None) -> Officers:
        """Return who runs a funder, as its latest return lists them."""
        from catalynx.lookups.officers import officers

        self._seen(profile_id)
        return officers(self._current(), funder_ein)

    def finances(self, profile_id: str, award_usd: float | None, federal: bool) -> Finances:
        """Return the finances of a profile, and its readiness for an award where one is given."""
        from catalynx.lookups.finances import finances

        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        return finances(workspace, profile, as_of=self._as_of, award_usd=award_usd, federal=federal)

    def risks(self, profile_id: str) -> Risks:
        """Return the risks of the candidates of a profile."""
        from catalynx.lookups.risks import risks

        workspace = self._current()
        profile = workspace.records.get_profile(profile_id, teams=self._teams)
        decided = workflows.decide(workspace, profile, as_of=self._as_of)
        judged = self._judged.get(profile_id)
        # The same answers have the same risks: they are kept for as long as those are.
        if judged is None or judged[0] is not decided:
            if len(self._judged) >= MOST_JUDGED:
                self._judged.clear()
            judged = self._judged[profile_id] = (decided, risks(workspace, decided))
        return judged[1]

    def condition_rows(self, profile_id: str, condition: str) -> EvidenceTable:
        """Return the published rows behind a number, found by the condition that stands beside it."""
        from catalynx.lookups.condition import MOST_ROWS as MOST
        from catalynx.lookups.condition import condition_rows

        self._seen(profile_id)
        name, rows = condition_rows(self._current(), condition)
        return EvidenceTable(name, rows, len(rows), len(rows) == MOST, "the newest first")

    def reports(self) -> Sequence[Report]:
        """Return the reports that can be run about a profile; one about the data, such as the model card, is no page's."""
        known = reports(self._settings.notebooks).values()
        return [report for report in known if any(one.name == "profile" for one in report.parameters)]

    def made_reports(self, profile_id: str) -> Sequence[MadeReport]:
        """Return the reports that were made for a profile, newest first."""
        self._seen(profile_id)
        titles = {report.name: report.title for report in self.reports()}
        made = [one for one in made_reports(self._settings.reports) if one.profile_id == profile_id]
        return [_made(one, titles.get(one.report, one.report)) for one in made]

    def report_jobs(self, profile_id: str) -> Sequence[Job]:
        """Return the newest jobs that make reports for a profile, newest first."""
        self._seen(profile_id)
        return self._jobs().list(kind="report", profile_id=profile_id, limit=MOST_JOBS)

    def run_report(
        self, profile_id: str, name: str, parameters: Mapping[str, object], by: str, *, origin: str | None = None
    ) -> Job:
        """Ask for a report."""
        asked = {"report": name, "parameters": dict(parameters)}
        noting = partial(_note, by, origin, "ask for report", {"report": name})
        return self._jobs().submit("report", asked, by, profile_id, teams=self._teams, noting=noting)

    def cancel_job(self, job_id: str, by: str, *, origin: str | None = None) -> Job:
        """Stop a job."""
        return self._jobs().cancel(job_id, teams=self._teams, by=by, noting=partial(_note, by, origin, "cancel job", {}))

    def report_file(self, made_id: str, name: str) -> Path:
        """Return a file of a report that was made, if it is about a profile that this reader may see."""
        for made in made_reports(self._settings.reports):
            if made.folder.name == made_id and made.profile_id is not None:
                self._seen(made.profile_id)
                for path in (made.html, made.pdf, made.notebook, *made.tables):
                    if path is not None and path.name == name:
                        return path
        raise NotFound("file", name, "The report may have been deleted; the page Reports lists those there are.")

    def audit(self) -> AuditFacts:
        """Return the newest entries of the audit, and whether every entry is as it was written."""
        records = self._current().records
        head = records.audit_head()
        total = 0 if head is None else head.sequence
        entries = records.list_audit(after=max(0, total - MOST_ENTRIES), limit=MOST_ENTRIES)
        flaw = records.verify_audit()
        return AuditFacts(entries[::-1], total, None if flaw is None else f"Entry {flaw.sequence:,} {flaw.problem}.")

    def _seen(self, profile_id: str) -> None:
        """Refuse a profile that does not exist for this reader."""
        self._current().records.get_profile(profile_id, teams=self._teams)

    def _jobs(self) -> Jobs:
        return Jobs(self._settings, self._current().records)

    def close(self) -> None:
        """Let every opened version go."""
        if self._judged.clear in workflows.FORGETTING:
            workflows.FORGETTING.remove(self._judged.clear)
        for workspace in self._opened:
            workspace.close()

    def _current(self) -> workflows.Workspace:
        """Return the workspace on the lake's current version; a version that a page still reads stays open."""
        from catalynx.lake.versions import current_folder

        with self._lock:
            last = self._opened[-1]
            if "lake" in vars(last) and current_folder(self._settings.lake) != last.lake.folder:
                self._opened.append(workflows.Workspace(self._settings))
            return self._opened[-1]


def _note(by: str, origin: str | None, action: str, detail: Mapping[str, object], records: Records, job: Job) -> None:
    records.audit(by, action, "job", job.job_id, detail={"via": "page", **detail}, origin=origin)


def _facts(profile: Profile) -> ProfileFacts:
    place = ", ".join(part for part in (profile.city, profile.state) if part)
    fields = tuple(sorted({code[0] for code in profile.ntee_codes}))
    return ProfileFacts(profile.profile_id, profile.organization_name, place or None, tuple(profile.states), fields)


def _made(made: Made, title: str) -> MadeReport:
    asked = {name: value for name, value in made.parameters.items() if name != "profile"}
    return MadeReport(
        made.folder.name, made.report, title, datetime.fromisoformat(made.made_at), asked, made.html.name,
        made.pdf.name if made.pdf else None, made.notebook.name, [path.name for path in made.tables],
    )  # fmt: skip
