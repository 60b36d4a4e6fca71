"""What Prometheus may scrape: counts and times by route, with labels from short lists only."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from catalynx.api.bodies import Application, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from catalynx.api.desk import Desk

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN_ROUTE: Final = "none"


class Measures:
    """Counts of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self.requests = Counter("catalynx_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "catalynx_request_seconds", "Time from the request to the end of the answer.", ["route"], buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.under_way = 0
        gauge = Gauge("catalynx_requests_under_way", "Requests being answered.", registry=self.registry)
        gauge.set_function(lambda: self.under_way)
        self.pool = Gauge(
            "catalynx_pool", "Threads busy, and requests that wait for one.", ["pool", "what"], registry=self.registry
        )
        self.kept = Gauge("catalynx_kept", "What is kept in memory, and how often it helped.", ["what", "figure"],
                          registry=self.registry)  # fmt: skip

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        found = self._children.get((method, route, status))
        if found is None:
            # Looked up once: there are few of them, and each look takes longer than to count.
            found = self.requests.labels(method, route, str(status)), self.seconds.labels(route)
            self._children[method, route, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def text(self, desk: Desk) -> bytes:
        """Return all of it in Prometheus' text format."""
        for pool in (desk.quick, desk.slow):
            for what, value in pool.figures().items():
                self.pool.labels(pool.name, what).set(value)
        for name, kept in (("profiles", desk.profiles), ("entities", desk.entities), ("searches", desk.searches)):
            for figure, value in kept.figures().items():
                if value is not None:
                    self.kept.labels(name, figure).set(value)
        return generate_latest(self.registry)


class Measured:
    """Counts and times every request of an application."""

    def __init__(self, application: Application, measures: Measures) -> None:
        self._application, self._measures = application, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it when it is answered."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        began, status = perf_counter(), 500
        # The application around this one has written down how it came here, which says nothing of what was asked.
        scope["route"] = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._measures.under_way += 1
        try:
            await self._application(scope, receive, sending)
        finally:
            self._measures.under_way -= 1
            route = _route(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._measures.count(method, route, status, perf_counter() - began)


def _route(scope: dict[str, Any] | Scope) -> str:
    """Return the template of the route, of which there are few, never the address, of which there is no end."""
    return getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
