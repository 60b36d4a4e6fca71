"""The seam between the pages and the library: what a page is given, and whom it asks.

A page calls `Workbench.answers` once and shows what comes back; `Workbench.evidence` gives the rows
behind one candidate when a reader asks for them, and the other methods what one page alone needs. Nothing else of the library is
called from a page, except the figures and the words of `catalynx.figures`, and what reads a frame that the page was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from catalynx.decision.agenda import Agenda
    from catalynx.lookups.finances import Finances
    from catalynx.lookups.likelihood import HowLikely
    from catalynx.lookups.network import Network
    from catalynx.lookups.officers import Officers
    from catalynx.lookups.paths import Paths
    from catalynx.lookups.risks import Risks
    from catalynx.records.entries import AuditEntry, Job
    from catalynx.reports import Report
    from dashboards.desk import Desk


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """The organisation that a page is about."""

    profile_id: str
    name: str
    place: str | None = None
    states: tuple[str, ...] = ()
    """States that it works in."""
    fields: tuple[str, ...] = ()
    """NTEE major groups of its field."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the answers rest on."""

    as_of: date | None
    """Day on which the lake version was published; None when there is none."""
    lake_version: str | None
    counts: pd.DataFrame
    """As `catalynx.workflows.data_facts` gives it: one row a source and table, with rows, newest year, and what was set aside."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is decided for one profile: frames with the columns of `catalynx.columns.results`, and what they rest on."""

    profile: ProfileFacts
    today: date
    """The day for which everything was judged."""
    candidates: pd.DataFrame
    score_parts: pd.DataFrame
    decisions: pd.DataFrame
    agenda: Agenda
    horizon_months: int
    """How far the agenda looks."""
    data: DataFacts
    cautions: Sequence[str] = ()
    """What to know before trusting the answers, in sentences."""


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """Rows of one table of the lake behind one candidate, with the columns of `catalynx.columns.published`."""

    table_name: str
    rows: pd.DataFrame
    total: int
    """How many rows were read."""
    more: bool = False
    """There are more than were read."""
    order: str = ""
    """In which order the rows stand, in words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything on record behind one candidate."""

    tables: Sequence[EvidenceTable] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was made: its name in links, what it was asked, and its files by what they are."""

    made_id: str
    name: str
    title: str
    made_at: datetime
    parameters: Mapping[str, object]
    page: str
    pdf: str | None
    notebook: str
    tables: Sequence[str]


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """The newest entries of the audit, newest first, of how many, and whether every one is as it was written."""

    entries: Sequence[AuditEntry]
    total: int
    flaw: str | None


class Workbench(Protocol):
    """Whom the pages ask. Every method may raise a `catalynx.errors.CatalynxError`, which the page shows as it is."""

    def profiles(self) -> Sequence[ProfileFacts]:
        """Return the profiles this reader may see, the one to open first at the front."""
        ...

    def answers(self, profile_id: str) -> Answers:
        """Return the decisions for one profile and what they rest on.

        Raises
        ------
        NotFound
            No such profile, or not one that this reader may see.
        """
        ...

    def desk(self, profile_id: str, by: str, *, origin: str | None = None) -> Desk:
        """Return the decisions for one profile to try other weights, staff and caution on; takes seconds when it is asked first.

        Parameters
        ----------
        by : who keeps scenarios and signs
        origin : from where, for the audit

        Raises
        ------
        NotFound
        """
        ...

    def evidence(self, profile_id: str, candidate_id: str) -> Evidence:
        """Return the rows behind one candidate.

        Raises
        ------
        NotFound
        """
        ...

    def score_evidence(self, profile_id: str, candidate_id: str, criterion: str) -> EvidenceTable:
        """Return the rows that one number of a candidate's score rests on: as ``columns.RESULTS["score_evidence"]``.

        Raises
        ------
        NotFound, BadParameter
        """
        ...

    def likelihood(self, profile_id: str, candidate_id: str) -> HowLikely:
        """Return how likely money from a candidate is; takes seconds when it is asked first.

        Raises
        ------
        NotFound
        """
        ...

    def train_likelihood(self, by: str, *, origin: str | None = None) -> Job:
        """Ask for the model of chances to be trained.

        Raises
        ------
        QueueFull
        """
        ...

    def training(self, by: str) -> Job | None:
        """Return the newest job of a person that trains the model; None when there was none."""
        ...

    def network(self, profile_id: str) -> Network:
        """Return who is tied to the organisation of a profile; takes seconds when it is asked first.

        Raises
        ------
        NotFound
        """
        ...

    def paths(self, profile_id: str, candidate_id: str) -> Paths:
        """Return the shortest ways from the organisation of a profile to a foundation.

        Raises
        ------
        NotFound, BadParameter
        """
        ...

    def officers(self, profile_id: str, funder_ein: str | None) -> Officers:
        """Return who runs a funder, as its latest return lists them.

        Raises
        ------
        NotFound
        """
        ...

    def finances(self, profile_id: str, award_usd: float | None, federal: bool) -> Finances:
        """Return the finances of a profile, and its readiness for an award where one is given.

        Raises
        ------
        NotFound, BadParameter
        """
        ...

    def risks(self, profile_id: str) -> Risks:
        """Return the risks of the candidates of a profile.

        Raises
        ------
        NotFound
        """
        ...

    def condition_rows(self, profile_id: str, condition: str) -> EvidenceTable:
        """Return the published rows behind a number, found by the condition that stands beside it.

        Raises
        ------
        NotFound, BadParameter
        """
        ...

    def reports(self) -> Sequence[Report]:
        """Return the reports that can be run."""
        ...

    def made_reports(self, profile_id: str) -> Sequence[MadeReport]:
        """Return the reports that were made for a profile, newest first.

        Raises
        ------
        NotFound
        """
        ...

    def report_jobs(self, profile_id: str) -> Sequence[Job]:
        """Return the newest jobs that make reports for a profile, newest first.

        Raises
        ------
        NotFound
        """
        ...

    def run_report(
        self, profile_id: str, name: str, parameters: Mapping[str, object], by: str, *, origin: str | None = None
    ) -> Job:
        """Ask for a report.

        Raises
        ------
        NotFound, BadParameter, QueueFull
        """
        ...

    def cancel_job(self, job_id: str, by: str, *, origin: str | None = None) -> Job:
        """Stop a job.

        Raises
        ------
        NotFound
        """
        ...

    def report_file(self, made_id: str, name: str) -> Path:
        """Return a file of a report that was made.

        Raises
        ------
        NotFound
        """
        ...

    def audit(self) -> AuditFacts:
        """Return the audit: for those who may read it."""
        ...
