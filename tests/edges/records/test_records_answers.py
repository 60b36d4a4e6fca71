"""Requests that are sent twice are answered alike; and profiles that were purged stay purged after a restore."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.answers import GIVEN_UP_AFTER, KEPT_FOR
from catalynx.records.entries import KeptAnswer
from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records

ONE: dict[str, Any] = {"person": "ada", "route": "POST /api/profiles"}
NOW = datetime(2027, 1, 15, tzinfo=UTC)


def test_the_second_request_gets_the_first_answer(records: Records) -> None:
    assert records.idempotent("k", **ONE, body_hash="a") is None
    records.keep_answer("k", **ONE, status=201, response={"profile_id": "x", "share": 0.1, "none": None})
    kept = KeptAnswer(201, {"profile_id": "x", "share": 0.1, "none": None})
    assert records.idempotent("k", **ONE, body_hash="a") == kept
    for other in ({**ONE, "person": "bert"}, {**ONE, "route": "POST /api/jobs"}):
        assert records.idempotent("k", **other, body_hash="a") is None, "keys are of one person and route"


def test_a_key_means_one_request(records: Records) -> None:
    records.idempotent("k", **ONE, body_hash="a")
    with pytest.raises(Conflict, match="being worked on"):
        records.idempotent("k", **ONE, body_hash="a")
    with pytest.raises(Conflict, match="another request"):
        records.idempotent("k", **ONE, body_hash="b")
    records.forget_answer("k", **ONE)
    assert records.idempotent("k", **ONE, body_hash="b") is None


def test_what_was_cut_off_may_be_done_again(records: Records) -> None:
    assert records.idempotent("k", **ONE, body_hash="a", now=NOW) is None
    with pytest.raises(Conflict):
        records.idempotent("k", **ONE, body_hash="a", now=NOW + GIVEN_UP_AFTER - timedelta(seconds=1))
    assert records.idempotent("k", **ONE, body_hash="a", now=NOW + GIVEN_UP_AFTER) is None
    with pytest.raises(Conflict):
        records.idempotent("k", **ONE, body_hash="a", now=NOW + GIVEN_UP_AFTER)


def test_answers_are_kept_for_a_day(records: Records) -> None:
    records.idempotent("k", **ONE, body_hash="a", now=NOW)
    records.keep_answer("k", **ONE, status=201, response={})
    assert records.idempotent("k", **ONE, body_hash="a", now=NOW + KEPT_FOR) == KeptAnswer(201, {})
    assert records.idempotent("k", **ONE, body_hash="b", now=NOW + KEPT_FOR + timedelta(seconds=1)) is None


def test_of_many_at_once_one_does_the_work(records: Records) -> None:
    together = threading.Barrier(6)

    def ask(_: int) -> bool:
        together.wait(10)
        try:
            return records.idempotent("k", **ONE, body_hash="a") is None
        except Conflict:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(6))) == 1


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "a\0b", "a\ud800", "a\nb\x07", None, 1])
def test_a_key_that_cannot_be_kept_is_refused(shared_records: Records, key: Any) -> None:
    with pytest.raises(BadParameter, match="Idempotency-Key"):
        shared_records.idempotent(key, **ONE, body_hash="a")


def test_no_answer_speaks_of_a_purged_profile(records: Records) -> None:
    for profile_id in ("canarybird", "otherbird"):
        records.save_profile(make_profile({"profile_id": profile_id, "organization_name": profile_id}))
        for number, (route, response, filed) in enumerate(
            [
                ("POST /api/profiles", {"city": "CITY-" + profile_id}, profile_id),
                ("POST /api/search", {"found": [{"id": profile_id}]}, None),
                (f"POST /api/profiles/{profile_id}/x", {}, None),
            ]
        ):
            key = f"{profile_id} {number}" if number == 1 else f"k{number}{profile_id[0]}"
            records.idempotent(key, person="ada", route=route, body_hash="a")
            records.keep_answer(key, person="ada", route=route, status=200, response=response, profile_id=filed)
    records.delete_profile("canarybird")
    with records.reading() as session:
        left = str(session.execute(text("SELECT * FROM answers")).all())
    assert "canarybird" not in left
    assert left.count("POST") == 3


def test_purged_profiles_stay_purged_when_a_backup_comes_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite"
    with open_records(url) as records:
        for profile_id in ("purged", "purged-later", "kept"):
            records.save_profile(make_profile({"profile_id": profile_id, "organization_name": profile_id}))
        records.delete_profile("purged")
    shutil.copy(tmp_path / "records.sqlite", tmp_path / "backup.sqlite")
    with open_records(url) as records:
        records.delete_profile("purged-later", by="grace")
        erasures = records.list_erasures()
    assert len(erasures) == 2
    with open_records(f"sqlite:///{tmp_path}/backup.sqlite") as restored:
        assert restored.get_profile("purged-later").version == 1
        assert restored.replay_erasures(erasures, by="restore") == 1
        with pytest.raises(NotFound):
            restored.get_profile("purged-later")
        assert restored.list_erasures() == erasures
        assert restored.replay_erasures(erasures) == 0
        assert [one.fields()["profile_id"] for one in restored.list_profiles().profiles] == ["kept"]
        last = restored.list_audit()[-1]
        assert (last.actor, last.action, last.detail, last.target) == (
            "restore",
            "purge",
            {"replayed": True},
            erasures[1].pseudonym,
        )
        assert restored.verify_audit() is None
    assert b"purged-later" not in (tmp_path / "backup.sqlite").read_bytes()


def test_a_profile_that_is_made_anew_is_not_erased(records: Records) -> None:
    records.save_profile(make_profile({"profile_id": "again", "organization_name": "Again"}))
    records.delete_profile("again")
    records.save_profile(make_profile({"profile_id": "again", "organization_name": "Again"}))
    assert records.replay_erasures() == 0
    assert records.get_profile("again").version == 1
