"""What tests read from the page Decisions, and do on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit


def rows_of(page) -> list[str]:
    return page.locator("table.order tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.candidate)")


def called(page, candidate: str) -> str:
    return page.locator(f'tr[data-candidate="{candidate}"] .who a').inner_text()


def take_back(page, what: str) -> None:
    page.locator("#card-knobs .kept li", has_text=what).get_by_role("button", name="take back").click()


def asked(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def comes(page, look: Callable[[], Any], expected: Any, seconds: float = 30) -> None:
    """Wait until the page shows what is expected: one turn of a knob reaches the order, the URL and the plan one after another."""
    for _ in range(int(seconds * 20)):
        if look() == expected:
            return
        page.wait_for_timeout(50)
    assert look() == expected


def turn(page, name: str, key: str = "ArrowRight", times: int = 1) -> None:
    handle = page.get_by_role("slider", name=name, exact=True)
    handle.focus()
    for _ in range(times):
        page.keyboard.press(key)
