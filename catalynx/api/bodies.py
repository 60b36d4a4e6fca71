"""What comes in: small, JSON, not deep, every number and text such that each database can hold it; else refused at the door.

It stands before the routes, so that no route can forget it. A JSON body goes on as it came.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from catalynx.api.problems import Problem, field_problem

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_BYTES: Final = 2**20
STREAMS: Final = frozenset({"/imports", "/profiles/import"})
DEPTH: Final = 64
MOST_VALUES: Final = 100_000
LONGEST_QUERY: Final = 8_192
_BEYOND: Final = 2**64
_DIGITS: Final = 20
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class OrderlyBodies:
    """Passes on requests whose body can be used, answers the others with a problem that names the field.

    Parameters
    ----------
    application : what stands behind
    limit : bytes of a body at most
    """

    def __init__(self, application: Application, limit: int = BODY_BYTES) -> None:
        self._application, self._limit = application, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the body before the routes do."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            _check_address(scope)
            looked_at = scope["method"] in _WITH_BODY and not is_stream(scope)
            body = await self._body(scope, receive) if looked_at else None
        except Problem as problem:
            await problem.response(scope["path"])(scope, receive, send)
            return
        await self._application(scope, receive if body is None else body_again(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = {name.lower(): value for name, value in scope["headers"]}
        too_large = Problem(
            413, f"The body is larger than {self._limit:,} bytes. Send less at a time.", [("body", "is too large")]
        )
        told = headers.get(b"content-length", b"0")
        if not told.isdigit() or int(told) > self._limit:
            raise too_large
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "The body did not arrive whole.")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                raise too_large
        if body:
            kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            if kind != b"application/json":
                raise Problem(415, "Send JSON, with the header Content-Type: application/json.",
                              [("content-type", "must be application/json")], {"Accept": "application/json"})  # fmt: skip
            orderly(bytes(body))
        return bytes(body)


def is_stream(scope: Scope) -> bool:
    """Whether a request brings a file, which its route takes as it comes, and never has whole in memory."""
    return scope["method"] == "POST" and scope["path"].removeprefix(scope.get("root_path", "")) in STREAMS


def orderly(body: bytes) -> Any:
    """Read JSON.

    Raises
    ------
    Problem
        Not UTF-8 or not JSON; a key that stands twice; NaN, Infinity, a number outside 64 bits; control characters or half
        characters; deeper than ``DEPTH``.
    """
    try:
        content = json.loads(body.decode("utf-8"), parse_int=_whole, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not UTF-8 (byte {error.start:,}).", [("body", "is not UTF-8")]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem(400, f"The body is not JSON: {error.msg} ({where}).", [("body", f"is not JSON at {where}")]) from None
    except RecursionError:
        raise _too_deep() from None
    _check(content)
    return content


def _whole(text: str) -> int:
    # Numbers of thousands of digits take long to read, and are beyond every limit anyhow.
    return int(text) if len(text) <= _DIGITS else _BEYOND


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise field_problem(twice, "stands twice", 400)
    return content


def _too_deep() -> Problem:
    return Problem(400, f"The body is nested deeper than {DEPTH}.", [("body", f"must be nested at most {DEPTH} deep")])


def _check(content: Any) -> None:
    waiting: list[tuple[str, Any, int]] = [("", content, 1)]
    seen = 0
    while waiting:
        name, value, depth = waiting.pop()
        seen += 1
        if depth > DEPTH:
            raise _too_deep()
        if seen > MOST_VALUES:
            raise Problem(413, f"The body holds more than {MOST_VALUES:,} values.", [("body", "holds too many values")])
        if isinstance(value, dict):
            for key, item in value.items():
                _check_scalar("a key of " + (name or "body"), key)
                waiting.append((f"{name}.{key}" if name else key, item, depth + 1))
        elif isinstance(value, list):
            waiting += [(f"{name}[{index}]", item, depth + 1) for index, item in enumerate(value)]
        else:
            _check_scalar(name or "body", value)


def _check_scalar(name: str, value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise field_problem(name, "must be a finite number")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise field_problem(name, "must be a number within 64 bits")
    if isinstance(value, str) and (found := _UNSTORABLE.search(value)):
        raise field_problem(name, f"holds the character U+{ord(found[0]):04X}, which cannot be kept; remove it")


def _check_address(scope: Scope) -> None:
    if len(scope.get("query_string", b"")) > LONGEST_QUERY:
        raise Problem(414, f"The address is longer than {LONGEST_QUERY:,} characters.")
    if "\x00" in scope["path"]:
        raise Problem(404, "There is nothing at this address.")


def body_again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, then what comes after it."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
