"""One hub for all tests of this folder: a real provider, hub, proxy and service over the shipped sample, and a browser."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import websockets
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError

from catalynx.errors import SettingsError
from catalynx.hub.demonstration import PEOPLE, Demonstration, fetch_node_packages

ROOT = Path(__file__).parents[3]
SERVICE = "/services/catalynx/"
OTHERS_PROFILE = "Workshop of Another Team, constructed"
"""Stands behind the demonstration's own profile, which the service therefore reads when it starts."""
WITHIN_SECONDS = 10


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class House:
    """A running demonstration, and what tests ask of it."""

    def __init__(self, running: Demonstration, others_profile_id: str, beside: Callable[..., Any]) -> None:
        self.running, self.others_profile_id, self.beside = running, others_profile_id, beside
        self.origin = running.url.rstrip("/")
        self.host = self.origin.removeprefix("http://")

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request(method, path, headers={"Accept": "text/html", **headers})
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def handshake(self, token: str, cookie: str = "", origin: str | None = "") -> int:
        """Knock at the websocket of the page; 101 when it opens and speaks."""
        return self.beside(self._handshake(token, cookie, self.origin if origin == "" else origin))

    async def _handshake(self, token: str, cookie: str, origin: str | None) -> int:
        headers = {"Cookie": cookie} if cookie else {}
        url = f"ws://{self.host}{SERVICE}overview/ws"
        try:
            async with websockets.connect(
                url, subprotocols=["bokeh", token], origin=origin, additional_headers=headers
            ) as opened:
                await asyncio.wait_for(opened.recv(), 10)
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code
        except websockets.ConnectionClosed as closed:
            return closed.code

    @contextmanager
    def with_groups(self, **groups: list[str] | None) -> Iterator[None]:
        """Change the groups of people at the provider for a while; None removes a person."""
        usual = {person.name: list(person.groups) for person in PEOPLE}
        changed = {name: listed for name, listed in {**usual, **groups}.items() if listed is not None}
        self.running.write_people(changed)
        try:
            yield
        finally:
            self.running.write_people(usual)


class Visitor:
    """A browser of one person."""

    def __init__(self, house: House, context: BrowserContext) -> None:
        self.house, self.context, self.page = house, context, context.new_page()
        self.context.set_default_timeout(30_000)
        self.outside: list[str] = []
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        known = (house.origin, house.running.provider_url, "data:", "blob:")
        self.page.on("request", lambda request: request.url.startswith(known) or self.outside.append(request.url))

    def log_in(self, name: str, path: str = SERVICE) -> Page:
        self.page.goto(self.house.origin + path)
        try:
            self.page.click(f"button[value={json.dumps(name)}]")
        except TimeoutError:
            # Somebody whom the hub's start or the provider's kept waiting asks again.
            self.page.goto(self.house.origin + path)
            self.page.click(f"button[value={json.dumps(name)}]")
        return self.page

    def open_overview(self, name: str) -> Page:
        page = self.log_in(name)
        try:
            page.wait_for_selector("table.decisions", state="attached", timeout=90_000)  # a first page reads the data too
        except TimeoutError:
            shown = [one.inner_text() for one in page.locator("main .bk-panel-models-markup-HTML").all()]
            pytest.fail(f"no decisions on the page, but {shown}; console: {self.said}")
        return page

    @property
    def cookie(self) -> str:
        """What the service's cookies are, as a header."""
        kept = self.context.cookies(self.house.origin + SERVICE)
        return "; ".join(f"{one['name']}={one['value']}" for one in kept)

    def page_token(self) -> str:
        page = self.house.ask(SERVICE + "overview", Cookie=self.cookie).body
        return re.search(r'render_items = \[\{"token":"([^"]+)"', page)[1]


@pytest.fixture(scope="session")
def house(
    sample_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    beside: Callable[..., Any],
    copy_home: Callable[[Path, Path], Path],
) -> Iterator[House]:
    """The hub, for the whole session."""
    try:
        fetch_node_packages(ROOT)
    except SettingsError as missing:
        pytest.skip(str(missing))
    home = tmp_path_factory.mktemp("hub-home")
    copy_home(sample_home, home)
    others_profile_id = keep_profile_of_another_team(home)
    with Demonstration(ROOT, tmp_path_factory.mktemp("hub"), home) as running:
        yield House(running, others_profile_id, beside)


def keep_profile_of_another_team(home: Path) -> str:
    from catalynx import workflows
    from catalynx.records.profile import make_profile
    from catalynx.settings import load_settings

    with workflows.Workspace(load_settings(home=home)) as workspace:
        return workspace.records.save_profile(make_profile({"organization_name": OTHERS_PROFILE, "team": "elsewhere"})).profile_id


@pytest.fixture
def visitor(house: House, browser: Browser) -> Iterator[Callable[[], Visitor]]:
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(house, browser.new_context()))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


@pytest.fixture(scope="session")
def member(house: House, browser: Browser) -> Iterator[Callable[[str], Visitor]]:
    """Somebody who logged in once and stays so, for tests that change nothing of it."""
    made: dict[str, Visitor] = {}

    def known(name: str) -> Visitor:
        if name not in made:
            made[name] = Visitor(house, browser.new_context())
            made[name].open_overview(name)
        return made[name]

    yield known
    for one in made.values():
        one.context.close()


def until(found: Callable[[], bool], seconds: float = WITHIN_SECONDS) -> float:
    """Wait until something holds; return how many seconds it took."""
    started = time.monotonic()
    while not found():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.2)
    return time.monotonic() - started


@pytest.fixture(scope="session")
def eventually() -> Callable[..., float]:
    return until
