"""The records of a workspace: one object with everything that people made."""

from __future__ import annotations

from catalynx.records.answers import Answers
from catalynx.records.audit import Audit
from catalynx.records.decided import Decided
from catalynx.records.erasure import Erasures
from catalynx.records.jobs import Jobs
from catalynx.records.profiles import Profiles
from catalynx.records.runs import Runs
from catalynx.records.scenarios import Scenarios
from catalynx.records.sessions import Sessions
from catalynx.records.signing import Signing
from catalynx.records.tracking import Tracking


class Records(Profiles, Tracking, Decided, Scenarios, Signing, Runs, Jobs, Audit, Erasures, Sessions, Answers):
    """Profiles, what is tracked, tried, decided and signed, runs, jobs, audit, sessions, answers, on SQLite or PostgreSQL."""


def open_records(url: str) -> Records:
    """Open the records at `url` (``Settings.records_url``), made or brought to the current schema where needed.

    Raises
    ------
    BadParameter
        The URL is not one of SQLite or PostgreSQL.
    RecordsError
        The database cannot be reached or used.
    """
    return Records(url)
