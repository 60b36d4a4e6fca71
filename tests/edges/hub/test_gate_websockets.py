"""Websockets behind the gate: opened for our own pages, and closed when whoever is there is known no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import websockets

from catalynx.errors import CatalynxError, NotAuthenticated
from catalynx.hub import Permission, Person
from catalynx.hub.gate import RECHECK_SECONDS

VIEW = frozenset({Permission.VIEW})
ADA = Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "s" * 32, "hub")
COOKIE = {"Cookie": "badge=constructed"}


class HubIsDown(CatalynxError):
    """Stands for whatever keeps a strategy from finding out who it is."""


def test_a_websocket_opens_for_our_own_page(served: Any) -> None:
    told = served.live(COOKIE)
    assert (told["name"], told["marks"]) == ("ada", [ADA.session])


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_a_websocket_of_another_page_is_refused(served: Any, origin: str) -> None:
    assert served.live({"Origin": origin, **COOKIE}) == 403


def test_a_websocket_without_a_cookie_is_refused(served: Any) -> None:
    assert served.live({}) == 403
    assert served.live({"Cookie": "badge=forged"}) == 403


@pytest.mark.parametrize(
    "becomes", [None, replace(ADA, permissions=VIEW), replace(ADA, teams=frozenset({"parks"})), NotAuthenticated("gone")]
)
def test_an_open_websocket_is_closed_when_its_person_changes(served: Any, becomes: Any) -> None:
    async def use(opened: Any) -> int:
        await opened.send("still here")
        assert await asyncio.wait_for(opened.recv(), 5) == "still here"
        served.badge.known = becomes
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(opened.recv(), 3)
        return opened.close_code

    assert served.live(COOKIE, use) == 4401


def test_an_open_websocket_goes_on_while_the_hub_restarts(served: Any) -> None:
    async def use(opened: Any) -> str:
        served.badge.known = HubIsDown("not there")
        await asyncio.sleep(0.7)
        served.badge.known = ADA
        await opened.send("still here")
        return await asyncio.wait_for(opened.recv(), 5)

    assert served.live(COOKIE, use) == "still here"


def test_pages_lose_a_revoked_person_within_ten_seconds() -> None:
    assert RECHECK_SECONDS + 5 < 10
