"""Many profiles of one file: all of them are kept, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import Conflict, ImportConflict, InvalidProfile, NotFound
from catalynx.records.exchange import MOST_PROBLEMS, profiles_from_file
from catalynx.records.profile import Profile
from catalynx.records.profile_files import TextFormat

if TYPE_CHECKING:
    from catalynx.records.store import Records


@dataclass(frozen=True, slots=True)
class Imported:
    """A profile that was kept; ``version`` 1 is a new one."""

    profile_id: str
    organization_name: str
    version: int


def import_profiles(
    records: Records,
    file: Path,
    format: TextFormat,
    *,
    teams: Collection[str] | None = None,
    noting: Callable[[list[Imported]], object] | None = None,
) -> list[Imported]:
    """Keep every profile of a file, or none: new where its id is not there, else in the stead of the version that it has.

    The file is read twice, so that one profile of it is in memory at a time, and nobody waits while it is checked.

    Parameters
    ----------
    teams : the teams whose profiles exist for who asks; theirs must be those in the file. None is every team
    noting : writes the audit's entries, in the transaction that keeps the profiles

    Raises
    ------
    InvalidProfile
        Names each profile that cannot be used, with the field and the problem.
    ImportConflict
        Names each profile that stands otherwise in the records, or not among those of `teams`.
    """
    _check(records, file, format, teams)
    kept: list[Imported] = []
    with records.together(), file.open("rb") as stream:
        for number, profile in enumerate(profiles_from_file(stream, format, prepare=_of_team(teams)), 1):
            try:
                _find(records, profile, teams)
                saved = records.import_profile(profile)
            except Conflict as error:  # somebody changed it since it was checked
                raise ImportConflict([(f"profiles[{number}].version", _of(profile, str(error)))]) from None
            kept.append(Imported(saved.profile_id, saved.organization_name, saved.version))
        if noting is not None:
            noting(kept)
    return kept


def _check(records: Records, file: Path, format: TextFormat, teams: Collection[str] | None) -> None:
    """Read the whole file, and find out what would stand in the way of each profile."""
    problems: list[tuple[str, str]] = []
    of_others: list[str] = []
    seen: set[str] = set()
    with file.open("rb") as stream:
        for number, profile in enumerate(profiles_from_file(stream, format, prepare=_of_team(teams)), 1):
            if profile.profile_id in seen:
                raise InvalidProfile([(f"profiles[{number}].profile_id", _of(profile, "stands twice"), profile.profile_id)])
            seen.add(profile.profile_id)
            try:
                found = _find(records, profile, teams)
            except _OfOthers:
                of_others.append(profile.profile_id)
                problems.append((f"profiles[{number}].profile_id", _of(profile, "is taken: choose another, or leave it out")))
                continue
            if found is not None and found.version != profile.version:
                told = f"must be {found.version}, which the records hold: export it anew, and make your changes there"
                problems.append((f"profiles[{number}].version", _of(profile, told)))
    if problems:
        raise ImportConflict(problems[:MOST_PROBLEMS], of_others)


class _OfOthers(Conflict):
    """The id is that of a profile which does not exist for who asks."""


def _find(records: Records, profile: Profile, teams: Collection[str] | None) -> Profile | None:
    try:
        found = records.get_profile(profile.profile_id)
    except NotFound:
        return None
    if teams is not None and found.team not in teams:
        raise _OfOthers(f"The profile_id {profile.profile_id!r} is taken.")
    return found


def _of_team(teams: Collection[str] | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def prepare(fields: dict[str, Any]) -> dict[str, Any]:
        team = fields.get("team")
        if teams is None:
            return fields if team is not None else {name: value for name, value in fields.items() if name != "team"}
        if team is None and len(teams) == 1:
            return {**fields, "team": next(iter(teams))}
        if team is None:
            raise InvalidProfile([("team", "is required: one of your teams", team)])
        if not isinstance(team, str) or team not in teams:
            raise InvalidProfile([("team", "must be one of your teams", team)])
        return fields

    return prepare


def _of(profile: Profile, problem: str) -> str:
    return f"{problem} (of {profile.organization_name[:60]})"
