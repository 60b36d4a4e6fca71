"""What the routes of one application share: the workspace, threads, what is kept in memory, and the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request

from catalynx.api.kept import Kept
from catalynx.api.measures import Measures
from catalynx.api.problems import Problem
from catalynx.api.work import QUICK_THREADS, SLOW_THREADS, Pool
from catalynx.errors import NotAllowed, NotFound
from catalynx.hub import STATE_KEY, Person
from catalynx.workflows import Workspace

if TYPE_CHECKING:
    from catalynx.records.profile import Profile
    from catalynx.records.store import Records
    from catalynx.settings import Settings

STALE_SECONDS: Final = 1.0
"""How long a process may go on with a profile, or a right to it, that another process changed."""
VERSIONS_OPEN: Final = 2
ENTITIES_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile as it is sent, and whose it is."""

    team: str
    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What the audit is to say of a change: what was done to what, and small facts."""

    action: str
    target_kind: str
    target: str
    detail: Mapping[str, object] | None = None


class Desk:
    """What the routes share.

    Parameters
    ----------
    settings : where the workspace is
    tokens : who gives and takes back tokens; None where there are none
    jobs : the queue; None where reports are made while the caller waits
    """

    def __init__(self, settings: Settings, tokens: Any = None, jobs: Any = None) -> None:
        self.settings, self.tokens, self.jobs = settings, tokens, jobs
        self.quick, self.slow = Pool("quick", QUICK_THREADS), Pool("slow", SLOW_THREADS)
        self.profiles: Kept[str, KeptProfile] = Kept(5_000, STALE_SECONDS)
        self.entities: Kept[tuple[str, str], dict[str, Any]] = Kept(ENTITIES_KEPT, 3_600)
        self.searches: Kept[tuple[object, ...], dict[str, Any]] = Kept(1_000, 3_600)
        self.measures = Measures()
        self.health: tuple[float, dict[str, str]] | None = None
        self.started_at = datetime.now(UTC)
        self._opened: list[Workspace] = [Workspace(settings)]
        self._lock = Lock()

    def workspace(self) -> Workspace:
        """Return the workspace on the lake's current version; the version before stays open for who still reads it."""
        from catalynx.lake.versions import current_folder

        with self._lock:
            last = self._opened[-1]
            if "lake" in vars(last) and current_folder(self.settings.lake) != last.lake.folder:
                fresh = Workspace(self.settings)
                # One pool of connections to the records, whatever becomes of the lake.
                fresh.__dict__["records"] = last.records
                self._opened.append(fresh)
                while len(self._opened) > VERSIONS_OPEN:
                    self._opened.pop(0).refresh()
            return self._opened[-1]

    async def lake_version(self) -> str:
        """Return the id of the lake's version that answers."""
        workspace = self.workspace()
        return workspace.lake.id if "lake" in vars(workspace) else await self.ask(lambda: workspace.lake.id)

    async def ask[**P, T](self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call quick work in its pool."""
        return await self.quick.run(function, *arguments, **named)

    async def toil[**P, T](self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call slow work in its pool."""
        return await self.slow.run(function, *arguments, **named)

    async def profile(self, request: Request, profile_id: str) -> Profile:
        """Return a profile that exists for who asks.

        Raises
        ------
        Problem
            404; the audit notes who asked for what.
        """
        person: Person = request.scope["state"][STATE_KEY]
        try:
            return await self.ask(self.workspace().records.get_profile, profile_id, teams=person.teams)
        except NotFound:
            # Alike for what is not there and for what is another team's: the answer and its time tell nothing.
            raise await self.refused(request, "profile", profile_id) from None

    async def owned[**P, T](
        self, request: Request, kind: str, target: str, function: Callable[P, T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Call quick work that finds something only where it exists for who asks, such as a job.

        Raises
        ------
        Problem
            404 when it does not, 403 when it may not be done with it; the audit notes who asked for what.
        """
        try:
            return await self.ask(function, *arguments, **named)
        except NotFound as error:
            if error.kind != kind:
                raise
            raise await self.refused(request, kind, target) from None
        except NotAllowed as error:
            raise await self.forbidden(request, str(error)) from None

    async def refused(self, request: Request, kind: str, target: str) -> Problem:
        """Note in the audit that somebody asked for what does not exist for them, and return the refusal."""
        await self.audit(request, operation_of(request), kind, target, allowed=False)
        return Problem(404, f"There is no such {kind}.")

    async def forbidden(self, request: Request, detail: str, errors: Iterable[tuple[str, str]] = ()) -> Problem:
        """Note in the audit that somebody asked for what they may not do, and return the refusal."""
        operation = operation_of(request)
        await self.audit(request, operation, "operation", operation.partition(" ")[2], allowed=False)
        return Problem(403, detail, errors)

    async def audit(
        self,
        request: Request,
        action: str,
        target_kind: str,
        target: str,
        *,
        allowed: bool = True,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Note who did, or was refused, what; to what, when, and from where. What changes the records uses `change`."""
        told = Entry(action, target_kind, target, detail)
        await self.ask(self.noting(request, told, allowed=allowed), self.workspace().records)

    async def change[T](
        self, request: Request, change: Callable[[Records], T], entry: Callable[[T], Entry], *, slow: bool = False
    ) -> T:
        """Change the records and write the audit's entry of it, as one: without the entry the change is not made.

        Parameters
        ----------
        change : does it, with quick writes alone; other writers wait
        entry : says what the audit is to hold, of what `change` returned
        slow : it writes many rows, and has to wait with other slow work
        """

        def both(records: Records) -> T:
            with records.together():
                changed = change(records)
                self.noting(request, entry(changed))(records)
                return changed

        pool = self.slow if slow else self.quick
        return await pool.run(both, self.workspace().records)

    def noting(self, request: Request, told: Entry, *, allowed: bool = True) -> Callable[[Records], object]:
        """Return what writes an entry into the records that it is given: who asks, and from where, stands in the request."""
        person = request.scope.get("state", {}).get(STATE_KEY)
        actor = person.name if isinstance(person, Person) else "nobody"
        detail = {**({"via": person.via} if isinstance(person, Person) else {}), **(told.detail or {})}
        origin = origin_of(request)

        def note(records: Records) -> object:
            return records.audit(
                actor[:200] or "nobody", told.action[:100], told.target_kind, told.target[:200] or "none",
                allowed=allowed, detail=detail, origin=origin,
            )  # fmt: skip

        return note

    def forget_profile(self, profile_id: str) -> None:
        """Let go of what the memory holds of a profile."""
        self.profiles.drop(lambda key, _: key == profile_id)

    def close(self) -> None:
        """Let the workspace go."""
        for workspace in self._opened:
            workspace.close()


def operation_of(request: Request) -> str:
    """Return what somebody asks for, without what it names: ``GET /profiles/{profile_id}``."""
    path = getattr(request.scope.get("route"), "path", "")
    return f"{request.method} {path}"[:100]


def origin_of(request: Request) -> str | None:
    """Return from where somebody asks, as the audit keeps it."""
    return request.client.host[:100] if request.client else None


def root_of(request: Request) -> str:
    """Return the path in front of all that the API serves, such as ``/api``."""
    return str(request.scope.get("root_path", ""))


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that answers."""
    desk: Desk = request.app.state.desk
    return desk


At = Annotated[Desk, Depends(desk_of)]
"""The parameter of a route that works at the desk."""
