"""Lists come in pages: ``page`` and ``page_size`` in, ``total`` and ``links`` out."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

MOST_ON_PAGE: Final = 500
MOST_PAGES: Final = 1_000_000


class Links(BaseModel):
    """Addresses of this page and its neighbours; null where there is none."""

    model_config = ConfigDict(json_schema_extra={"example": {
        "self": "/api/profiles?page=2", "first": "/api/profiles?page=1", "prev": "/api/profiles?page=1",
        "next": None, "last": "/api/profiles?page=2",
    }})  # fmt: skip

    self: str
    first: str
    prev: str | None
    next: str | None
    last: str


class Paged(BaseModel):
    """What every list says of itself."""

    total: int = Field(description="How many there are in all.", ge=0)
    page: int = Field(ge=1)
    page_size: int = Field(ge=1, le=MOST_ON_PAGE)
    links: Links


class Page:
    """Which page is asked for."""

    def __init__(
        self,
        request: Request,
        page: Annotated[int, Query(ge=1, le=MOST_PAGES, description="Which page, from 1.")] = 1,
        page_size: Annotated[int, Query(ge=1, le=MOST_ON_PAGE, description="How many on a page.")] = 50,
    ) -> None:
        self.number, self.size = page, page_size
        self._path = request.url.path
        self._query = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]

    def of(self, total: int) -> dict[str, Any]:
        """Return what a page of a list of `total` says of itself."""
        last = max(1, -(-total // self.size))
        return {
            "total": total, "page": self.number, "page_size": self.size,
            "links": {
                "self": self._link(self.number), "first": self._link(1),
                "prev": self._link(min(self.number - 1, last)) if self.number > 1 else None,
                "next": self._link(self.number + 1) if self.number < last else None,
                "last": self._link(last),
            },
        }  # fmt: skip

    def cut[T](self, items: list[T]) -> list[T]:
        """Return the part of `items` that is on the page."""
        begin = (self.number - 1) * self.size
        return items[begin : begin + self.size]

    def _link(self, page: int) -> str:
        return f"{self._path}?{urlencode([*self._query, ('page', page)])}"


Paging = Annotated[Page, Depends()]
"""The parameter of a route that gives a list."""
