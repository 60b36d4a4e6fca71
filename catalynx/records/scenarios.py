"""Scenarios: what people try, under a name, with every version kept; two who change one at the same time lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.desk_tables import ScenarioRow, ScenarioVersionRow
from catalynx.records.profiles import require_profile
from catalynx.records.storable import plain, text, whole

_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named what-if as it stands in one of its versions.

    Attributes
    ----------
    wish : what is otherwise than usual, as JSON
    author, changed_by : who made it, and who changed it last
    shared : whether the team sees it; otherwise its author alone does
    version : counts changes; goes up with an undo too
    first_version : the version that first said this
    cloned_from : the scenario that it was copied from, which may be gone
    """

    scenario_id: str
    profile_id: str
    name: str
    wish: Mapping[str, Any]
    author: str
    changed_by: str
    changed_at: datetime
    created_at: datetime
    shared: bool
    version: int
    first_version: int
    cloned_from: str | None

    @property
    def can_undo(self) -> bool:
        """Whether there is a state before this one."""
        return self.first_version > 1


class Scenarios(Database):
    """The scenarios' part of the records.

    ``viewer`` is who asks: others' scenarios that are not shared do not exist for them; None is somebody who sees all.
    """

    def create_scenario(
        self, profile_id: str, name: str, wish: Mapping[str, object], *, by: str = "local", cloned_from: str | None = None
    ) -> Scenario:
        """Keep a wish under a new name, for its author alone; others may use the same name.

        Raises
        ------
        NotFound
            There is no such profile.
        Conflict
            Its author has a scenario of that name for the profile.
        BadParameter
        """
        now, by = datetime.now(UTC), text("by", by, 200)
        head = ScenarioRow(
            scenario_id=uuid4().hex, profile_id=profile_id, name=_name(name), author=by, shared=False, version=1,
            cloned_from=cloned_from, created_at=now,
        )  # fmt: skip
        taken = Conflict(f"A scenario {head.name!r} of {by} is there already. Save it under another name.")
        first = ScenarioVersionRow(
            scenario_id=head.scenario_id,
            version=1,
            wish=plain("wish", dict(wish)),
            first_version=1,
            changed_at=now,
            changed_by=by,
        )
        try:
            with self.writing() as session:
                require_profile(session, profile_id, hold=True)
                same = (ScenarioRow.profile_id == profile_id, ScenarioRow.author == by, ScenarioRow.name == head.name)
                if session.scalar(select(ScenarioRow.scenario_id).where(*same)) is not None:
                    raise taken
                session.add(head)
                session.flush()
                session.add(first)
                session.flush()
                return _told(head, first)
        except IntegrityError as error:  # two kept one under the same name at the same time
            raise taken from error

    def clone_scenario(self, scenario_id: str, name: str, *, by: str = "local", viewer: str | None = None) -> Scenario:
        """Keep what a scenario says now under another name, for `by` alone."""
        one = self.get_scenario(scenario_id, viewer=viewer)
        return self.create_scenario(one.profile_id, name, one.wish, by=by, cloned_from=one.scenario_id)

    def change_scenario(
        self, scenario_id: str, wish: Mapping[str, object], *, expected_version: int, by: str = "local", viewer: str | None = None
    ) -> Scenario:
        """Let a scenario say something else; all it said before stays in its history.

        Raises
        ------
        Conflict
            Somebody changed it since `expected_version` was read. Nothing was changed.
        NotFound, BadParameter
        """
        wanted = plain("wish", dict(wish))
        with self.writing() as session:
            head = _head(session, scenario_id, viewer, hold=True)
            _expect(head, expected_version)
            now = _version(session, head)
            if wanted == now.wish:
                return _told(head, now)
            return _append(session, head, wanted, head.version + 1, by)

    def undo_scenario(self, scenario_id: str, *, expected_version: int, by: str = "local", viewer: str | None = None) -> Scenario:
        """Let a scenario say what it said before its last change; done again, what it said before that.

        Raises
        ------
        Conflict
            Nothing is left to undo, or somebody changed it since `expected_version` was read.
        NotFound
        """
        with self.writing() as session:
            head = _head(session, scenario_id, viewer, hold=True)
            _expect(head, expected_version)
            before = _version(session, head).first_version - 1
            if before < 1:
                raise Conflict(f"{head.name!r} says what it said at first, so there is nothing to undo.")
            said = session.get_one(ScenarioVersionRow, (scenario_id, before))
            return _append(session, head, said.wish, said.first_version, by)

    def rename_scenario(self, scenario_id: str, name: str, *, viewer: str | None = None) -> Scenario:
        """Give a scenario another name.

        Raises
        ------
        Conflict
            Its author has another scenario of that name for the profile.
        """
        name = _name(name)
        try:
            with self.writing() as session:
                head = _head(session, scenario_id, viewer, hold=True)
                head.name = name
                session.flush()
                return _told(head, _version(session, head))
        except IntegrityError as error:
            raise Conflict(f"Its author has a scenario {name!r} already. Choose another name.") from error

    def share_scenario(self, scenario_id: str, shared: bool, *, viewer: str | None = None) -> Scenario:
        """Show a scenario to the team, or to its author alone.

        Raises
        ------
        NotFound
            There is none, or it is somebody else's: only its author shares it.
        """
        with self.writing() as session:
            head = _head(session, scenario_id, viewer, hold=True)
            if viewer is not None and head.author != viewer:
                raise _nothing(scenario_id)
            head.shared = bool(shared)
            session.flush()
            return _told(head, _version(session, head))

    def delete_scenario(self, scenario_id: str, *, viewer: str | None = None) -> Scenario:
        """Delete a scenario with its history, and return what it said last; what was signed keeps what it needs."""
        with self.writing() as session:
            head = _head(session, scenario_id, viewer, hold=True)
            if viewer is not None and head.author != viewer:
                raise _nothing(scenario_id)
            told = _told(head, _version(session, head))
            session.delete(head)
            return told

    def get_scenario(self, scenario_id: str, *, viewer: str | None = None) -> Scenario:
        """Return a scenario as it stands, else raise `NotFound`."""
        with self.reading() as session:
            head = _head(session, scenario_id, viewer)
            return _told(head, _version(session, head))

    def list_scenarios(self, profile_id: str, *, viewer: str | None = None) -> list[Scenario]:
        """Return a profile's scenarios by name."""
        newest = (ScenarioVersionRow.scenario_id == ScenarioRow.scenario_id) & (ScenarioVersionRow.version == ScenarioRow.version)
        query = select(ScenarioRow, ScenarioVersionRow).join(ScenarioVersionRow, newest)
        with self.reading() as session:
            require_profile(session, profile_id)
            seen = _seen(query.where(ScenarioRow.profile_id == profile_id), viewer)
            return [_told(*row) for row in session.execute(seen.order_by(ScenarioRow.name, ScenarioRow.scenario_id))]

    def scenario_history(self, scenario_id: str, *, viewer: str | None = None) -> list[Scenario]:
        """Return a scenario in every version, oldest first."""
        with self.reading() as session:
            head = _head(session, scenario_id, viewer)
            query = select(ScenarioVersionRow).where(ScenarioVersionRow.scenario_id == scenario_id)
            return [_told(head, row) for row in session.scalars(query.order_by(ScenarioVersionRow.version))]


def _name(name: str) -> str:
    if not isinstance(name, str):
        raise BadParameter("name", name, "text")
    return text("name", " ".join(name.split()), _NAME_LENGTH)


def _seen(query: Any, viewer: str | None) -> Any:
    return query if viewer is None else query.where(or_(ScenarioRow.shared.is_(True), ScenarioRow.author == viewer))


def _nothing(scenario_id: object) -> NotFound:
    return NotFound("scenario", scenario_id, "List those of the profile to see their ids; it may have been deleted.")


def _head(session: Session, scenario_id: str, viewer: str | None, *, hold: bool = False) -> ScenarioRow:
    known = isinstance(scenario_id, str) and len(scenario_id) == 32 and scenario_id.isalnum() and scenario_id.isascii()
    query = _seen(select(ScenarioRow).where(ScenarioRow.scenario_id == scenario_id), viewer)
    row = session.scalar(query.with_for_update() if hold else query) if known else None
    if row is None:
        raise _nothing(scenario_id)
    return row


def _version(session: Session, head: ScenarioRow) -> ScenarioVersionRow:
    return session.get_one(ScenarioVersionRow, (head.scenario_id, head.version))


def _expect(head: ScenarioRow, expected_version: int) -> None:
    if head.version != whole("expected_version", expected_version, 1, 2**31 - 2):
        raise Conflict(
            f"{head.name!r} was changed since you read it: it is at version {head.version}, yours was {expected_version}. Look "
            "at it again, or keep yours under another name."
        )


def _append(session: Session, head: ScenarioRow, wish: dict[str, Any], first_version: int, by: str) -> Scenario:
    head.version += 1
    row = ScenarioVersionRow(
        scenario_id=head.scenario_id, version=head.version, wish=wish, first_version=first_version,
        changed_at=datetime.now(UTC), changed_by=text("by", by, 200),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _told(head, row)


def _told(head: ScenarioRow, row: ScenarioVersionRow) -> Scenario:
    return Scenario(
        head.scenario_id, head.profile_id, head.name, row.wish, head.author, row.changed_by, row.changed_at, head.created_at,
        head.shared, row.version, row.first_version, head.cloned_from,
    )  # fmt: skip
