"""Who is tied to a profile's organisation: people on its board and on others, funders of the same grantees, central funders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import RESULTS, empty_frame
from catalynx.lookups.plain import plain_rows
from catalynx.relations import sure_class
from catalynx.ties import Ties, ties_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.boards import Boards
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

MOST_ROWS: Final = 200
CENTRAL: Final = 20
NAMED: Final = 3


@dataclass(frozen=True)
class Network:
    """The ties of a profile's organisation on one day.

    Attributes
    ----------
    shared_people : rows as ``columns.RESULTS["shared_people"]``, the profile's own board first, surest first
    cofunders : rows as ``columns.RESULTS["cofunders"]``, the closest first; those that share no grantee are left out
    central_funders : rows as ``columns.RESULTS["central_funders"]``, the most central first
    counts : what it rests on: organisations, people, seats, funders, pairs of a funder and a recipient
    unknown : what is not known, and why
    """

    profile: Profile
    shared_people: pd.DataFrame
    cofunders: pd.DataFrame
    central_funders: pd.DataFrame
    counts: dict[str, int]
    as_of: date
    lake_version: str
    unknown: tuple[str, ...] = ()


def network(workspace: Workspace, profile: Profile, *, as_of: date | None = None) -> Network:
    """Find who is tied to a profile's organisation.

    People are officers, directors and trustees of e-filed returns alone, two seats of a name being one person's only where that
    is likely at least; grants are those of foundations to organisations up to the end of the year of `as_of`.

    Raises
    ------
    LakeEmpty
    """
    day = as_of or workspace.as_of
    ties = ties_of(workspace.lake)
    boards = ties.boards(workspace.lake)
    ours = own_nodes(ties, profile)
    funding = ties.funding(day.year)
    return Network(
        profile,
        _shared_people(ties, boards, ours, profile),
        _cofunders(ties, ours, day.year),
        _central(ties, ours, day.year),
        {
            "organizations": len(ties.organizations), "people": boards.people, "people_on_several_boards": len(boards.sure),
            "seats": boards.seats, "lines_read": boards.mentions, "lines_without_a_person": boards.not_names,
            "funders": int((funding.grantees() > 0).sum()), "pairs": int(funding.by_recipient.nnz),
        },
        day,
        workspace.lake.id,
        tuple(_unknown(ties, boards, ours, profile, day)),
    )  # fmt: skip


def own_nodes(ties: Ties, profile: Profile) -> list[int]:
    """Return the nodes that are the profile's organisation: by its EIN, and by its name as grants have it in its state."""
    return ties.nodes_of(ein=profile.ein, name=profile.organization_name, states=[profile.state] if profile.state else [])


def network_answer(workspace: Workspace, profile: Profile, *, as_of: date | None = None) -> dict[str, Any]:
    """Return the same as plain values."""
    found = network(workspace, profile, as_of=as_of)
    tables = {name: getattr(found, name) for name in ("shared_people", "cofunders", "central_funders")}
    return {
        "profile_id": profile.profile_id, "as_of": found.as_of.isoformat(), "lake_version": found.lake_version,
        "counts": found.counts, "unknown": list(found.unknown),
        **{name: plain_rows(frame, RESULTS[name].columns) for name, frame in tables.items()},
    }  # fmt: skip


def funder_id(key: str) -> str:
    """Return the id of the candidate that a funder is: ``foundation:`` and its EIN or name."""
    return f"foundation:{key.removeprefix('ein:')}"


def grants_behind(funder_key: str, recipient: str | None = None) -> str:
    """Return where the grants of a funder stand, all or those to one recipient."""
    condition: dict[str, object] = {"table": "giving", "funder_key": funder_key}
    if recipient is not None:
        ein = recipient.startswith("ein:")
        condition |= {"recipient_ein": recipient[4:]} if ein else {"recipient_key": recipient}
    return json.dumps(condition)


def made(name: str, found: list[dict[str, Any]]) -> pd.DataFrame:
    """Make the table `name` of rows, its columns of the types that they have without rows."""
    import pandas as pd

    empty = empty_frame(name)
    if not found:
        return empty
    return pd.DataFrame(found, columns=list(empty.columns)).astype(empty.dtypes.to_dict())


def _shared_people(ties: Ties, boards: Boards, ours: list[int], profile: Profile) -> pd.DataFrame:
    import numpy as np

    mine, peers = np.asarray(ours, dtype=np.int64), _peers(ties, ours, profile)
    at_ours = np.flatnonzero(np.isin(boards.organization_of, mine))
    at_peers = np.flatnonzero(np.isin(boards.organization_of, peers))
    found = []
    for side, seats in (("you", at_ours), ("peer", at_peers)):
        for seat in seats:
            for other in boards.seats_of(int(boards.people_of[seat])):
                what = _what(ties, int(boards.organization_of[other]), peers, mine)
                # Among peers only what leads to a funder tells something; who of them sits where is their own affair.
                if other != seat and what != "you" and (side == "you" or what == "funder"):
                    found.append(_shared_row(ties, boards, int(seat), int(other), side, what))
    order = {"funder": 0, "peer": 1, "other": 2}
    found.sort(key=lambda row: (row["of"] != "you", order[row["other"]], -row["sure"], row["person_name"], row["other_key"]))
    return made("shared_people", found[:MOST_ROWS])


def _peers(ties: Ties, ours: list[int], profile: Profile) -> np.ndarray[Any, Any]:
    """Return the organisations of the profile's state and NTEE major groups, without its own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    majors = sorted({code[0] for code in profile.ntee_codes})
    if not majors or profile.state is None:
        return np.zeros(0, dtype=np.int64)
    known = ties.organizations
    alike = pc.and_(pc.equal(known["state"], profile.state), pc.is_in(known["ntee_major"], pa.array(majors)))
    return np.setdiff1d(np.flatnonzero(pc.fill_null(alike, False).to_numpy()), np.asarray(ours, dtype=np.int64))


def _what(ties: Ties, node: int, peers: np.ndarray[Any, Any], ours: np.ndarray[Any, Any]) -> str:
    import numpy as np

    if node in ours:
        return "you"
    if ties.organizations["funder"][node].as_py():
        return "funder"
    at = int(np.searchsorted(peers, node))
    return "peer" if at < len(peers) and peers[at] == node else "other"


def _shared_row(ties: Ties, boards: Boards, seat: int, other: int, side: str, what: str) -> dict[str, Any]:
    here, there = ((int(boards.organization_of[one]), boards.seat(one)) for one in (seat, other))
    sure = float(boards.sure[int(boards.people_of[seat])])
    both = {
        f"{prefix}_{name}": value
        for prefix, (node, told) in (("of", here), ("other", there))
        for name, value in {
            "key": ties.key(node), "name": ties.organization(node)["name"], "role": told["role"],
            "first_year": told["first_year"], "last_year": told["last_year"],
        }.items()
    }  # fmt: skip
    return {
        **both, "of": side, "other": what, "person_name": here[1]["name"], "sure": sure, "sure_class": sure_class(sure),
        "evidence": seats_behind([ties.key(node) for node, _ in (here, there)], [told["name"] for _, told in (here, there)]),
    }  # fmt: skip


def seats_behind(keys: list[str], names: list[str]) -> str:
    """Return where the lines of returns stand that name a person in organisations."""
    eins = [key.removeprefix("ein:") for key in keys]
    return json.dumps({"table": "people", "ein": eins, "person_name": sorted(set(names))})


def _cofunders(ties: Ties, ours: list[int], year: int) -> pd.DataFrame:
    import numpy as np

    funding, recipients = ties.funding(year), ties.recipients(ours)
    tied = funding.ties(recipients)
    order = np.lexsort((np.arange(len(tied)), -tied["tie"].to_numpy()))
    found = []
    for funder in order[tied["tie"].to_numpy()[order] > 0][:MOST_ROWS]:
        row = tied.iloc[int(funder)]
        shared = funding.shared_grantees(int(funder), recipients, most=NAMED)
        names = [ties.organization(int(ties.recipient_nodes[one]))["name"] for one in shared]
        found.append({
            **_funder(ties, int(funder)), "tie": float(row["tie"]), "shared_count": int(row["shared"]),
            "through_count": int(row["through"]), "grantees_count": int(row["grantees"]), "shared_names": names,
            "gave_to_you": bool(row["to_us"]),
        })  # fmt: skip
    return made("cofunders", found)


def _central(ties: Ties, ours: list[int], year: int) -> pd.DataFrame:
    import numpy as np

    funding = ties.funding(year)
    rank, grantees = funding.pagerank(), funding.grantees()
    mine = set(funding.funders_of(ties.recipients(ours)).tolist())
    order = np.lexsort((np.arange(len(rank)), -np.round(rank, 12)))
    found = [
        {
            **_funder(ties, int(funder)), "rank": place, "pagerank": float(rank[funder]), "grantees_count": int(grantees[funder]),
            "cofunders_count": funding.cofunders(int(funder)), "gave_to_you": int(funder) in mine,
        }
        for place, funder in enumerate(order[grantees[order] > 0][:CENTRAL], 1)
    ]  # fmt: skip
    return made("central_funders", found)


def _funder(ties: Ties, funder: int) -> dict[str, Any]:
    node = int(ties.funder_nodes[funder])
    key = ties.key(node)
    return {
        "candidate_id": funder_id(key), "funder_name": ties.organization(node)["name"],
        "funder_ein": key[4:] if key.startswith("ein:") else None, "evidence": grants_behind(key),
    }  # fmt: skip


def _unknown(ties: Ties, boards: Boards, ours: list[int], profile: Profile, day: date) -> list[str]:
    """Say what is not known of the ties of a profile, and why."""
    said = []
    if profile.ein is None:
        said.append("The profile has no EIN: its board is unknown, and grants to it are found by its name and state alone.")
    if not boards.mentions:
        said.append(
            "The lake has no officers of returns: who sits on which board is unknown. `catalynx ingest PATH` reads returns."
        )
    elif not boards.listed_at(ours):
        said.append("No return in the lake lists officers of the profile's organisation, so its board is unknown.")
    if not len(ties.pairs):
        said.append("The lake has no grants of foundations: who funds whom is unknown. `catalynx ingest PATH` reads grants.")
    elif not len(ties.funding(day.year).funders_of(ties.recipients(ours))):
        said.append("No grant of a foundation to the profile's organisation is on record, so it has no co-funders to compare.")
    return said
