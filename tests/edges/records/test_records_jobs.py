"""Jobs in the records, on every database: taken once, ended once, gone with their profile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from catalynx.errors import Conflict, NotFound, QueueFull
from catalynx.records.profile import make_profile
from catalynx.records.store import Records


def museum(records: Records) -> str:
    return records.save_profile(make_profile({"organization_name": "Constructed Museum", "team": "arts"})).profile_id


def test_a_job_goes_its_way(records: Records) -> None:
    job = records.add_job("report", {"report": "x"}, by="ada", profile_id=museum(records))
    assert (job.state, job.ended, job.attempts) == ("queued", False, 0)
    assert records.oldest_waiting_job(before=datetime.now(UTC) + timedelta(seconds=1)) == job.job_id
    claimed = records.claim_job(job.job_id, "w")
    assert records.beat_job(claimed, 1, 4, "executing")
    now = records.get_job(job.job_id)
    assert (now.state, now.done, now.total, now.what) == ("running", 1, 4, "executing")
    assert records.end_job(claimed, "done", outputs=["reports/x/x.html"])
    now = records.get_job(job.job_id)
    assert (now.state, now.done, now.outputs, now.ended) == ("done", 4, ["reports/x/x.html"], True)
    assert not records.end_job(claimed, "failed", error="late")
    assert records.cancel_job(job.job_id).state == "done"


def test_of_many_that_claim_a_job_one_gets_it(records: Records) -> None:
    job = records.add_job("load", {}, by="ada")
    with ThreadPoolExecutor(8) as several:
        claims = list(several.map(lambda number: records.claim_job(job.job_id, f"w{number}"), range(8)))
    assert len([claim for claim in claims if claim is not None]) == 1


def test_a_cancelled_job_is_not_done_nor_begun_anew(records: Records) -> None:
    claimed = records.claim_job(records.add_job("load", {}, by="ada").job_id, "w")
    assert records.cancel_job(claimed.job_id).cancel_asked
    assert not records.beat_job(claimed, 1, 2, "on")
    assert not records.end_job(claimed, "done")
    assert not records.requeue_job(claimed)
    assert records.end_job(claimed, "cancelled")
    assert records.get_job(claimed.job_id).state == "cancelled"


def test_the_queue_is_bounded_when_many_ask_at_once(records: Records) -> None:
    def ask(_: int) -> bool:
        try:
            records.add_job("load", {}, by="ada", most_waiting=3)
        except QueueFull:
            return False
        return True

    with ThreadPoolExecutor(8) as several:
        assert sum(several.map(ask, range(8))) == 3


def test_the_same_key_at_once_makes_one_job(records: Records) -> None:
    with ThreadPoolExecutor(8) as several:
        made = list(several.map(lambda _: records.add_job("load", {"paths": ["a"]}, by="ada", idempotency_key="k"), range(8)))
    assert len({job.job_id for job in made}) == 1
    with pytest.raises(Conflict):
        records.add_job("load", {"paths": ["b"]}, by="ada", idempotency_key="k")


def test_jobs_go_with_their_profile(records: Records) -> None:
    profile_id = museum(records)
    job = records.add_job("report", {"report": "x"}, by="ada", profile_id=profile_id)
    kept = records.add_job("load", {}, by="ada")
    records.delete_profile(profile_id)
    with pytest.raises(NotFound):
        records.get_job(job.job_id)
    assert [one.job_id for one in records.list_jobs()] == [kept.job_id]
    with pytest.raises(NotFound):
        records.add_job("report", {}, by="ada", profile_id=profile_id)


def test_jobs_are_seen_by_their_team_and_by_who_asked(records: Records) -> None:
    of_arts = records.add_job("report", {}, by="ada", profile_id=museum(records))
    of_ada = records.add_job("load", {}, by="ada")
    for teams, by, seen in (
        (None, None, {of_arts.job_id, of_ada.job_id}), ({"arts"}, "eve", {of_arts.job_id}), ({"science"}, "eve", set()),
        ({"science"}, "ada", {of_ada.job_id}), (set(), None, set()),
    ):  # fmt: skip
        assert {job.job_id for job in records.list_jobs(teams=teams, by=by)} == seen
