"""Documents of pages are changed on the loop of the server alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def keep_documents_on_the_loop() -> None:
    """Take in what browsers send, and write what pages change, on the loop, where our pages do all that changes them.

    Bokeh 3.10 does both in threads of its own. While a page of ours draws, it holds the events of its document; a reader's choice
    that a thread takes in just then is held with them, and Panel 1.10 writes it back to the browser without telling the page: of
    100 choices made while a page went on changing, 23 were lost. What takes long does not run on the loop either way.
    """
    from bokeh.server import session

    session._run_in_executor = _at_once  # type: ignore[assignment]
    session.ServerSession._run_in_executor = _of_session  # type: ignore[method-assign, assignment]


async def _at_once(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
    return work(*args, **named)


async def _of_session(session: Any, work: Callable[..., Any], *args: Any) -> Any:
    return work(*args)
