"""One gate in front of pages and API, on a real server: who comes in, how, and what the others get."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from catalynx.errors import CatalynxError
from catalynx.hub import Gate, Permission, Person, notice, still
from catalynx.hub.asgi import page
from catalynx.hub.gate import OPEN
from catalynx.hub.notices import STYLE
from catalynx.hub.policies import BARE

MARK = "nonce-0123456789abcdef"
VIEW = frozenset({Permission.VIEW})
ADA = Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "s" * 32, "hub")


class HubIsDown(CatalynxError):
    """Stands for whatever keeps a strategy from finding out who it is."""


COOKIE = {"Cookie": "badge=constructed"}


@pytest.mark.parametrize(
    "path",
    ["/page", "/", "/nosuch", "/report?policy=x", "/static/x", "/assets/x", "//api/who", "/API/who", "/apix"],
)
def test_pages_send_who_is_not_known_to_the_way_in(served: Any, path: str) -> None:
    answer = served.ask(path)
    assert answer.status in (303, 403)
    assert answer.headers.get("location", "/log-in") == "/log-in"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/who",
        "/api",
        "/api/",
        "/api/nosuch",
        "/api/health/../who",
        "/api/health/",
        "/api/auth/tokens",
        "/api/HEALTH",
        "/api%2fwho",
        "/%61pi/who",
    ],
)
def test_the_api_answers_who_is_not_known_with_a_problem(served: Any, path: str) -> None:
    answer = served.ask(path)
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json["status"] == 401
    assert "set-cookie" not in answer.headers


def test_paths_that_look_after_themselves_are_open(served: Any) -> None:
    assert served.ask("/api/health").json["marks"] == []
    assert served.ask("/api/auth/token", "POST").status == 200
    assert served.ask("/api/auth/token", "POST", Authorization="Bearer a.b.c").status == 200
    assert served.ask("/api/auth/jwks").status == 404, "it passed, and there is none inside here"
    assert {"/api/health", "/api/auth/jwks", "/api/auth/token", "/api/auth/refresh"} == set(OPEN)


def test_an_open_path_knows_who_it_is_when_that_is_known(served: Any) -> None:
    assert served.ask("/api/auth/token", "POST", Origin=served.origin, **COOKIE).json["name"] == "ada"
    assert served.ask("/api/auth/token", "POST", Authorization=served.token_of()).json["name"] == "ada"
    assert "name" not in served.ask("/api/auth/token", "POST", Origin="http://evil.example", **COOKIE).json


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_a_token_in_the_header_needs_no_origin(served: Any, method: str, origin: str | None) -> None:
    answer = served.ask("/api/who", method, Authorization=served.token_of(), **({"Origin": origin} if origin else {}))
    assert (answer.json["name"], answer.json["via"]) == ("ada", "token")
    assert answer.json["marks"] == [answer.json["session"]]
    assert answer.json["root_path"] == served.prefix


def test_a_secret_of_a_service_account_comes_in(served: Any) -> None:
    grace = Person("grace", frozenset(Permission), None, "s", "hub")
    name = f"n{time.monotonic_ns()}"
    made = served.tokens.make_service_account(name, VIEW, {"arts"}, life=timedelta(days=1), by=grace)
    assert served.ask("/api/who", Authorization=f"Bearer {made.secret}").json["name"] == f"service:{name}"
    served.tokens.revoke_service_account(made.account.account_id, by="grace")
    assert served.ask("/api/who", Authorization=f"Bearer {made.secret}").status == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic YWRhOmFkYQ==",
        "Bearer cxs_x",
        "token x",
        "Bearer null",
        "bearer\ta.b.c",
        "é",
    ],
)
def test_a_header_that_is_not_good_is_refused_even_with_a_good_cookie(served: Any, value: str) -> None:
    answer = served.ask("/api/who", Authorization=value.encode("latin-1"), **COOKIE)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "a.b.c" not in answer.body


def test_two_headers_are_refused(served: Any) -> None:
    good = served.token_of()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("GET", served.prefix + "/api/who")
    for value in (good, good):
        connection.putheader("Authorization", value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


def test_a_token_opens_no_page_and_no_websocket(served: Any) -> None:
    assert served.ask("/page", Authorization=served.token_of()).status == 303
    assert served.live({"Authorization": served.token_of()}) == 403


def test_a_cookie_reads_the_api_from_our_own_pages_alone(served: Any) -> None:
    assert served.ask("/api/who", **COOKIE).json["name"] == "ada"
    assert served.ask("/api/who", **COOKIE, Sec_Fetch_Site="same-origin").json["name"] == "ada"
    for site in ("cross-site", "same-site"):
        assert served.ask("/api/who", **COOKIE, Sec_Fetch_Site=site).status == 403
    assert served.ask("/api/who", "POST", Origin=served.origin, **COOKIE).json["name"] == "ada"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", ""])
def test_a_cookie_changes_nothing_for_another_page(served: Any, method: str, origin: str | None) -> None:
    headers = COOKIE | ({} if origin is None else {"Origin": origin})
    answer = served.ask("/api/who", method, **headers)
    assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")
    assert served.ask("/page-form", "POST", **headers).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "", "127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/page", "/api/who", "/api/health"])
def test_another_host_is_refused(served: Any, host: str, path: str) -> None:
    assert served.ask(path, Host=host, **COOKIE).status == 403


@pytest.mark.parametrize("path", ["/page", "/api/who", "/api/nosuch", "/nosuch", "/broken", "/api/broken", "/api/health"])
@pytest.mark.parametrize("known", [True, False])
def test_the_headers_stand_on_every_answer(served: Any, path: str, known: bool) -> None:
    answer = served.ask(path, **(COOKIE if known else {}))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'")
    assert "strict-transport-security" not in answer.headers
    assert "SECRET" not in answer.body
    assert (answer.status == 500) is (known and path.endswith("broken"))


def test_behind_tls_browsers_are_told_to_stay_there_for_a_year(served: Any, beside: Callable[..., Any]) -> None:
    started: list[Any] = []

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nothing may pass")

    async def run() -> None:
        async def send(message: Any) -> None:
            started.append(message)

        gate = Gate(nothing, [served.badge], hosts=["catalynx.example"], nonce_mark=MARK, tls=True)
        headers = [(b"host", b"catalynx.example"), (b"cookie", b"badge=constructed"), (b"origin", b"http://catalynx.example")]
        scope = {"type": "http", "method": "POST", "path": "/page-form", "query_string": b"", "headers": headers}
        await gate(scope, None, send)  # type: ignore[arg-type]

    beside(run())
    assert started[0]["status"] == 403, "our origin is https there"
    assert dict(started[0]["headers"])[b"strict-transport-security"] == b"max-age=31536000"


def test_a_page_gets_a_new_nonce_every_time(served: Any) -> None:
    pages = [served.ask("/page", **COOKIE) for _ in range(2)]
    nonces = [one.body.split('"')[1] for one in pages]
    assert nonces[0] != nonces[1]
    assert MARK not in pages[0].body
    for one, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in one.headers["content-security-policy"]
        assert int(one.headers["content-length"]) == len(one.body)


def test_what_is_no_page_may_do_nothing(served: Any) -> None:
    for path, known in (("/api/who", True), ("/api/who", False), ("/api/broken", True), ("/page", False)):
        answer = served.ask(path, **(COOKIE if known else {}))
        assert not answer.headers.get("content-type", "").startswith("text/html")
        assert answer.headers["content-security-policy"] == BARE


def test_a_refusal_shows_its_own_style_and_nothing_else(served: Any) -> None:
    answer = served.ask("/page-form", "POST", **COOKIE)
    assert (answer.status, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"] == still("")
    shown = page(notice("Title", "<style>p{}</style>")).headers
    assert dict(shown)["content-security-policy"] == still(STYLE)


def test_a_route_may_ask_for_less_never_for_more(served: Any) -> None:
    def policy(wanted: str) -> str:
        return served.ask(f"/report?policy={wanted}", **COOKIE).headers["content-security-policy"]

    assert policy("sandbox") == "sandbox"
    assert policy("sandbox%20allow-scripts") == "sandbox allow-scripts"
    for more in ("sandbox%20allow-scripts%20allow-same-origin", "default-src%20*", ""):
        assert policy(more).startswith("default-src 'none'")
    assert policy(quote(still("p{}"))) == still("p{}")
    for more in (f"{still('p{}')}; script-src *", still("p{}").replace("sha256-", "unsafe-"), f"x; {still('p{}')}"):
        assert "script-src 'self' 'nonce-" in policy(quote(more))
    kept = served.ask("/api/kept", **COOKIE)
    assert (kept.headers["cache-control"], kept.headers["etag"]) == ("private, no-cache", '"1"')
    assert "server" not in kept.headers


def test_the_mark_of_the_session_cannot_be_brought_along(served: Any) -> None:
    assert served.ask("/api/health", X_Catalynx_Session="forged").json["marks"] == []
    assert served.ask("/api/who", X_Catalynx_Session="forged", **COOKIE).json["marks"] == [ADA.session]


def test_a_strategy_answers_what_is_its_own(served: Any) -> None:
    assert served.ask("/callback").body == "<p>way back</p>"


@pytest.mark.parametrize("path", ["/page", "/api/who"])
def test_when_nobody_can_say_who_it_is_nobody_comes_in(served: Any, path: str) -> None:
    served.badge.known = HubIsDown("SECRET address of the hub")
    answer = served.ask(path, **COOKIE)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "SECRET" not in answer.body
    assert served.ask("/api/who", Authorization=served.token_of()).json["name"] == "ada", "who brings a token needs no hub"


def test_who_may_see_nothing_opens_no_page(served: Any) -> None:
    served.badge.known = replace(ADA, permissions=frozenset())
    assert served.ask("/page", **COOKIE).status == 403
    assert served.live(COOKIE) == 403


def test_revocation_works_within_a_second_on_the_api(served: Any) -> None:
    pair = served.tokens.issue(ADA)
    header = {"Authorization": f"Bearer {pair.access_token}"}
    assert served.ask("/api/who", **header).status == 200
    # As another process would do it: past the memory of this one.
    served.records.end_session(pair.session, because="tests", now=datetime.now(UTC))
    until = time.monotonic() + 1
    while served.ask("/api/who", **header).status == 200:
        assert time.monotonic() < until
        time.sleep(0.02)


# Sizes.


def test_a_body_that_is_too_large_is_refused(served: Any) -> None:
    header = {"Authorization": served.token_of()}
    assert served.ask("/api/who", "POST", b"x" * 1_000, **header).json["read"] == 1_000
    answer = served.ask("/api/who", "POST", b"x" * 1_001, **header)
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "1,000 bytes" in answer.json["detail"]


@pytest.mark.parametrize(("path", "most"), [("/api/who", 1_000), ("/api/profiles/import", 200_000)])
def test_a_body_that_hides_its_size_is_metered(served: Any, path: str, most: int) -> None:
    def sent(size: int) -> Any:
        header = {"Authorization": served.token_of(), "Transfer-Encoding": "chunked"}
        return served.ask(path, "POST", iter([b"x" * 1_000] * (size // 1_000)), **header)

    assert sent(most).json["read"] == most
    refused = sent(most + 1_000)
    assert (refused.status, refused.json["status"]) == (413, 413)


# Rates.


def test_a_person_who_asks_too_often_is_told_when_to_come_back(strict: Any) -> None:
    header = {"Authorization": strict.token_of()}
    assert [strict.ask("/api/who", **header).status for _ in range(6)] == [200] * 5 + [429]
    refused = strict.ask("/api/who", **header)
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert refused.json["status"] == 429
    assert strict.ask("/api/who", Authorization=strict.token_of()).status == 429, "a new token is the same person"
    assert strict.ask("/api/who", Authorization=strict.token_of(replace(ADA, name="bert"))).status == 200
    assert strict.ask("/page", **COOKIE).status == 429


def test_who_is_not_known_may_not_ask_without_end(strict: Any) -> None:
    paths = ("/api/auth/jwks", "/api/auth/token", "/api/auth/jwks", *["/api/health"] * 9)
    assert [strict.ask(path).status for path in paths] == [404, 200, 429] + [200] * 9
