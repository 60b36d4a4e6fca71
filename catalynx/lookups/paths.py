"""The shortest ways from a profile's organisation to a funder: through people on both boards, and through who funds whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import RESULTS
from catalynx.errors import BadParameter, NotFound
from catalynx.figures import wording
from catalynx.lookups.network import funder_id, grants_behind, made, own_nodes, seats_behind
from catalynx.lookups.plain import plain_rows
from catalynx.relations import Hop, sure_class
from catalynx.ties import Ties, ties_of

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.boards import Boards
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

MOST_PATHS: Final = 3
SHOWN: Final = 5


@dataclass(frozen=True)
class Paths:
    """The shortest ways from a profile's organisation to a funder.

    Attributes
    ----------
    steps : rows as ``columns.RESULTS["network_paths"]``, one a step; none where there is no way
    length : how many steps each way has, from organisation to organisation; None where there is no way
    sentence : all in plain words
    """

    profile: Profile
    candidate_id: str
    funder_name: str
    steps: pd.DataFrame
    length: int | None
    through: str
    sentence: str
    lake_version: str


def paths(
    workspace: Workspace,
    profile: Profile,
    candidate: str | Mapping[str, Any] | pd.Series,
    *,
    through: str = "any",
    most: int = MOST_PATHS,
) -> Paths:
    """Find the shortest ways from a profile's organisation to a funder, over all years on record.

    Parameters
    ----------
    candidate : a row of candidates or decisions, its ``candidate_id``, an EIN, or the name of a foundation or a part of it
    through : ``any``, or ``people`` to leave grants out
    most : at most so many ways, all of the same, least length

    Raises
    ------
    NotFound
        No foundation of the lake is meant, or several are.
    BadParameter
    """
    wanted = candidate if isinstance(candidate, str) else str(candidate["candidate_id"])
    ties = ties_of(workspace.lake)
    ours = own_nodes(ties, profile)
    funder = _funder_node(ties, wanted)
    if funder is None:
        key, name = _untied(workspace, wanted)
        told = (
            f"{wording.name(name)} is in no list of grants and in no return's list of officers of this lake, so no way is known."
        )
        return Paths(profile, funder_id(key), name, made("network_paths", []), None, through, told, workspace.lake.id)
    boards = ties.boards(workspace.lake)
    ways = _shortest(boards, ours, funder, through, most)
    rows = [row for place, way in enumerate(ways, 1) for row in _steps(ties, boards, way, place)]
    name = ties.organization(funder)["name"]
    length = max((row["step"] for row in rows), default=None)
    told = _told(profile, name, rows, ways, bool(ours), through)
    steps = made("network_paths", rows)
    return Paths(profile, funder_id(ties.key(funder)), name, steps, length, through, told, workspace.lake.id)


def paths_answer(workspace: Workspace, profile: Profile, candidate: str, *, through: str = "any") -> dict[str, Any]:
    """Return the same as plain values."""
    found = paths(workspace, profile, candidate, through=through)
    return {
        "profile_id": profile.profile_id, "candidate_id": found.candidate_id, "funder_name": found.funder_name,
        "through": through, "length": found.length, "sentence": found.sentence, "lake_version": found.lake_version,
        "steps": plain_rows(found.steps, RESULTS["network_paths"].columns),
    }  # fmt: skip


def _funder_node(ties: Ties, wanted: str) -> int | None:
    """Return the node that `wanted` means; None for an EIN that is tied to nobody. Only foundations have ties."""
    kind, _, rest = wanted.partition(":")
    if kind in ("program", "opportunity"):
        raise BadParameter("candidate", wanted, "a foundation: federal programs have no boards, and fund too many to tie anybody")
    text = (rest if kind == "foundation" else wanted).strip()
    digits = re.fullmatch(r"(\d{2})-?(\d{7})", text, re.ASCII)
    if digits:
        return ties.node(f"ein:{digits[1]}{digits[2]}")
    node = ties.node(text.upper())
    return _by_name(ties, wanted, text) if node is None else node


def _untied(workspace: Workspace, wanted: str) -> tuple[str, str]:
    """Return key and name of a registered organisation that is tied to nobody."""
    ein = "".join(letter for letter in wanted if letter.isdigit())
    found = workspace.lake.sql("SELECT name FROM organizations WHERE ein = ?", [ein])
    if found.empty:
        raise NotFound("foundation", wanted, "Give its EIN, its id among the candidates, or a part of its name.")
    return f"ein:{ein}", str(found["name"].iloc[0])


def _by_name(ties: Ties, wanted: str, text: str) -> int | None:
    import pyarrow.compute as pc

    known = ties.organizations.filter(ties.organizations["funder"])
    names = pc.utf8_upper(known["name"])
    found = known.filter(pc.match_substring(names, text.upper())) if len(text) > 1 else known.slice(0, 0)
    exact = found.filter(pc.equal(pc.utf8_upper(found["name"]), text.upper()))
    found = exact if len(exact) else found
    if len(found) != 1:
        shown = "; ".join(found["name"].to_pylist()[:SHOWN])
        raise NotFound("foundation", wanted, f"Several are called like that: {shown}. Give one of their EINs or whole names." if
                       shown else "Give its EIN, its id among the candidates, or a part of its name.")  # fmt: skip
    return ties.node(found["key"][0].as_py())


def _shortest(boards: Boards, ours: Sequence[int], funder: int, through: str, most: int) -> list[list[Hop]]:
    """Return the shortest ways from any of our nodes, an organisation under two names being one."""
    found = [way for node in ours for way in boards.graph.paths(node, funder, through=through, most=most)]
    if not ours:
        # Asked all the same, so that a wrong parameter is told whoever asks.
        boards.graph.paths(funder, funder, through=through, most=most)
    least = min(map(len, found), default=0)
    return [way for way in found if len(way) == least][:most]


def _steps(ties: Ties, boards: Boards, way: list[Hop], path: int) -> list[dict[str, Any]]:
    """Return a way as rows, one from organisation to organisation: the two seats of a person are one step."""
    rows: list[dict[str, Any]] = []
    hops = iter(way)
    for hop in hops:
        row = (
            _by_person(ties, boards, hop, next(hops)) if hop.edge < boards.graph.seats else
            _by_grants(ties, hop, hop.edge - boards.graph.seats)
        )  # fmt: skip
        rows.append({"path": path, "step": len(rows) + 1, **row})
    return rows


def _by_person(ties: Ties, boards: Boards, there: Hop, on: Hop) -> dict[str, Any]:
    one, other = boards.seat(there.edge), boards.seat(on.edge)
    sure = float(boards.sure[there.end - boards.organizations])
    begin, end = (_ends(ties, node) for node in (there.start, on.end))
    years = [[seat[f"{which}_year"] for seat in (one, other) if seat[f"{which}_year"] is not None] for which in ("first", "last")]
    said = [f"{wording.name(seat['role'] or 'on the board')} of {end_['name']}{_years(seat)}"
            for seat, end_ in ((one, begin), (other, end))]  # fmt: skip
    return {
        **_from_to(begin, end), "by": "person", "person_name": one["name"], "from_role": one["role"], "to_role": other["role"],
        "first_year": min(years[0], default=None), "last_year": max(years[1], default=None),
        "sure": sure, "sure_class": sure_class(sure),
        "sentence": f"{wording.name(one['name'])}, {said[0]}, is also {said[1]} ({sure_class(sure)} to be the same person)",
        "evidence": seats_behind([begin["key"], end["key"]], [one["name"], other["name"]]),
    }  # fmt: skip


def _by_grants(ties: Ties, hop: Hop, pair: int) -> dict[str, Any]:
    grants, first, last = (ties.pairs[name][pair].as_py() for name in ("gifts", "first_year", "last_year"))
    giver, receiver = (int(nodes[pair]) for nodes in ties.gift_nodes())
    begin, end = (_ends(ties, node) for node in (hop.start, hop.end))
    given, taken = (_ends(ties, node) for node in (giver, receiver))
    told = _years({"first_year": first, "last_year": last})
    return {
        **_from_to(begin, end), "by": "grant", "giver_key": given["key"], "grants_count": grants, "first_year": first,
        "last_year": last, "evidence": grants_behind(given["key"], taken["key"]),
        "sentence": f"{given['name']} gave {grants:,} grant{'' if grants == 1 else 's'} to {taken['name']}{told}",
    }  # fmt: skip


def _ends(ties: Ties, node: int) -> dict[str, Any]:
    return {"key": ties.key(node), "name": wording.name(ties.organization(node)["name"])}


def _from_to(begin: dict[str, Any], end: dict[str, Any]) -> dict[str, Any]:
    return {"from_key": begin["key"], "from_name": begin["name"], "to_key": end["key"], "to_name": end["name"]}


def _years(told: Mapping[str, Any]) -> str:
    first, last = told["first_year"], told["last_year"]
    if first is None:
        return ""
    return f" ({first})" if first == last else f" ({first}–{last})"


def _told(profile: Profile, name: str, rows: list[dict[str, Any]], ways: list[list[Hop]], tied: bool, through: str) -> str:
    """Say in plain words what was found."""
    who, funder = profile.organization_name, wording.name(name)
    if not tied:
        return f"{who} is in no return's list of officers and in no foundation's list of grants of this lake, so no way is known."
    if ways == [[]]:
        return f"{who} and {funder} are the same organisation."
    if not rows:
        kind = "no person on several boards leads" if through == "people" else "neither people nor grants on record lead"
        return f"From {who} {kind} to {funder}."
    first = [row["sentence"] for row in rows if row["path"] == 1]
    return f"From {who} to {funder} in {len(first)} step{'' if len(first) == 1 else 's'}: {'; '.join(first)}."
