"""The API over the real workspace of the sample, with records of its own on both databases, and people who ask."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from catalynx import workflows
from catalynx.api import make_api
from catalynx.api.document import openapi_of
from catalynx.hub import ALLOWS, STATE_KEY, Keys, Person, Role, Tokens
from catalynx.jobs import Jobs
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
from catalynx.rules import Rules
from catalynx.settings import Settings, load_settings
from catalynx.workspace import AS_OF_FILE

OURS, THEIRS = "arts", "parks"
STAFF = {"staff": [{"who": "grant writer", "hours": 40, "joins": None, "leaves": None}]}


class Doorway:
    """Puts the person whom a test names into the scope, as the gate does."""

    def __init__(self, application: Any) -> None:
        self.application, self.person = application, None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        state = {} if self.person is None else {STATE_KEY: self.person}
        await self.application({**scope, "state": state}, receive, send)


class Wire:
    """Asks an ASGI application from outside its event loop, one request after another."""

    def __init__(self, application: Any) -> None:
        self.door = Doorway(application)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        transport = httpx.ASGITransport(app=self.door, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://catalynx.test", timeout=60)

    def ask(self, person: Person | None, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask for ``/api`` + `path` as `person`."""
        self.door.person = person
        asking = self._client.request(method, "/api" + path, **more)
        return asyncio.run_coroutine_threadsafe(asking, self._loop).result()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class House:
    """An API with one profile of our team and one of another, each with something tracked, decided, queued and reported."""

    settings: Settings
    api: Any
    wire: Wire
    tokens: Tokens
    records: Any
    jobs: Jobs
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    number: int = 0

    def person(self, role: Role | str, *teams: str) -> Person:
        """Somebody of our team, or of `teams`, with the permissions of a role."""
        return Person(
            f"{role}-of-{'-'.join(teams or (OURS,))}", ALLOWS[Role(role)], frozenset(teams or (OURS,)), f"s-{role}", "hub"
        )

    def ask(self, role: Role | str, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as somebody of our team."""
        return self.wire.ask(self.person(role), method, path, **more)

    def fresh_profile(self, team: str = OURS, **fields: Any) -> str:
        """Save a profile that a test may change or purge; return its id."""
        self.number += 1
        given = {"profile_id": f"fresh-{self.number}", "organization_name": f"Fresh {self.number}", "team": team, **fields}
        return self.records.save_profile(make_profile(given)).profile_id

    def fresh_name(self) -> str:
        """A name that nothing has yet."""
        self.number += 1
        return f"fresh-{self.number}"

    def fresh_scenario(self, author: str, profile_id: str = "") -> str:
        """Keep a scenario of somebody's that a test may change or delete, with something to undo; return its id."""
        made = self.records.create_scenario(profile_id or self.ids[OURS]["profile_id"], self.fresh_name(), {}, by=author)
        return self.records.change_scenario(made.scenario_id, {"risk": 0.5}, expected_version=1, by=author).scenario_id

    def fresh_account(self, team: str = OURS) -> str:
        """Make a service account that a test may end; return its id."""
        admin = self.person(Role.ADMIN, team)
        made = self.tokens.make_service_account(self.fresh_name(), ALLOWS[Role.ANALYST], {team}, by=admin)
        return made.account.account_id

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return openapi_of(self.api)


def furnish(house: House, team: str) -> dict[str, str]:
    """Make everything of a team's that an address can name."""
    profile = make_profile({
        "profile_id": f"museum-of-{team}", "organization_name": f"Museum of {team}", "team": team, "ein": "030179436", "state": "VT",
        "mission_statement": "A museum of American art that preserves and exhibits its collections.", "ntee_codes": ["A50"],
        "is_501c3": True,
    })  # fmt: skip
    profile_id = house.records.save_profile(profile).profile_id
    tracked = house.records.track(profile_id, "program:45.301", kind="program", name="Museums for America")
    kept = house.records.record_decisions(
        profile_id, [{"candidate_id": "program:45.301", "rank": 1, "recommendation": "prepare", "score": 0.7, "coverage": 0.9}],
        lake_version="v1", parameters={}, profile_version=1,
    )  # fmt: skip
    tried = house.records.create_scenario(profile_id, "No writer", STAFF, by=f"boss-of-{team}")
    house.records.share_scenario(tried.scenario_id, True)
    signed = house.records.sign_decision(
        profile_id, title="Constructed", why="Because.", holds="One application.", lake_version="v1", by=f"boss-of-{team}",
        inputs={"profile": {"version": 1, "fields": profile.fields()}, "rules": Rules(as_of=workflows.DEMO_AS_OF).plain(), "wish": STAFF},
        results={"chosen": [{"candidate_id": "program:45.301", "name": "Museums for America", "hours": 40}]},
    )  # fmt: skip
    job = house.jobs.submit(
        "report", {"report": "executive_summary", "parameters": {}, "pdf": False}, f"boss-of-{team}", profile_id
    )
    report_id = f"executive_summary-{team}-20270101T000000000000"
    folder = house.settings.reports / report_id
    (folder / "tables").mkdir(parents=True)
    for name in ("executive_summary.html", "executive_summary.ipynb", "tables/decisions.csv"):
        (folder / name).write_text("constructed")
    described = {
        "report": "executive_summary",
        "profile_id": profile_id,
        "parameters": {},
        "made_at": "2027-01-01T00:00:00+00:00",
    }
    (folder / "report.json").write_text(json.dumps(described))
    return {
        "profile_id": profile_id, "tracked_id": tracked.tracked_id, "set_id": kept.set_id, "job_id": job.job_id,
        "report_id": report_id, "scenario_id": tried.scenario_id, "signed_id": signed.signed_id,
    }  # fmt: skip


def make_house(sample_home: Path, home: Path, database_url: str = "") -> House:
    """A workspace with the sample's lake, records of its own, and the API over it."""
    (home / "lake").symlink_to(sample_home / "lake")
    shutil.copy(sample_home / AS_OF_FILE, home / AS_OF_FILE)
    settings = load_settings(home=home, database_url=database_url)
    records = open_records(settings.records_url)
    tokens = Tokens(records, Keys(home / "keys"), issuer="catalynx", audience="test")
    jobs = Jobs(settings, records)
    api = make_api(settings, tokens=tokens, jobs=jobs)
    house = House(settings, api, Wire(Starlette(routes=[Mount("/api", api)])), tokens, records, jobs)
    house.ids = {team: furnish(house, team) for team in (OURS, THEIRS)}
    return house


def close(house: House) -> None:
    house.wire.close()
    house.api.state.desk.close()
    house.jobs.close()
    house.records.close()


@pytest.fixture(scope="session")
def house(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The API on SQLite."""
    made = make_house(sample_home, tmp_path_factory.mktemp("api"))
    yield made
    close(made)


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample's returns alone, over which every answer is quick."""
    home = tmp_path_factory.mktemp("small")
    with workflows.Workspace(load_settings(home=home)) as workspace:
        workflows.ingest(workspace, [workflows.SAMPLE / "irs_990", workflows.SAMPLE / "ntee"])
        workspace.set_as_of(workflows.DEMO_AS_OF)
    return home


@pytest.fixture(scope="session")
def small_house(
    database: str, request: pytest.FixtureRequest, small_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The API over the small workspace, on SQLite, then on PostgreSQL."""
    url = "" if database == "sqlite" else request.getfixturevalue("postgresql").new_database()
    made = make_house(small_home, tmp_path_factory.mktemp("api-small"), url)
    yield made
    close(made)


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The API over a workspace with a lake of its own, with nothing in it, and with no job that waits."""
    empty = tmp_path_factory.mktemp("no-data")
    (empty / "lake").mkdir()
    (empty / AS_OF_FILE).write_text("2024-02-09\n")
    made = make_house(empty, tmp_path_factory.mktemp("api-empty"))
    for job in made.jobs.list():
        made.jobs.cancel(job.job_id)
    yield made
    close(made)


@pytest.fixture
def other_house(sample_home: Path, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Makes a house that one test may spoil."""
    made: list[House] = []

    def make(**changes: Any) -> House:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        house = make_house(sample_home, folder)
        for name, value in changes.items():
            setattr(house.api.state.desk, name, value)
        made.append(house)
        return house

    yield make
    for one in made:
        close(one)


@pytest.fixture
def narrowed() -> Callable[..., Person]:
    """Gives a person with other teams or permissions."""
    return replace
