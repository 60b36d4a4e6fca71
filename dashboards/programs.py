"""The API beside the pages: opened with its tokens and its queue, closed with the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from catalynx.hub import Bearer
    from catalynx.settings import Settings

ISSUER = "catalynx"
KEYS = "keys"


@contextmanager
def opened_api(settings: Settings, audience: str) -> Iterator[tuple[FastAPI, Bearer]]:
    """Give the API of a workspace, and the gate's way in for programs that send one of its tokens.

    Parameters
    ----------
    audience : whom the tokens are for: the address under which this is served; those of another server are refused
    """
    from catalynx.api import make_api
    from catalynx.hub import Bearer, Keys, Tokens
    from catalynx.jobs import Jobs
    from catalynx.records.store import open_records

    settings.home.mkdir(parents=True, exist_ok=True)
    with open_records(settings.records_url) as records, Jobs(settings, records) as jobs:
        tokens = Tokens(records, Keys(settings.home / KEYS), issuer=ISSUER, audience=audience)
        api = make_api(settings, tokens=tokens, jobs=jobs)
        try:
            yield api, Bearer(tokens)
        finally:
            api.state.desk.close()
