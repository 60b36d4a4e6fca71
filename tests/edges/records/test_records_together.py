"""A change and its entry in the audit are one transaction; writers at the same time keep one chain and do not block each other."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import pytest

from catalynx.errors import Conflict, NotFound, RecordsError
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records


def at_once(records: Records, *changes: Callable[[], object]) -> None:
    with records.together():
        for change in changes:
            change()


def test_without_the_entry_the_change_is_not_made(records: Records, everything: Callable, without_audit: Callable) -> None:
    kept = records.save_profile(make_profile({"profile_id": "arts", "organization_name": "Arts"}))
    before = everything(records)
    with without_audit(records):
        changes = (
            lambda: records.save_profile(kept.revised(city="Barre")),
            lambda: records.track("arts", "program:1", kind="program", name="One"),
            lambda: records.audit("ada", "change profile", "profile", "arts"),
        )
        with pytest.raises(RecordsError):
            at_once(records, *changes)
        with pytest.raises(RecordsError):
            records.delete_profile("arts")
    assert everything(records) == before
    assert records.verify_audit() is None


def test_without_the_change_there_is_no_entry(records: Records) -> None:
    records.save_profile(make_profile({"profile_id": "arts", "organization_name": "Arts"}))
    again = make_profile({"profile_id": "arts", "organization_name": "Again"})
    told = partial(records.audit, "ada", "make profile", "profile", "arts")
    with pytest.raises(Conflict):
        at_once(records, told, lambda: records.save_profile(again, expected_version=0))
    assert records.audit_head() is None


def test_what_is_written_together_is_seen_together_and_by_nobody_else_before(records: Records) -> None:
    def seen_elsewhere() -> int:
        with ThreadPoolExecutor(1) as other:
            return other.submit(lambda: records.list_profiles().total).result(10)

    with records.together():
        records.save_profile(make_profile({"profile_id": "arts", "organization_name": "Arts"}))
        with records.together():
            assert records.get_profile("arts").version == 1
        assert seen_elsewhere() == 0
    assert seen_elsewhere() == 1


def test_after_a_failure_the_thread_writes_as_before(records: Records) -> None:
    arts = make_profile({"profile_id": "arts", "organization_name": "Arts"})
    with pytest.raises(ZeroDivisionError):
        at_once(records, lambda: records.save_profile(arts), lambda: 1 // 0)
    assert records.save_profile(arts).version == 1


CHANGING = """
import sys, time
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
with open_records(sys.argv[1]) as records:
    print("ready", flush=True)
    sys.stdin.read(1)
    for number in range(25):
        with records.together():
            kept = records.save_profile(make_profile({"profile_id": f"p{sys.argv[2]}-{number}", "organization_name": "Arts"}))
            records.audit(sys.argv[2], "make profile", "profile", kept.profile_id, detail={"version": kept.version})
        time.sleep(0.01)  # SQLite lets whoever wrote last write again first
"""


def test_two_processes_that_change_at_once_keep_one_chain(records: Records, records_url: str) -> None:
    command = [sys.executable, "-c", CHANGING, records_url]
    writers = [subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for name in "ab"]
    for one in writers:
        assert one.stdout.readline() == b"ready\n"
    for one in writers:
        one.stdin.write(b"x")
        one.stdin.flush()
    assert [one.wait(60) for one in writers] == [0, 0]
    for one in writers:
        one.stdin.close()
        one.stdout.close()
    entries = records.list_audit()
    assert [one.sequence for one in entries] == list(range(1, 51))
    assert {actor: sum(one.actor == actor for one in entries) for actor in "ab"} == {"a": 25, "b": 25}
    assert len({one.target for one in entries}) == records.list_profiles().total == 50
    assert records.verify_audit() is None
    turns = sum(one.actor != other.actor for one, other in pairwise(entries))
    assert turns > 1, "they did not write at the same time"


def test_changes_and_a_purge_at_once_do_not_wait_for_each_other_without_end(records_url: str) -> None:
    """A change holds its row and wants the audit, a purge wants that row: in the wrong order each waits for the other."""
    with open_records(records_url) as records:
        for round_ in range(6):
            records.save_profile(make_profile({"profile_id": "arts", "organization_name": "Arts"}))
            one = records.track("arts", f"program:{round_}", kind="program", name="One")
            changed = threading.Event()

            def change(tracked_id: str = one.tracked_id, changed: threading.Event = changed) -> None:
                with records.together():
                    records.change_tracked(tracked_id, notes="seen")
                    changed.set()
                    time.sleep(0.1)
                    records.audit("ada", "change tracked", "profile", "arts")

            with ThreadPoolExecutor(2) as pool:
                changing = pool.submit(change)
                changed.wait(10)
                purging = pool.submit(records.delete_profile, "arts", by="grace")
                changing.result(30)
                purging.result(30)
            with pytest.raises(NotFound):
                records.get_profile("arts")
        assert records.verify_audit() is None
        assert [one.action for one in records.list_audit()] == ["change tracked", "purge"] * 6
