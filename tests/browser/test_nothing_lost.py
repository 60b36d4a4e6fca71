"""What a reader chooses while a page is still being drawn reaches the page."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import uvicorn

pytestmark = pytest.mark.xdist_group("browser")

LETTERS, CHOICES = "abcdefgh", 40


@pytest.fixture
def restless(served) -> Iterator[SimpleNamespace]:
    """A page that never stops changing, on a server prepared as `served` is, and what it was told."""
    import panel as pn
    from fastapi import FastAPI
    from panel.io.fastapi import add_applications

    told: list[str] = []
    ended = threading.Event()
    tasks: list[asyncio.Task[None]] = []

    def page():
        letter = pn.widgets.Select(label="Letter", options=list(LETTERS))
        panes = pn.Column(*[pn.pane.HTML("") for _ in range(20)])

        async def change() -> None:
            count = 0
            while not ended.is_set():
                count += 1
                for one in panes:
                    one.object = f"<p>{count}</p>"
                await asyncio.sleep(0.005)

        async def start() -> None:
            tasks.append(asyncio.ensure_future(change()))

        async def tell(event) -> None:
            told.append(event.new)

        letter.param.watch(tell, "value")
        pn.state.onload(start)
        return pn.Column(letter, panes)

    application = FastAPI()
    add_applications({"/restless": page}, app=application)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield SimpleNamespace(link=f"http://127.0.0.1:{listening.getsockname()[1]}/restless", told=told, tasks=tasks)
        ended.set()
        server.should_exit = True
        thread.join(10)


def test_no_choice_is_lost_while_a_page_goes_on_changing(browser, restless: SimpleNamespace) -> None:
    page = browser.new_page()
    page.goto(restless.link)
    page.get_by_label("Letter").wait_for()
    page.wait_for_timeout(1_000)
    chosen = [LETTERS[(place + 1) % len(LETTERS)] for place in range(CHOICES)]
    for letter in chosen:
        page.get_by_label("Letter").select_option(letter)
        page.wait_for_timeout(180)  # longer than Panel waits for a further change before it tells the first
    page.wait_for_timeout(1_000)
    page.close()
    assert restless.tasks, "the page did change meanwhile"
    assert restless.told == chosen
