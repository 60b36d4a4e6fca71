"""Profiles as text: JSON and YAML, out and in again without a change."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import yaml

from catalynx.errors import InvalidProfile
from catalynx.records.profile import Profile, make_profile
from catalynx.records.profile_files import TEXT_LIMIT, ProfileDumper, TextFormat, fields_of_profiles

MOST_PROFILES: Final = 1_000
"""Profiles of one file: they are kept in one transaction, for whose end everybody waits who wants to change something."""
MOST_PROBLEMS: Final = 50


def profile_to_json(profile: Profile) -> str:
    """Return `profile` as JSON, indented, with every field."""
    return json.dumps(profile.fields(), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def profile_to_yaml(profile: Profile) -> str:
    """Return `profile` as YAML with every field, in the order in which people think of them."""
    return yaml.dump(profile.fields(), Dumper=ProfileDumper, sort_keys=False, allow_unicode=True, width=100)


def profile_from_text(text: str | bytes, format: TextFormat) -> Profile:
    """Make a profile of JSON or YAML text, such as `profile_to_json` and `profile_to_yaml` give.

    Raises
    ------
    InvalidProfile
        Names each field, or the line, with the problem and the value.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidProfile([("text", f"is longer than {TEXT_LIMIT:,} characters", f"{len(text):,}")])
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    found = list(fields_of_profiles(io.BytesIO(content), format, several=False))
    if len(found) != 1 or not isinstance(found[0], dict):
        raise InvalidProfile([("text", f"must be a {format.upper()} mapping of fields to values", found[0] if found else None)])
    return make_profile(found[0])


def profiles_from_file(
    stream: BinaryIO, format: TextFormat, *, prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> Iterator[Profile]:
    """Yield the profiles of a file, one at a time; `fields_of_profiles` says what it may hold.

    Parameters
    ----------
    prepare : changes the fields of each before it is made; may raise `InvalidProfile`

    Raises
    ------
    InvalidProfile
        When all that can be read was read; names every profile with each field and the problem, `MOST_PROBLEMS` at most.
    """
    problems: list[tuple[str, str, object]] = []
    count = 0
    try:
        for count, fields in enumerate(fields_of_profiles(stream, format), 1):
            if count > MOST_PROFILES:
                raise InvalidProfile([("profiles", f"must be at most {MOST_PROFILES:,} in one file", f"{count:,}")])
            try:
                profile = make_profile(_mapping(fields) if prepare is None else prepare(_mapping(fields)))
            except InvalidProfile as error:
                problems += named_problems(error, count, fields)
                if len(problems) >= MOST_PROBLEMS:
                    break
                continue
            if not problems:
                yield profile
    except InvalidProfile as error:
        raise InvalidProfile([*problems, *((found.field, found.problem, found.value) for found in error.problems)]) from None
    if problems:
        raise InvalidProfile(problems[:MOST_PROBLEMS])
    if not count:
        raise InvalidProfile([("profiles", "must be one or more", "none")])


def named_problems(error: InvalidProfile, number: int, fields: object) -> list[tuple[str, str, object]]:
    """Return the problems of the profile that stands at a place of a file, counted from 1, with its place and name."""
    name = fields.get("organization_name") or fields.get("profile_id") if isinstance(fields, dict) else None
    of_whom = f" (of {name[:60]})" if isinstance(name, str) and name else ""
    return [(f"profiles[{number}].{found.field}", found.problem + of_whom, found.value) for found in error.problems]


def _mapping(fields: object) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise InvalidProfile([("profile", "must be a mapping of fields to values", fields)])
    return fields
