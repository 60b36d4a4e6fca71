"""Reckoning a signed decision again: the same numbers, or which input or number is another.

A plan that was not proven to be the best, because its search was ended, may be another in another run of the same search. What
differs of such a plan is told apart: it says nothing of the inputs.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from catalynx import __version__
from catalynx.errors import LakeError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalynx.records.signing import SignedDecision
    from catalynx.workflows import Workspace

MOST_TOLD: Final = 50
PRECISION: Final = 1e-9
"""Numbers that differ by less, as a share, are the same: another machine adds up in another order."""
ENDED: Final = MappingProxyType({"time is up": "was ended by time", "cancelled": "was cancelled"})
"""Status of a plan that is not proven → what became of its search."""
OF_THE_PLAN: Final = ("chosen", "status", "value", "hours", "sentence")
"""What of the results hangs on which plan was found; all else comes of the inputs alone."""
_FACTS: Final = ("name", "effort_hours", "ask_usd", "chance", "points")
"""What of a chosen application does not hang on the plan that it is in."""
_PROVEN_TO: Final = 1e-3
"""A proven plan is the best but for a smaller share than this, so that no other search finds one that is better by more."""


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
    ended : how the search for the signed plan, or for this one, was ended before it was proven to be the best; empty when it was
        not
    plan_differences : the first that differ and that another run of such a search may find otherwise, at most `MOST_TOLD`;
        ``plan_count`` of all. They are not among ``differences``.
    """

    decision: SignedDecision
    changed: tuple[str, ...]
    differences: tuple[Difference, ...]
    count: int
    ended: str = ""
    plan_differences: tuple[Difference, ...] = ()
    plan_count: int = 0

    @property
    def same(self) -> bool:
        """Whether every number is as it was signed."""
        return self.count == 0 and self.plan_count == 0

    @property
    def verdict(self) -> str:
        """``same``, ``differs``, or ``search ended``: what differs may all come of a search that was ended."""
        if self.count:
            return "differs"
        return "search ended" if self.plan_count else "same"

    @property
    def sentence(self) -> str:
        """All that in words."""
        return " ".join((self._numbers(), *((self._plan(),) if self.ended else ()), *self.changed))

    def _numbers(self) -> str:
        when = f"{self.decision.signed_at:%-d %b %Y}"
        if not self.count:
            what = "Order and scores are those that" if self.plan_count else "The same numbers as"
            return f"{what} were signed on {when}."
        return f"{_many(self.count)} from what was signed, {_first(self.differences)}."

    def _plan(self) -> str:
        if not self.plan_count:
            return f"{self.ended}, and the plan is the same."
        return (
            f"{self.ended}, so that another run may find another plan: {_many(self.plan_count)} between the two, "
            f"{_first(self.plan_differences)}."
        )


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
    return compared(decision, results, tuple(changed))


def compared(decision: SignedDecision, results: Mapping[str, Any], changed: tuple[str, ...] = ()) -> Replay:
    """Compare what was signed with results that were reckoned again."""
    signed = dict(decision.results)
    ended = _how_ended(signed, results)
    if not ended:
        differences = list(_differences("", signed, dict(results)))
        return Replay(decision, changed, tuple(differences[:MOST_TOLD]), len(differences))
    told: dict[bool, list[Difference]] = {False: [], True: []}
    for one in _differences("", _by_candidate(signed), _by_candidate(results)):
        told[_of_the_plan(one, signed, results)].append(one)
    few = {of_plan: tuple(found[:MOST_TOLD]) for of_plan, found in told.items()}
    return Replay(decision, changed, few[False], len(told[False]), ended, few[True], len(told[True]))


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


def _how_ended(signed: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    then, again = (ENDED.get(str(each.get("status"))) for each in (signed, now))
    if then and again:
        return f"The search for the plan {then} when it was signed and {again.removeprefix('was ')} this time"
    if then:
        return f"The search for the plan {then} when it was signed"
    return f"The search for the plan {again} this time" if again else ""


def _by_candidate(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results with the chosen by their ids: at which place a plan has one says nothing when the plans may differ."""
    return {**results, "chosen": {one["candidate_id"]: one for one in results.get("chosen", [])}}


def _of_the_plan(one: Difference, signed: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a difference may come of nothing but a search that was ended."""
    part = one.where.partition(".")[0]
    if part not in OF_THE_PLAN or (part == "chosen" and one.where.rpartition(".")[2] in _FACTS):
        return False
    return part != "value" or not _contradicts(signed, now)


def _contradicts(signed: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a plan that was proven to be the best is worth less than the other: then it was not the time alone."""
    ended, proven = (signed, now) if str(signed.get("status")) in ENDED else (now, signed)
    found, best = ended.get("value"), proven.get("value")
    if str(proven.get("status")) in ENDED or found is None or best is None:
        return False
    return bool(found > best + _PROVEN_TO * abs(best))


def _many(count: int) -> str:
    return "1 number differs" if count == 1 else f"{count:,} numbers differ"


def _first(differences: tuple[Difference, ...]) -> str:
    one = differences[0]
    return f"first {one.where}: {_shown(one.signed)} was signed, it is {_shown(one.now)}"


def _shown(value: Any) -> str:
    """Return a value for a sentence: a whole application by its name alone."""
    if value is None:
        return "nothing"
    return str(value["name"]) if isinstance(value, dict) and "name" in value else str(value)


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
