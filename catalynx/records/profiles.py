"""Profiles in the database: saved with a check of their version, found, listed, purged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.entries import AuditEntry, ProfilePage
from catalynx.records.erasure import EMPTIED, erase, note_erased
from catalynx.records.models import ProfileRow
from catalynx.records.profile import Profile, is_profile_id, slug
from catalynx.records.storable import choice, text, whole

_WAY_OUT = "`catalynx profile list` shows those there are."
_PAGE_SIZE_LIMIT = 500
SORTS = {"name": ProfileRow.sort_name, "created_at": ProfileRow.created_at, "updated_at": ProfileRow.updated_at}
"""What a list of profiles can be ordered by."""


class Profiles(Database):
    """The profiles' part of the records.

    ``teams`` limits what is seen to the profiles of these teams, None to nothing; other teams' profiles do not exist.
    """

    def save_profile(self, profile: Profile, *, expected_version: int | None = None) -> Profile:
        """Insert or replace `profile`, and return it as it is kept: its version is one more, ``updated_at`` is now.

        `expected_version` is the version that must be in the records, 0 when there must be none; by default it is
        ``profile.version``.

        Raises
        ------
        Conflict
            Somebody else saved, made or deleted it since.
        """
        expected = profile.version if expected_version is None else whole("expected_version", expected_version, 0, 2**31 - 2)
        try:
            with self.writing() as session:
                return _replace(session, profile, expected) if expected else _insert(session, profile)
        except IntegrityError as error:  # two inserted it at the same time
            raise _exists(profile.profile_id) from error

    def import_profile(self, profile: Profile) -> Profile:
        """Save a profile that comes from a file: inserted where its id is not there, else it replaces the version it has.

        Raises
        ------
        Conflict
            The records hold another version of it.
        """
        with self.reading() as session:
            there = session.get(ProfileRow, profile.profile_id) is not None
        return self.save_profile(profile, expected_version=None if there else 0)

    def get_profile(self, profile_id: str, *, teams: Collection[str] | None = None) -> Profile:
        """Return the profile with this id, else raise `NotFound`."""
        with self.reading() as session:
            return _profile(_row(session, profile_id, teams))

    def find_profile(self, name: str, *, teams: Collection[str] | None = None) -> Profile:
        """Return the profile that `name` means: its id, else its EIN, else its name, else a part of its name.

        Raises
        ------
        NotFound
        BadParameter
            It fits several.
        """
        wanted = text("profile", name, 300).strip()
        folded = _folded(wanted)
        digits = wanted.replace("-", "", 1) if wanted.isascii() else ""
        ways = (
            ProfileRow.profile_id == wanted,
            ProfileRow.ein == digits,
            ProfileRow.sort_name == folded,
            ProfileRow.sort_name.contains(folded, autoescape=True),
        )
        with self.reading() as session:
            for way in ways:
                rows = session.scalars(_of(teams).where(way).order_by(ProfileRow.sort_name, ProfileRow.profile_id).limit(6)).all()
                if len(rows) == 1:
                    return _profile(rows[0])
                if rows:
                    fits = ", ".join(f"{row.profile_id} ({row.fields['organization_name']})" for row in rows[:5])
                    raise BadParameter(
                        "profile", name, f"one profile; it fits {fits}{' …' if len(rows) > 5 else ''}: give the id"
                    )
        raise NotFound("profile", name, _WAY_OUT)

    def list_profiles(
        self,
        *,
        page: int = 1,
        page_size: int = 50,
        search: str = "",
        teams: Collection[str] | None = None,
        ein: str | None = None,
        sort: str = "name",
    ) -> ProfilePage:
        """Return one page of profiles, ordered by one of `SORTS`; ``-`` before it turns the order round.

        Each word of `search` must occur in name, EIN, place or focus areas.
        """
        whole("page", page, 1, 1_000_000)
        whole("page_size", page_size, 1, _PAGE_SIZE_LIMIT)
        column = SORTS[choice("sort", sort.removeprefix("-"), SORTS)]
        query = _of(teams)
        if ein is not None:
            query = query.where(ProfileRow.ein == text("ein", ein, 9))
        for word in _folded(text("search", search, 300, empty=True)).split():
            query = query.where(ProfileRow.search_text.contains(word, autoescape=True))
        order = column.desc() if sort.startswith("-") else column.asc()
        with self.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            ordered = query.order_by(order, ProfileRow.profile_id).limit(page_size).offset((page - 1) * page_size)
            return ProfilePage([_profile(row) for row in session.scalars(ordered)], total, page, page_size)

    def free_profile_id(self, name: str) -> str:
        """Return an id for a new profile of that name that no profile has yet, of whatever team."""
        base = slug(name)
        with self.reading() as session:
            taken = session.scalars(select(ProfileRow.profile_id).where(ProfileRow.profile_id.startswith(base, autoescape=True)))
            return slug(name, set(taken))

    def delete_profile(
        self, profile_id: str, *, by: str = "local", teams: Collection[str] | None = None, origin: str | None = None
    ) -> AuditEntry:
        """Purge a profile with all that hangs on it: tracked opportunities, decisions, runs, jobs, kept answers.

        What stays is the audit and the list of erasures, which know it by a pseudonym alone; the audit's entry is returned.

        Raises
        ------
        NotFound
        """
        with self.writing() as session:
            row = _row(session, profile_id, teams)
            pseudonym = row.pseudonym
            erase(session, row)
            entry = note_erased(session, pseudonym, by=by, origin=origin)
        self.forget_deleted()
        return entry

    def forget_deleted(self) -> None:
        """Overwrite what deleted rows have left in unused parts of the files; `delete_profile` does it already."""
        self._forget(list(EMPTIED))


def require_profile(session: Session, profile_id: str, *, hold: bool = False) -> ProfileRow:
    """Return the row of a profile, else raise `NotFound`; with `hold` it cannot be deleted until the transaction ends."""
    return _row(session, profile_id, None, hold=hold)


def _of(teams: Collection[str] | None) -> Select[ProfileRow]:
    query = select(ProfileRow)
    return query if teams is None else query.where(ProfileRow.team.in_([text("teams", team, 100) for team in teams]))


def _row(session: Session, profile_id: str, teams: Collection[str] | None, *, hold: bool = False) -> ProfileRow:
    row = None
    if isinstance(profile_id, str) and is_profile_id(profile_id):
        query = _of(teams).where(ProfileRow.profile_id == profile_id)
        row = session.scalar(query.with_for_update(read=True, key_share=True) if hold else query)
    if row is None:
        raise NotFound("profile", profile_id, _WAY_OUT)
    return row


def _profile(row: ProfileRow) -> Profile:
    return Profile.model_validate(row.fields)


def _insert(session: Session, profile: Profile) -> Profile:
    kept = _kept(profile, version=1, created_at=profile.created_at)
    if session.get(ProfileRow, kept.profile_id) is not None:
        raise _exists(kept.profile_id)
    session.add(ProfileRow(profile_id=kept.profile_id, pseudonym=uuid4().hex, **_columns(kept)))
    session.flush()
    return kept


def _replace(session: Session, profile: Profile, expected: int) -> Profile:
    created_at = session.scalar(select(ProfileRow.created_at).where(ProfileRow.profile_id == profile.profile_id))
    if created_at is None:
        raise Conflict(
            f"The profile {profile.profile_id!r} is not in the records any more; somebody deleted it. "
            "To make it anew, save it as version 0."
        )
    kept = _kept(profile, version=expected + 1, created_at=created_at)
    matching = update(ProfileRow).where(ProfileRow.profile_id == profile.profile_id, ProfileRow.version == expected)
    if session.execute(matching.values(**_columns(kept))).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            f"The profile {profile.profile_id!r} was changed by somebody else since version {expected}. "
            "Load it again, make your changes anew, and save."
        )
    return kept


def _kept(profile: Profile, *, version: int, created_at: datetime) -> Profile:
    return Profile.model_validate(
        {**profile.fields(), "version": version, "created_at": created_at, "updated_at": datetime.now(UTC)}
    )


def _columns(profile: Profile) -> dict[str, object]:
    words = (profile.organization_name, profile.ein, profile.city, profile.state, *profile.focus_areas)
    return {
        "team": profile.team,
        "ein": profile.ein,
        "sort_name": _folded(profile.organization_name),
        "search_text": _folded("\n".join(word for word in words if word)),
        "version": profile.version,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
        "fields": profile.fields(),
    }


def _folded(text: str) -> str:
    return text.casefold()


def _exists(profile_id: str) -> Conflict:
    return Conflict(f"A profile {profile_id!r} exists already. Load it and change it, or choose another profile_id.")
