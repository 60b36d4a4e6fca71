"""Profiles and published files that come in: all or nothing, with the reason; and nothing that came in stays behind."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalynx import workflows
from catalynx.jobs import Worker
from catalynx.jobs.uploads import new_upload, plain_name, sweep_uploads
from catalynx.lake.versions import current_folder
from catalynx.records.exchange import MOST_PROFILES
from catalynx.records.profile_files import TEXT_LIMIT

pytestmark = pytest.mark.xdist_group("api")
PROFILES, FILES = "/profiles/import", "/imports"
JSON, YAML, BYTES = ({"content-type": f"application/{kind}"} for kind in ("json", "yaml", "octet-stream"))
MUSEUM = "museum-of-arts"


@pytest.fixture(scope="module")
def house(empty_house: Any) -> Any:
    """An API over a workspace with a lake of its own, with nothing in it, and with no job that waits."""
    return empty_house


def left(house: Any) -> list[Path]:
    """What came in and is still there; not even a folder stays."""
    found = sorted((house.settings.home / "uploads").glob("*/*"))
    assert len(list((house.settings.home / "uploads").glob("*"))) == len(found)
    return found


def profile(name: str, **more: Any) -> dict[str, Any]:
    return {"organization_name": name, "team": "arts", **more}


def sent(house: Any, content: Any, role: str = "analyst", headers: dict[str, str] = JSON) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return house.ask(role, "POST", PROFILES, content=body, headers=headers)


def ids(house: Any) -> set[str]:
    return {one.profile_id for one in house.records.list_profiles(page_size=500).profiles}


def test_exports_come_in_as_they_went_out(house: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(house.ask("executive", "GET", f"/profiles/{MUSEUM}/export").content)) as archive:
        text = archive.read("profile.yaml")
    before = house.records.get_profile(MUSEUM)
    answer = sent(house, text, headers=YAML)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "made": 0, "changed": 1, "profiles": [{"profile_id": MUSEUM, "organization_name": "Museum of arts", "version": 2}]
    }  # fmt: skip
    after = house.records.get_profile(MUSEUM)
    kept_by_the_records = {"version": before.version, "updated_at": before.updated_at}
    assert after.model_copy(update=kept_by_the_records) == before
    assert house.ask("executive", "GET", f"/profiles/{MUSEUM}").headers["etag"] == '"2"', "memory does not hold the one before"


@pytest.mark.parametrize("kind", ["json", "yaml", "documents"])
def test_several_come_in_together_each_with_its_entry(house: Any, kind: str) -> None:
    made = [profile(f"Of {kind} {number}", profile_id=f"of-{kind}-{number}", ein="03-0179436") for number in range(3)]
    text = {"json": json.dumps(made), "yaml": yaml.safe_dump(made), "documents": yaml.safe_dump_all(made)}[kind]
    last = house.records.audit_head().sequence
    answer = sent(house, text.encode(), headers=JSON if kind == "json" else YAML)
    assert (answer.status_code, answer.json()["made"]) == (200, 3), answer.text
    assert {f"of-{kind}-{number}" for number in range(3)} <= ids(house)
    entries = house.records.list_audit(after=last)
    assert [(one.actor, one.action, one.target_kind, one.origin) for one in entries] == [
        ("analyst-of-arts", "import profile", "profile", "127.0.0.1")
    ] * 3
    assert len({one.target for one in entries}) == 3
    assert left(house) == []


def test_the_only_team_need_not_be_said_and_one_of_several_must(house: Any) -> None:
    answer = sent(house, {"organization_name": "Teamless"})
    assert house.records.get_profile(answer.json()["profiles"][0]["profile_id"]).team == "arts"
    both = house.person("analyst", "arts", "parks")
    refused = house.wire.ask(both, "POST", PROFILES, json=[profile("A"), {"organization_name": "Nowhere"}])
    assert (refused.status_code, refused.json()["errors"]) == (
        422, [{"field": "profiles[2].team", "problem": "is required: one of your teams (of Nowhere)"}]
    )  # fmt: skip


REFUSED: dict[str, tuple[Any, dict[str, str], int, str, str]] = {
    "a field": ([profile("Good"), profile("Bad", ein="12")], JSON, 422, "profiles[2].ein", "(of Bad)"),
    "a field inside": ([profile("Bad", funding_preferences={"kinds": ["alms"]})], JSON, 422, "profiles[1].funding_preferences.kinds[0]",
                       "(of Bad)"),
    "unknown field": ([profile("Bad", is_admin=True)], JSON, 422, "profiles[1].is_admin", "is not a field"),
    "no name": ([{"team": "arts"}], JSON, 422, "profiles[1].organization_name", "is required"),
    "another team": ([profile("Good"), profile("Bad", team="parks")], JSON, 422, "profiles[2].team", "must be one of your teams"),
    "a team that is a list": ([{"organization_name": "Bad", "team": ["arts"]}], JSON, 422, "profiles[1].team", "(of Bad)"),
    "twice": ([profile("Good", profile_id="twice"), profile("Bad", profile_id="twice")], JSON, 422, "profiles[2].profile_id",
              "stands twice"),
    "another version": ([profile("Good"), profile("Bad", profile_id=MUSEUM, version=77)], JSON, 409, "profiles[2].version", "must be"),
    "another team's id": ([profile("Good"), profile("Bad", profile_id="museum-of-parks", version=1)], JSON, 409,
                          "profiles[2].profile_id", "is taken"),
    "no mapping": ([profile("Good"), 7], JSON, 422, "profiles[2].profile", "must be a mapping"),
    "nothing": ([], JSON, 422, "profiles", "must be one or more"),
    "too many": ([profile("x")] * (MOST_PROFILES + 1), JSON, 422, "profiles", "at most 1,000"),
    "empty": (b"", JSON, 422, "body", "is empty"),
    "cut": (b'[{"organization_name": "a"}', JSON, 422, "line 1", "is not JSON"),
    "twice a key": (b'{"organization_name": "a", "organization_name": "b"}', JSON, 422, "text", "cannot|can be used"),
    "NaN": (b'{"organization_name": "a", "annual_revenue_usd": NaN}', JSON, 422, "text", "can be used"),
    "1e999": (b'{"organization_name": "a", "annual_revenue_usd": 1e999}', JSON, 422, "profiles[1].annual_revenue_usd", "finite"),
    "lone surrogate": (b'{"organization_name": "\\ud800"}', JSON, 422, "profiles[1].organization_name", "half of a character"),
    "NUL": (b'{"organization_name": "\\u0000"}', JSON, 422, "profiles[1].organization_name", "U+0000"),
    "deep": (b"[" * 100_000, JSON, 422, "text", "nested too deep"),
    "long": (b'[{"organization_name": "' + b"x" * (TEXT_LIMIT + 1), JSON, 422, "text", "is longer than"),
    "not UTF-8": (b"\xff\xfe", JSON, 422, "text", "is not UTF-8"),
    "a tag": (b"!!python/object/apply:os.system ['true']", YAML, 422, "line 1", "can be used"),
    "aliases": (b"- &a {organization_name: a}\n- *a\n", YAML, 422, "line 1", "can be used"),
    "deep YAML": (b"[" * 50_000, YAML, 422, "text", "nested too deep"),
    "long YAML": (b"organization_name: " + b"x" * (2 * TEXT_LIMIT), YAML, 422, "text", "is longer than"),
    "a zip": (b"PK\x03\x04" + b"\0" * 64, YAML, 422, "text", "can be used"),
    "text": (b"organization_name: a", {"content-type": "text/plain"}, 415, "content-type", "must be one of"),
    "no type": (b"organization_name: a", {"content-type": ""}, 415, "content-type", "must be one of"),
    "multipart": (b"--x", {"content-type": "multipart/form-data; boundary=x"}, 415, "content-type", "must be one of"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_all_or_nothing_with_the_profile_and_the_field(house: Any, name: str) -> None:
    content, headers, status, field, problem = REFUSED[name]
    before = ids(house)
    answer = sent(house, content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    errors = {one["field"]: one["problem"] for one in answer.json()["errors"]}
    assert field in errors
    assert any(words in errors[field] for words in problem.split("|"))
    assert ids(house) == before
    assert left(house) == []


def test_another_teams_profile_stays_and_the_audit_knows_who_tried(house: Any) -> None:
    theirs = house.records.get_profile("museum-of-parks")
    last = house.records.audit_head().sequence
    answer = sent(house, [{**theirs.fields(), "team": "arts", "organization_name": "Taken over"}])
    assert answer.status_code == 409
    assert theirs.organization_name not in answer.text
    assert house.records.get_profile("museum-of-parks") == theirs
    (entry,) = house.records.list_audit(after=last)
    assert (entry.actor, entry.action, entry.allowed) == ("analyst-of-arts", "import profile", False)


def test_the_same_file_sent_twice_is_read_once(house: Any) -> None:
    key = {**JSON, "idempotency-key": "import-once"}
    first, second = (sent(house, [profile("Only once")], headers=key) for _ in range(2))
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert sent(house, [profile("Another")], headers=key).status_code == 409
    refused = {**JSON, "idempotency-key": "import-refused"}
    assert sent(house, [profile("Bad", ein="1")], headers=refused).status_code == 422
    assert sent(house, [profile("Put right")], headers=refused).status_code == 200
    assert sent(house, [profile("No")], role="executive", headers={**JSON, "idempotency-key": "import-once"}).status_code == 403
    assert left(house) == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("eo_vt.csv", "eo_vt.csv"), ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/etc/cron.d/x", "x"),
        (".hidden.csv", "hidden.csv"), ("a\x00b\r\nc.csv", "a_b__c.csv"), ("<img src=x>.zip", "_img src_x_.zip"),
        ("x" * 300 + ".csv.gz", "x" * 113 + ".csv.gz"), ("é.csv", "_.csv"), ("NEH Grants (1990s).zip", "NEH Grants (1990s).zip"),
    ],
)  # fmt: skip
def test_a_name_leads_nowhere(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("query", "headers", "content", "status", "field"),
    [
        ("", BYTES, b"x", 422, "name"),
        ("?name=", BYTES, b"x", 422, "name"),
        ("?name=..", BYTES, b"x", 422, "name"),
        ("?name=" + "x" * 256, BYTES, b"x", 422, "name"),
        ("?name=%2e%2e%2f%2e%2e%2f", BYTES, b"x", 422, "name"),
        ("?name=a%00.csv", BYTES, b"x", 422, "name"),
        ("?name=a.csv", BYTES, b"", 422, "body"),
        ("?name=a.csv", JSON, b"{}", 415, "content-type"),
        ("?name=a.csv", {"content-type": "multipart/form-data; boundary=x"}, b"--x", 415, "content-type"),
        ("?name=a.csv", {"content-type": "text/html"}, b"<p>", 415, "content-type"),
    ],
)
def test_what_cannot_be_a_published_file_does_not_wait(
    house: Any, query: str, headers: dict[str, str], content: bytes, status: int, field: str
) -> None:
    before = len(house.jobs.list())
    answer = house.ask("admin", "POST", FILES + query, content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert field in {one["field"] for one in answer.json()["errors"]}
    assert len(house.jobs.list()) == before
    assert left(house) == []


def bomb() -> bytes:
    """A zip of 60 kB that opens to 60 MB, with a header that a reader recognises."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("eo_bomb.csv", "w") as member:
        member.write(vermont().split(b"\n")[0] + b"\n")
        for _ in range(60):
            member.write((b"0" * 1023 + b"\n") * 1024)
    return made.getvalue()


def vermont() -> bytes:
    return gzip.decompress((workflows.SAMPLE / "irs_bmf/eo_vt.csv.gz").read_bytes())


def outside() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../eo_vt.csv", vermont()[:2_000])
    return made.getvalue()


CUT = (workflows.SAMPLE / "neh/NEH_Grants1990s_Flat.zip").read_bytes()[:-2_000]
NO_FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb": ("eo_bomb.zip", bomb, "zip bomb"),
    "truncated": ("NEH_Grants1990s_Flat.zip", lambda: CUT, "not a readable zip"),
    "traversal": ("eo_vt.zip", outside, "points outside the archive"),
    "nobody's": ("notes.csv", lambda: b"a,b\n1,2\n", "no reader recognises it"),
    "no zip": ("eo_vt.zip", lambda: b"a,b\n1,2\n", "its name says .zip, its content does not"),
}


def asked(house: Any, name: str, content: bytes) -> str:
    answer = house.ask("admin", "POST", f"{FILES}?name={name}", content=content, headers=BYTES)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/jobs/{answer.json()['job_id']}"
    return answer.json()["job_id"]


def until(ask: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while not (said := ask()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return said


def ended(house: Any, job_id: str) -> Any:
    return until(lambda: (job := house.jobs.get(job_id)).ended and job)


def test_a_published_file_is_read_and_every_record_accounted_for(house: Any) -> None:
    last = house.records.audit_head().sequence
    job_id = asked(house, "eo_vt.csv", vermont())
    entry = house.records.list_audit(after=last)[-1]
    assert (entry.action, entry.target, entry.detail["name"]) == ("ask for import", job_id, "eo_vt.csv")
    with Worker(house.settings):
        assert ended(house, job_id).state == "done"
        told = house.ask("admin", "GET", f"/jobs/{job_id}/result").json()
        account = told["account"]
        assert account["read"] == account["published"] + account["set_aside"] + account["duplicates"] > 1_000
        assert account["read"] == sum(table["read"] for table in account["tables"])
        assert [(table["source"], table["table"], table["known"]) for table in account["tables"]] == [
            ("irs_bmf", "organizations", False)
        ]
        assert account["lake_version"] == current_folder(house.settings.lake).name
        file = house.ask("admin", "GET", told["files"]["account.json"].removeprefix("/api"))
        assert file.json() == account
        assert house.ask("analyst", "GET", f"/jobs/{job_id}").status_code == 404, "it is who asked for it that may see it"
        assert house.ask("executive", "GET", "/entities/03-0179436/data").status_code == 200, "the API answers from it"
        again = asked(house, "eo_vt.csv", vermont())
        assert ended(house, again).state == "done"
        assert house.ask("admin", "GET", f"/jobs/{again}/result").json()["account"]["tables"][0]["known"]
    assert left(house) == []


def test_a_file_that_is_refused_says_why_and_changes_nothing(house: Any) -> None:
    version = (house.settings.lake / "current").resolve()
    jobs = {name: asked(house, file, content()) for name, (file, content, _) in NO_FILES.items()}
    with Worker(house.settings, at_once=2):
        for name, job_id in jobs.items():
            job = ended(house, job_id)
            assert job.state == "failed", name
            answer = house.ask("admin", "GET", f"/jobs/{job_id}/result")
            assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
            for told in (job.error, answer.json()["detail"]):
                assert NO_FILES[name][2] in told, name
                assert str(house.settings.home) not in told, "where it stood is nobody's business"
    assert (house.settings.lake / "current").resolve() == version
    assert left(house) == []


def a_return_many_times(count: int) -> bytes:
    """Return a zip of one long return: seconds of reading in 42 MB."""
    text = gzip.decompress((workflows.SAMPLE / "irs_990/ascension.xml.gz").read_bytes())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(count):
            archive.writestr(f"{2016_0000_0000 + number}_public.xml", text)
    return packed.getvalue()


def test_an_import_that_is_cancelled_in_the_middle_changes_nothing(house: Any) -> None:
    ends = []
    for attempt in range(5):
        version = (house.settings.lake / "current").resolve()
        # A file that was never read, so that each attempt has as much to do.
        job_id = asked(house, "2016_TEOS_XML_01A.zip", a_return_many_times(800 + attempt))
        with Worker(house.settings):
            job = until(lambda: (job := house.jobs.get(job_id)).state == "done" or (job.what.startswith("reading") and job))  # noqa: B023
            house.ask("admin", "POST", f"/jobs/{job_id}/cancel")
            ends.append(ended(house, job_id).state)
        # A machine that is busy may come too late; then the lake has changed, and the job says that it was done.
        assert ((house.settings.lake / "current").resolve() == version) == (ends[-1] == "cancelled"), job
        assert (house.settings.home / "imports" / job_id).exists() == (ends[-1] == "done")
        assert left(house) == []
        if ends[-1] == "cancelled":
            return
    pytest.fail(f"none of five was cancelled in time: {ends}")


def test_what_a_killed_process_left_is_swept_away_and_what_waits_is_not(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = asked(house, "eo_vt.csv", b"x")
    abandoned = new_upload(house.settings, "abandoned.csv")
    assert sweep_uploads(house.settings, house.records) == 0, "it may be coming in"
    monkeypatch.setattr("catalynx.jobs.uploads.ABANDONED_SECONDS", -1.0)
    assert sweep_uploads(house.settings, house.records) == 1
    assert not abandoned.exists()
    assert [path.name for path in left(house)] == ["eo_vt.csv"]
    house.jobs.cancel(waiting)
    assert left(house) == []


def test_a_full_queue_refuses_a_file_and_keeps_nothing_of_it(house: Any) -> None:
    full = house.settings.model_copy(update={"jobs_waiting": 1})
    house.jobs._settings = full
    try:
        first = asked(house, "a.csv", b"x")
        answer = house.ask("admin", "POST", f"{FILES}?name=b.csv", content=b"x", headers=BYTES)
        assert answer.status_code == 503
        assert [path.name for path in left(house)] == ["a.csv"]
        house.jobs.cancel(first)
    finally:
        house.jobs._settings = house.settings
    assert left(house) == []
