"""Every command that changes something leaves an entry in the audit: who, at this machine, and that it was the command line."""

from __future__ import annotations

import getpass
import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from catalynx import workflows
from catalynx.cli.noting import CHANGES
from catalynx.jobs import Jobs
from catalynx.records.exchange import profile_to_yaml
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records
from catalynx.settings import load_settings

from .conftest import Call
from .test_cli_help import COMMANDS

MUSEUM = "demo-shelburne-museum"


@dataclass(frozen=True)
class Change:
    """A command that changes something: its words, the actions that the audit keeps, and whether it is one transaction."""

    words: tuple[str, ...]
    actions: list[str]
    of_records: bool = True
    before: Callable[[Path], object] = field(default=lambda home: None)


def write_profiles(home: Path) -> None:
    """Put a file with two profiles beside the workspace."""
    made = [
        make_profile({"organization_name": f"Constructed {number}", "profile_id": f"constructed-{number}"}) for number in (1, 2)
    ]
    (home / "two.yaml").write_text("---\n".join(map(profile_to_yaml, made)))


def ask_for_job(home: Path) -> None:
    """Let a job wait whose id is known."""
    settings = load_settings(home=home)
    with Jobs(settings) as jobs:
        asked = jobs.submit("export", {"table": "tracked", "format": "csv"}, "ada", MUSEUM)
    with closing(sqlite3.connect(home / "records.sqlite")) as connection, connection:
        connection.execute("UPDATE jobs SET job_id = ? WHERE job_id = ?", ("0" * 32, asked.job_id))


def purge_and_bring_back(home: Path) -> None:
    """Bring a profile back that was purged, as a restored backup does."""
    with open_records(load_settings(home=home).records_url) as records:
        kept = records.get_profile(MUSEUM)
        with closing(sqlite3.connect(home / "records.sqlite")) as connection:
            (pseudonym,) = connection.execute("SELECT pseudonym FROM profiles WHERE profile_id = ?", (MUSEUM,)).fetchone()
        records.delete_profile(MUSEUM, by="somebody before")
        records.save_profile(kept, expected_version=0)
    with closing(sqlite3.connect(home / "records.sqlite")) as connection, connection:
        connection.execute("UPDATE profiles SET pseudonym = ?", (pseudonym,))


def keep_scenario(home: Path) -> None:
    """Keep a scenario with something to undo."""
    with open_records(load_settings(home=home).records_url) as records:
        kept = records.create_scenario(MUSEUM, "Tried", {})
        records.change_scenario(kept.scenario_id, {"risk": 0.5}, expected_version=1)


def sign_something(home: Path) -> None:
    """Sign a decision that holds one application."""
    with open_records(load_settings(home=home).records_url) as records:
        records.sign_decision(
            MUSEUM, title="Constructed", why="Because.", holds="One.", inputs={}, lake_version="v1", by="Ada",
            results={"chosen": [{"candidate_id": "program:45.301"}]},
        )  # fmt: skip


def id_of_signed(home: Path) -> str:
    """The id of what was signed, if anything was."""
    with closing(sqlite3.connect(home / "records.sqlite")) as connection:
        found = connection.execute("SELECT signed_id FROM signed_decisions").fetchone()
    return found[0] if found else ""


WHO = ("--profile", MUSEUM)
CHANGING: dict[str, Change] = {
    "catalynx demo": Change(("--no-report",), ["ingest", "set day", "record decisions"], of_records=False),
    "catalynx ingest": Change((str(workflows.SAMPLE / "ntee"),), ["ingest"], of_records=False),
    "catalynx lake use": Change(("{version}",), ["use lake version"], of_records=False),
    "catalynx lake prune": Change((), ["prune lake"], of_records=False),
    "catalynx profile create": Change(("--name", "Constructed"), ["make profile"]),
    "catalynx profile import": Change(("{home}/two.yaml",), ["import profile"] * 2, before=write_profiles),
    "catalynx profile delete": Change((MUSEUM, "--name", "Shelburne Museum"), ["purge"]),
    "catalynx profile erase-again": Change((), ["purge"], before=purge_and_bring_back),
    "catalynx decide": Change(("--profile", MUSEUM), ["record decisions"]),
    "catalynx report run": Change(("executive_summary", "--profile", MUSEUM, "--no-pdf"), ["make report"], of_records=False),
    "catalynx likelihood train": Change((), ["train likelihood"], of_records=False),
    "catalynx backtest": Change(("--dataset", "C"), ["keep back-test"], of_records=False),
    "catalynx scenario create": Change(("Tried", *WHO), ["make scenario"]),
    "catalynx scenario change": Change(("Tried", *WHO, "--set", "risk=0.7"), ["change scenario"], before=keep_scenario),
    "catalynx scenario clone": Change(("Tried", "Copy", *WHO), ["clone scenario"], before=keep_scenario),
    "catalynx scenario rename": Change(("Tried", "Renamed", *WHO), ["rename scenario"], before=keep_scenario),
    "catalynx scenario undo": Change(("Tried", *WHO), ["undo scenario"], before=keep_scenario),
    "catalynx scenario share": Change(("Tried", *WHO), ["share scenario"], before=keep_scenario),
    "catalynx scenario delete": Change(("Tried", *WHO), ["delete scenario"], before=keep_scenario),
    "catalynx decision sign": Change((*WHO, "--title", "T", "--why", "W", "--set", "staff.writer=40"), ["sign decision"]),
    "catalynx decision outcome": Change(("{signed}", "program:45.301", "submitted"), ["record outcome"], before=sign_something),
    "catalynx jobs cancel": Change(("0" * 32,), ["cancel job"], before=ask_for_job),
}  # fmt: skip
UNCHANGING = {
    "catalynx version", "catalynx doctor", "catalynx lake versions", "catalynx lake tables", "catalynx lake verify",
    "catalynx profile list", "catalynx profile show", "catalynx profile export", "catalynx profile erased", "catalynx discover",
    "catalynx scenario list", "catalynx scenario show", "catalynx scenario compare", "catalynx portfolio",
    "catalynx decision list", "catalynx decision show", "catalynx decision replay", "catalynx decision calibration",
    "catalynx score", "catalynx explain", "catalynx evidence", "catalynx network", "catalynx finances",
    "catalynx likelihood show", "catalynx report list", "catalynx report made", "catalynx jobs list", "catalynx jobs show",
    "catalynx jobs work", "catalynx serve", "catalynx hub-demo", "catalynx hub-service",
}  # fmt: skip
"""Commands that read, or serve others, whose own changes are noted as theirs."""


def test_every_command_is_written_down() -> None:
    assert set(CHANGING) | UNCHANGING == set(COMMANDS)
    assert set(CHANGING) & UNCHANGING == set()


def test_every_change_of_the_records_is_noted() -> None:
    """A new method that writes must be noted, or stand here with the reason why it is not."""
    of_the_machinery = {"add_job", "beat_job", "claim_job", "end_job", "requeue_job", "record_run", "end_cut_off_runs"}
    write_it_themselves = {"delete_profile", "replay_erasures", "audit"}
    nothing_that_people_made = {"forget_deleted", "idempotent", "keep_answer", "forget_answer"}
    of_access = {
        name for name in dir(Records)
        if any(word in name for word in ("session", "service", "refresh")) and callable(getattr(Records, name))
    }  # fmt: skip
    reading = {name for name in dir(Records) if name.startswith(("get_", "list_", "find_", "free_", "verify_", "audit_head"))}
    plain = {"close", "reading", "writing", "together", "history", "scenario_history", "oldest_waiting_job", "profiles_to_erase"}
    known = of_the_machinery | write_it_themselves | nothing_that_people_made | of_access | reading | plain | set(CHANGES)
    assert {name for name in dir(Records) if not name.startswith("_")} - known == set()


def run(call: Call, home: Path, command: str) -> Any:
    version = (home / "lake/current").resolve().name
    signed = id_of_signed(home) if command == "catalynx decision outcome" else ""
    words = [word.format(home=home, version=version, signed=signed) for word in CHANGING[command].words]
    return call(*command.split()[1:], *words, home=home)


def entries(home: Path, after: int = 0) -> list[Any]:
    with open_records(load_settings(home=home).records_url) as records:
        assert records.verify_audit() is None
        return records.list_audit(after=after)


@pytest.mark.parametrize("command", CHANGING)
def test_a_change_leaves_its_entry(call: Call, home: Path, command: str) -> None:
    CHANGING[command].before(home)
    before = entries(home)
    ran = run(call, home, command)
    assert ran.code == 0, ran.err
    found = entries(home, after=before[-1].sequence if before else 0)
    assert [one.action for one in found] == CHANGING[command].actions
    assert {(one.actor, one.origin, one.allowed) for one in found} == {(getpass.getuser(), "command line", True)}
    assert MUSEUM not in str(found), "entries outlive a profile, which they know by its pseudonym"


@contextmanager
def without_audit(home: Path) -> Iterator[None]:
    """Take the audit's table away: whatever wants to write an entry fails."""
    for old, new in (("audit", "audit_away"), ("audit_away", "audit")):
        with closing(sqlite3.connect(home / "records.sqlite")) as connection, connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
        if new == "audit_away":
            yield


def everything(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "records.sqlite")) as connection:
        return [line for line in connection.iterdump() if "audit" not in line]


@pytest.mark.parametrize("command", [command for command, change in CHANGING.items() if change.of_records])
def test_without_its_entry_a_change_of_the_records_is_not_made(call: Call, home: Path, command: str) -> None:
    CHANGING[command].before(home)
    before = everything(home)
    with without_audit(home):
        assert run(call, home, command).code == 4
    assert everything(home) == before


def test_without_its_entry_no_other_version_is_used(call: Call, home: Path) -> None:
    entries(home)
    first = (home / "lake/current").resolve().name
    with gzip.open(workflows.SAMPLE / "irs_bmf/eo_vt.csv.gz") as source:
        (home / "eo_excerpt.csv").write_bytes(source.readline() + source.readline())
    assert call("ingest", home / "eo_excerpt.csv", home=home).code == 0
    second = (home / "lake/current").resolve().name
    assert second != first
    with without_audit(home):
        assert call("lake", "use", first, home=home).code == 4
    assert (home / "lake/current").resolve().name == second


def test_a_command_that_fails_leaves_no_entry(call: Call, home: Path) -> None:
    before = entries(home)
    call("profile", "delete", MUSEUM, "--name", "Another", home=home).fails(2)
    call("lake", "use", "no-such-version", home=home).fails(2)
    call("profile", "create", home=home).fails(2)
    assert entries(home) == before
