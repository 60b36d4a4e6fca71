"""The token for Prometheus: it reads GET /api/metrics, and nothing else, of anything that is served."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from catalynx.api.document import operations
from catalynx.errors import SettingsError
from catalynx.hub import Bearer, Gate, ScrapeToken
from catalynx.settings import load_settings

pytestmark = pytest.mark.xdist_group("api")

TOKEN = "k9.Vd2-Zt7_qLx4Rb8~mHc3+Ys6/Wf1=Gn5"
"""Constructed for these tests."""
HOST = "catalynx.test"


@pytest.fixture(params=["", "/services/catalynx"], ids=["at the root", "under a prefix"])
def ask(request: pytest.FixtureRequest, house: Any, beside: Callable[..., Any]) -> Callable[..., httpx.Response]:
    """Ask, through the gate, with the token unless told otherwise."""
    prefix = request.param
    inner = Starlette(routes=[Mount("/api", house.api)])
    ways_in = [ScrapeToken(TOKEN, prefix=prefix), Bearer(house.tokens)]
    gate = Gate(inner, ways_in, hosts=[HOST], nonce_mark="mark", prefix=prefix)

    def asked(method: str, path: str, authorization: str | None = f"Bearer {TOKEN}", **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=gate, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                headers = {} if authorization is None else {b"authorization": authorization.encode("latin-1")}
                return await client.request(method, prefix + path, headers=headers, **more)

        return beside(send())

    return asked


def test_it_reads_the_metrics(ask: Callable[..., httpx.Response]) -> None:
    answer = ask("GET", "/api/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "catalynx_requests_total" in answer.text
    assert ask("GET", "/api/metrics", f"bearer  {TOKEN} ").status_code == 200


def test_it_does_nothing_else(ask: Callable[..., httpx.Response], house: Any) -> None:
    tried = 0
    for path, method, _ in operations(house.document()):
        if (method, path) == ("GET", "/metrics"):
            continue
        fields = {**house.ids["arts"], "session_id": "x", "account_id": "x", "name": "x", "ein": "030179436"}
        answer = ask(method, "/api" + path.format(**fields))
        assert answer.status_code == 403, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        tried += 1
    assert tried > 50
    for method, path in (
        ("HEAD", "/api/metrics"), ("POST", "/api/metrics"), ("GET", "/api/metrics/"), ("GET", "/api/metrics/x"),
        ("GET", "/api"), ("GET", "/api/nothing"), ("GET", "/api/%6detrics/../profiles"),
    ):  # fmt: skip
        assert ask(method, path).status_code == 403, (method, path)
    for path in ("/", "/overview", "/metrics", "/static/x.js"):
        answer = ask("GET", path)
        assert "catalynx_requests" not in answer.text
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", f"token {TOKEN}", TOKEN, f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.swapcase()}", f"Bearer {TOKEN} {TOKEN}", "Bearer \xff",
    ],
)  # fmt: skip
def test_nothing_like_it_reads_them(ask: Callable[..., httpx.Response], authorization: str | None) -> None:
    assert ask("GET", "/api/metrics", authorization).status_code == 401


def test_other_ways_in_go_on_beside_it(ask: Callable[..., httpx.Response], house: Any) -> None:
    for role, status in (("admin", 200), ("analyst", 403), ("executive", 403)):
        token = house.tokens.issue(house.person(role)).access_token
        assert ask("GET", "/api/metrics", f"Bearer {token}").status_code == status
        assert ask("GET", "/api/auth/me", f"Bearer {token}").json()["permissions"][0] in ("admin", "run", "view")


@pytest.mark.parametrize(
    "value",
    [
        "short", "x" * 31, "a" * 64, "change-me-change-me-change-me-change-me", "your-scrape-token-0123456789-0123456789",
        "example7Kd93jfLw02mVzQp4Ry8sTbXc1", "k9 Vd2-Zt7_qLx4Rb8~mHc3+Ys6/Wf1=Gn5", "k9Vd2Zt7qLx4Rb8mHc3Ys6Wf1Gn5é78k", "k9\n" * 20,
        "k9Vd2Zt7qLx4Rb8mHc3Ys6Wf1Gn5J" * 20,
    ],
)  # fmt: skip
def test_a_weak_token_stops_the_start_and_is_not_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match="CATALYNX_SCRAPE_TOKEN cannot be used") as error:
        load_settings(scrape_token=value)
    assert value not in str(error.value)


def test_a_good_token_is_taken_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    token = secrets.token_hex(32)
    monkeypatch.setenv("CATALYNX_SCRAPE_TOKEN", token)
    settings = load_settings()
    assert settings.scrape_token.get_secret_value() == token
    assert token not in f"{settings!r} {settings} {settings.model_dump_json()}"
    monkeypatch.delenv("CATALYNX_SCRAPE_TOKEN")
    assert load_settings().scrape_token.get_secret_value() == ""
