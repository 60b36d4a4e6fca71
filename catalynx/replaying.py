"""Reckoning a signed decision again: the same numbers, or which input or number is another."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalynx import __version__
from catalynx.errors import LakeError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalynx.records.signing import SignedDecision
    from catalynx.workflows import Workspace

MOST_TOLD: Final = 50
PRECISION: Final = 1e-9
"""Numbers that differ by less, as a share, are the same: another machine adds up in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number, or a word, that is not what was signed; None is one that is not there."""

    where: str
    signed: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of reckoning again.

    Attributes
    ----------
    changed : what it rests on that could not be had as it was, or has changed since, in words, and which of the two was taken
    differences : the first numbers that differ, at most `MOST_TOLD`; ``count`` of all
    """

    decision: SignedDecision
    changed: tuple[str, ...]
    differences: tuple[Difference, ...]
    count: int

    @property
    def same(self) -> bool:
        """Whether every number is as it was signed."""
        return self.count == 0

    @property
    def sentence(self) -> str:
        """All that in words."""
        since = f" {' '.join(self.changed)}" if self.changed else ""
        if self.same:
            return f"The same numbers as were signed on {self.decision.signed_at:%-d %b %Y}.{since}"
        first = self.differences[0]
        many = "1 number differs" if self.count == 1 else f"{self.count:,} numbers differ"
        return f"{many} from what was signed, first {first.where}: {first.signed} was signed, it is {first.now}.{since}"


def replay(workspace: Workspace, signed_id: str, *, today: bool = False) -> Replay:
    """Reckon a signed decision again from what it rests on: the profile, the rules, the wish and the lake as they were.

    Parameters
    ----------
    today : take the profile and the lake as they are now, to see what would come of the same wish today

    Raises
    ------
    NotFound
        There is no such decision.
    LakeEmpty, BadParameter
    """
    from catalynx.decision.wish_reading import wish_of
    from catalynx.records.profile import make_profile
    from catalynx.rules import rules_from
    from catalynx.what_if import what_if

    decision = workspace.records.get_signed(signed_id)
    inputs = decision.inputs
    kept = make_profile(dict(inputs["profile"]["fields"]))
    current = workspace.records.get_profile(decision.profile_id)
    changed = []
    if current.version != inputs["profile"]["version"]:
        which = "as it is now" if today else "as it was"
        changed.append(
            f"The profile was changed (version {inputs['profile']['version']}, now {current.version}); it was taken {which}."
        )
    if decision.package_version != __version__:
        changed.append(f"It was reckoned by version {decision.package_version} of Catalynx, now by {__version__}.")
    with _at(workspace, decision.lake_version, changed, today=today) as place:
        found = what_if(place, current if today else kept, wish_of(inputs["wish"]), rules=rules_from(inputs["rules"]))
        results = json.loads(json.dumps(found.results()))
    differences = list(_differences("", dict(decision.results), results))
    return Replay(decision, tuple(changed), tuple(differences[:MOST_TOLD]), len(differences))


def _at(workspace: Workspace, lake_version: str, changed: list[str], *, today: bool) -> Workspace:
    """Open the workspace anew, with the lake in the version that was signed where it is still kept."""
    from catalynx.lake import open_lake
    from catalynx.workspace import Workspace as Opened

    place = Opened(workspace.settings)
    if place.lake.id == lake_version:
        return place
    if today:
        changed.append(f"The data are newer (lake version {lake_version}, now {place.lake.id}); they were taken as they are now.")
        return place
    try:
        then = open_lake(workspace.settings.lake, lake_version)
    except (NotFound, LakeError):
        changed.append(f"The lake's version {lake_version} is not kept any more; {place.lake.id} was taken instead.")
        return place
    changed.append(f"The data are newer (lake version {place.lake.id}); they were taken as they were, {lake_version}.")
    place.refresh()
    place.__dict__["lake"] = then
    return place


def _differences(where: str, signed: Any, now: Any) -> Iterator[Difference]:
    """Go through both, depth first, and give every leaf that is another."""
    if isinstance(signed, dict) and isinstance(now, dict):
        for name in [*signed, *(name for name in now if name not in signed)]:
            yield from _differences(f"{where}.{name}".lstrip("."), signed.get(name), now.get(name))
    elif isinstance(signed, list) and isinstance(now, list):
        for place in range(max(len(signed), len(now))):
            pair = (each[place] if place < len(each) else None for each in (signed, now))
            yield from _differences(f"{where}[{place}]", *pair)
    elif not _alike(signed, now):
        yield Difference(where, signed, now)


def _alike(signed: Any, now: Any) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (signed, now))
    return math.isclose(signed, now, rel_tol=PRECISION, abs_tol=1e-12) if numbers else bool(signed == now)
