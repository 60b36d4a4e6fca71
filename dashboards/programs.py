"""The API beside the pages: opened with its tokens and its queue, closed with the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from catalynx.hub import Bearer, Person, ScrapeToken
    from catalynx.settings import Settings

ISSUER = "catalynx"
KEYS = "keys"


@contextmanager
def opened_api(
    settings: Settings, audience: str, *, standing: Callable[[str], Person | None] | None = None
) -> Iterator[tuple[FastAPI, Bearer]]:
    """Give the API of a workspace, and the gate's way in for programs that send one of its tokens.

    Parameters
    ----------
    audience : whom the tokens are for: the address under which this is served; those of another server are refused
    standing : says what somebody may now, where roles are given and taken elsewhere; None where one local user is all there is
    """
    from catalynx.api import make_api
    from catalynx.hub import Bearer, Keys, Tokens
    from catalynx.jobs import Jobs
    from catalynx.records.store import open_records

    settings.home.mkdir(parents=True, exist_ok=True)
    with open_records(settings.records_url) as records, Jobs(settings, records) as jobs:
        tokens = Tokens(records, Keys(settings.home / KEYS), issuer=ISSUER, audience=audience, standing=standing)
        api = make_api(settings, tokens=tokens, jobs=jobs)
        try:
            yield api, Bearer(tokens)
        finally:
            api.state.desk.close()


def scraping(settings: Settings, prefix: str = "") -> list[ScrapeToken]:
    """Return the way in for Prometheus, where there is a token for it; it stands before the other ways in by a header."""
    from catalynx.hub import ScrapeToken

    token = settings.scrape_token.get_secret_value()
    return [ScrapeToken(token, prefix=prefix)] if token else []
