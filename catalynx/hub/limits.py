"""How often and how much: rates by person and log-in name, sizes of bodies, and the time that they may take to arrive.

Rates are kept in this process, or in Redis when several processes share them. When Redis is down or frozen, each process counts
for itself, so that nobody is turned away for it; attempts to log in are refused then, since guessing must not become cheaper.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from catalynx.errors import AccessError, TooMany
from catalynx.hub.asgi import Answer, Application, Receive, Scope, Send, headers_of
from catalynx.hub.people import Person

if TYPE_CHECKING:
    from redis.asyncio import Redis

BODY_BYTES: Final = 2**20
IMPORT_BYTES: Final = 50 * 2**20
IMPORTS: Final = ("/api/imports", "/api/profiles/import")
BODY_SECONDS: Final = 60.0
IMPORT_SECONDS: Final = 600.0
"""As long as 50 MB take over a line of less than a megabit a second."""
_MOST_COUNTED: Final = 50_000
_REDIS_SECONDS: Final = 0.25
_REDIS_REST_SECONDS: Final = 5.0
"""How long Redis is not asked after it did not answer."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds; all at once or spread, and each comes back one by one.

    Attributes
    ----------
    name : of what, in words for whoever had too many
    count, seconds : how many in how long
    closed : refuse when nobody can count, instead of counting in this process alone
    """

    name: str
    count: int
    seconds: float
    closed: bool = False


REQUESTS: Final = Rate("requests", 600, 60)
UNKNOWN: Final = Rate("requests without a token", 300, 60)
LOG_INS: Final = Rate("attempts to log in", 10, 300, closed=True)


class NotCounted(AccessError):
    """Nobody can count how often this was tried, so that it is refused for now."""

    status = 503
    retry_after_seconds = int(_REDIS_REST_SECONDS)

    def __init__(self, rate: Rate) -> None:
        super().__init__(f"The {rate.name} cannot be counted now. Try again in {self.retry_after_seconds} s.")


class Counter(Protocol):
    """What counts."""

    async def take(self, rate: Rate, key: str) -> float:
        """Count one for `key`; return 0, or for how many seconds there are no more (then nothing was counted)."""
        ...


class InProcess:
    """Counts in this process, for the `_MOST_COUNTED` keys that came last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def take(self, rate: Rate, key: str) -> float:
        """Count one, as `Counter` says."""
        now = self._clock()
        # Generic cell rate algorithm: one moment for each key tells how much of its allowance is used.
        full_at = max(now, self._full_at.get((rate.name, key), now)) + rate.seconds / rate.count
        wait = full_at - rate.seconds - now
        if wait > 1e-9:
            return wait
        self._full_at[rate.name, key] = full_at
        self._full_at.move_to_end((rate.name, key))
        while len(self._full_at) > _MOST_COUNTED:
            self._full_at.popitem(last=False)
        return 0.0


_TAKE: Final = """
local now = redis.call('TIME')
now = tonumber(now[1]) + tonumber(now[2]) / 1000000
local seconds, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now)) + seconds / count
local wait = full_at - seconds - now
if wait > 0.000001 then return tostring(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', full_at), 'PX', math.ceil((full_at - now) * 1000) + 1)
return '0'
"""


class InRedis:
    """Counts in Redis, for all processes together; by its clock.

    Parameters
    ----------
    url : ``redis://…``
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock, self._here = url, clock, InProcess(clock)
        self._client: tuple[asyncio.AbstractEventLoop, Redis] | None = None
        self._rests_until = 0.0

    async def take(self, rate: Rate, key: str) -> float:
        """Count one, as `Counter` says.

        Raises
        ------
        NotCounted
            Redis does not answer, and the rate is one that is closed then.
        """
        from redis.exceptions import RedisError

        if self._clock() >= self._rests_until:
            # What is counted may be a name or a session: Redis gets to know neither.
            named = "catalynx:rate:" + hashlib.sha256(f"{rate.name}\n{key}".encode("utf-8", "replace")).hexdigest()
            try:
                async with asyncio.timeout(3 * _REDIS_SECONDS):
                    return float(await self._connected().eval(_TAKE, 1, named, str(rate.seconds), str(rate.count)))
            except (RedisError, OSError, TimeoutError):
                self._rests_until = self._clock() + _REDIS_REST_SECONDS
        if rate.closed:
            raise NotCounted(rate)
        return await self._here.take(rate, key)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            _, client = self._client
            self._client = None
            await client.aclose()

    def _connected(self) -> Redis:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        loop = asyncio.get_running_loop()
        if self._client is None or self._client[0] is not loop:
            # Without timeouts and a bound on retries a Redis that is frozen holds every request for seconds.
            made = Redis.from_url(
                self._url,
                socket_timeout=_REDIS_SECONDS,
                socket_connect_timeout=_REDIS_SECONDS,
                retry=Retry(NoBackoff(), 1),
                max_connections=50,
            )
            self._client = loop, made
        return self._client[1]


class Limits:
    """The limits of a server.

    Parameters
    ----------
    counter : what counts; this process when None
    requests, log_ins, unknown : rates of one person, of one log-in name, and of one address from which nobody says who it is
    body_bytes, import_bytes : the largest body, and the largest file that comes in
    imports : beginnings of the paths that take files
    """

    def __init__(
        self,
        counter: Counter | None = None,
        *,
        requests: Rate = REQUESTS,
        log_ins: Rate = LOG_INS,
        unknown: Rate = UNKNOWN,
        body_bytes: int = BODY_BYTES,
        import_bytes: int = IMPORT_BYTES,
        imports: tuple[str, ...] = IMPORTS,
    ) -> None:
        self._counter = counter or InProcess()
        self._requests, self._log_ins, self._unknown = requests, log_ins, unknown
        self._body_bytes, self._import_bytes, self._imports = body_bytes, import_bytes, imports

    async def admit(self, person: Person) -> None:
        """Count a request of somebody: one allowance for the person, one for each of the sessions and tokens.

        Raises
        ------
        TooMany
        """
        await self.count(self._requests, f"person {person.name}")
        if person.via in ("token", "service"):
            await self.count(self._requests, f"session {person.session}")

    async def admit_unknown(self, address: str) -> None:
        """Count a request to an open path of somebody who is not known; behind a proxy all of them have one address.

        Raises
        ------
        TooMany
        """
        await self.count(self._unknown, address)

    async def log_in(self, name: str) -> None:
        """Count an attempt to log in with a name, whoever makes it; call it before the attempt is looked at.

        Raises
        ------
        TooMany, NotCounted
        """
        await self.count(self._log_ins, name.strip().casefold())

    async def count(self, rate: Rate, key: str) -> None:
        """Count one for `key`; raises `TooMany`, or `NotCounted` for a rate that is closed when nobody can count."""
        wait = await self._counter.take(rate, key)
        if wait:
            raise TooMany(rate.name, wait)

    def body_limit(self, path: str) -> int:
        """Return how many bytes a body for `path` may have."""
        return self._import_bytes if path.startswith(self._imports) else self._body_bytes

    def body_seconds(self, path: str) -> float:
        """Return how long a body for `path` may take to arrive."""
        return IMPORT_SECONDS if path.startswith(self._imports) else BODY_SECONDS


type Refuse = Callable[[int, str, str], Answer]


async def bounded(
    application: Application,
    scope: Scope,
    receive: Receive,
    send: Send,
    most: int,
    refuse: Refuse,
    *,
    seconds: float = BODY_SECONDS,
) -> None:
    """Run `application` with a body of at most `most` bytes, which has arrived within `seconds`; else answer 413 or 408."""
    told = headers_of(scope).get("content-length", "0")
    if not told.isascii() or not told.isdigit():
        await refuse(400, "This request cannot be read.", "Its Content-Length is no number.")(scope, receive, send)
        return
    body = _Bounded(scope, receive, send, most, refuse, seconds)
    if int(told[:20]) > most:
        await body.refuse_size()
        return
    await body.run(application)


class _Bounded:
    """A request whose body is metered. Once it is refused, nothing that the application says goes out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most: int, refuse: Refuse, seconds: float) -> None:
        self._scope, self._receive, self._send, self._most, self._refuse = scope, receive, send, most, refuse
        self._until = time.monotonic() + seconds
        self._read, self._arrived, self._started, self._refused = 0, False, False, False

    async def run(self, application: Application) -> None:
        from starlette.requests import ClientDisconnect

        try:
            await application(self._scope, self.receive, self.send)
        except ClientDisconnect:
            # To the application, a request that is refused looks like one whose sender has gone.
            if not self._refused:
                raise

    async def refuse_size(self) -> None:
        await self._answer(413, "This is too large.", f"At most {self._most:,} bytes can be sent here. Send less at a time.")

    async def receive(self) -> MutableMapping[str, Any]:
        if self._refused:
            return {"type": "http.disconnect"}
        if self._arrived:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            await self._answer(408, "This took too long.", "The body did not arrive in time. Send it again.")
            return {"type": "http.disconnect"}
        self._read += len(message.get("body", b""))
        self._arrived = not message.get("more_body")
        if self._read > self._most:
            await self.refuse_size()
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self._refused:
            return
        self._started = True
        await self._send(message)

    async def _answer(self, status: int, title: str, why: str) -> None:
        self._refused = True
        if not self._started:
            answer = self._refuse(status, title, why)
            # What has not been read of the body must not be taken for the next request.
            closing = Answer(answer.status, (*answer.headers, ("connection", "close")), answer.body)
            await closing(self._scope, self._receive, self._send)
