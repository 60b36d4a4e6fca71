"""What is looked up, drawn and exported, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from catalynx.api.models.basics import Asked, CandidateId, Day, ProfileId, fields_of
from catalynx.api.paging import Paged
from catalynx.columns import TABLES
from catalynx.lookups.charts import CHARTS

EXPORTED: Final = ("decisions", "candidates", "score_parts", "tracked", "scenarios", "signed_decisions", "outcomes")
FORMATS: Final = ("csv", "xlsx", "json", "parquet")
_CHART = "^(" + "|".join(CHARTS) + ")$"
_FORMAT = "^(" + "|".join(FORMATS) + ")$"
_TABLE = "^(" + "|".join(EXPORTED) + ")$"
type Value = str | int | float | bool | list[Any] | None
type Row = dict[str, Value]

Organization: Final = create_model(
    "Organization", __doc__="An organisation as the IRS Business Master File has it.", **fields_of(TABLES["organizations"])
)
Filing: Final = create_model("Filing", __doc__="A return.", **fields_of(TABLES["filings"]))
Audit: Final = create_model("SingleAudit", __doc__="A single audit.", **fields_of(TABLES["audits"]))


class Entity(BaseModel):
    """What the lake holds of one organisation, with where each row stands."""

    ein: str
    organization: Organization | None = Field(description="Null when the Business Master File does not list it.")  # type: ignore[valid-type]
    filings: list[Filing] = Field(description="Canonical returns, the newest first.")  # type: ignore[valid-type]
    audits: list[Audit] = Field(description="Single audits, the newest first.")  # type: ignore[valid-type]
    received: list[Row] = Field(description="Grants and awards on record to it, by track.")
    given: list[Row] = Field(description="Grants on record from it, by track.")
    lake_version: str
    from_cache: bool


class CacheStats(BaseModel):
    """How often the memory of organisations helped."""

    hit_rate: float | None = Field(ge=0, le=1, description="Null before it was first asked.")
    hits: int
    misses: int
    size: int
    max_size: int
    ttl_seconds: float


class SearchFound(BaseModel):
    """What a search found, kind by kind."""

    query: str
    page: int
    page_size: int
    totals: dict[str, int]
    organizations: list[Row] = []
    funders: list[Row] = []
    programs: list[Row] = []
    opportunities: list[Row] = []


class ChartAsked(Asked):
    """Which figure is asked for."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"profile_id": "demo-shelburne-museum", "chart_type": "ranked_scores"}}
    )

    profile_id: ProfileId
    chart_type: Annotated[str, Field(pattern=_CHART, description=", ".join(CHARTS))]
    candidate_id: CandidateId | None = Field(default=None, description="For figures about one candidate.")
    as_of: Day | None = None


class ChartAnswer(BaseModel):
    """A figure as Bokeh's ``embed_item`` takes it, the question that it answers, and the rows behind it."""

    profile_id: str
    chart_type: str
    question: str
    chart_config: dict[str, Any]
    table: list[Row]


class ExportAsked(Asked):
    """Which table is asked for, and in which form."""

    model_config = ConfigDict(json_schema_extra={"example": {"profile_id": "demo-shelburne-museum", "format": "csv"}})

    profile_id: ProfileId
    format: Annotated[str, Field(pattern=_FORMAT, description=", ".join(FORMATS))] = "csv"
    table: Annotated[str, Field(pattern=_TABLE, description=", ".join(EXPORTED))] = "decisions"
    as_of: Day | None = None
    queue: bool = Field(default=False, description="Make the file in the background: 202, and the address of the job.")


class ReportAsked(Asked):
    """Which report is asked for."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"profile_id": "demo-shelburne-museum", "report": "executive_summary"}}
    )

    profile_id: ProfileId | None = None
    report: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9_]+$")] = "executive_summary"
    parameters: Annotated[
        dict[str, Annotated[str, Field(max_length=500)] | int | float | bool | None], Field(max_length=50, default_factory=dict)
    ]
    pdf: bool = Field(default=True, description="Print a PDF as well, where there is a browser to print with.")


class JobAnswer(BaseModel):
    """Work in the background, and how far it is."""

    job_id: str
    kind: str
    state: str = Field(description="queued, running, done, failed or cancelled")
    profile_id: str | None
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int = Field(description="Steps done, of `total`.")
    total: int
    what: str = Field(description="What is being done.")
    cancel_asked: bool
    error: str | None


class JobList(Paged):
    """One page of jobs, the newest first."""

    jobs: list[JobAnswer]


class TableAccount(BaseModel):
    """What became of the records of one table: ``read = published + set_aside + duplicates``."""

    source: str
    table: str
    known: bool = Field(description="It was read before, from the same bytes; nothing was read anew.")
    read: int
    published: int
    set_aside: int
    duplicates: int


class ImportAccount(BaseModel):
    """What became of every record of a file that came in: ``read = published + set_aside + duplicates``."""

    file: str
    lake_version: str
    read: int
    published: int
    set_aside: int
    duplicates: int
    tables: list[TableAccount]


class JobResult(BaseModel):
    """The files that a job left, and their addresses."""

    job_id: str
    files: dict[str, str]
    account: ImportAccount | None = Field(default=None, description="Of an import, what became of its records.")


class ReportKind(BaseModel):
    """A report that can be asked for."""

    report: str
    title: str
    parameters: list[Row]


class ReportKinds(BaseModel):
    """The reports that can be asked for."""

    reports: list[ReportKind]


class ReportAnswer(BaseModel):
    """A report that was made."""

    report_id: str
    report: str
    profile_id: str | None
    parameters: dict[str, Any]
    made_at: datetime
    files: dict[str, str] = Field(description="Name → address.")


class ReportList(Paged):
    """One page of reports that were made, the newest first."""

    reports: list[ReportAnswer]


class Overview(BaseModel):
    """Counts and trends over your teams' profiles, and what the lake holds."""

    as_of: str
    profiles_total: int
    profiles_decided: int
    tracked_by_stage: dict[str, int]
    decision_sets_by_month: dict[str, int]
    lake_version: str
    lake_made_at: str
    rows_by_table: dict[str, int]
    sources: list[Row]
    opportunities_closing_by_month: dict[str, int]


class DecisionSetAnswer(BaseModel):
    """Decisions that were made together, and what they rest on."""

    set_id: str
    profile_id: str
    profile_version: int
    lake_version: str
    package_version: str
    parameters: dict[str, Any]
    made_at: datetime
    made_by: str


class DecisionSetList(Paged):
    """One page of sets of decisions, the newest first."""

    decision_sets: list[DecisionSetAnswer]


class KeptDecisions(Paged):
    """One page of the decisions of a set, as they were decided."""

    set_id: str
    decisions: list[dict[str, Any]]


class EvidenceRows(Paged):
    """Rows of the lake behind a candidate or one number of its score, the nearest first, each with source, file and place."""

    candidate_id: str
    criterion: str | None = Field(default=None, description="The number that the rows are behind; null: the candidate")
    rows: list[dict[str, Any]]
