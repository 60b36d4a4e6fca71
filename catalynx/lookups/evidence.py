"""The rows of the lake behind one candidate, and behind one number of its score."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.columns import RESULTS, empty_frame
from catalynx.errors import BadParameter, NotFound

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.score_rows import Asking
    from catalynx.records.profile import Profile
    from catalynx.rules import Applicant, Rules
    from catalynx.workflows import Decided, Workspace

MOST_ROWS: Final = 5_000


def evidence(
    workspace: Workspace,
    row: Mapping[str, object] | pd.Series,
    *,
    profile: Profile | None = None,
    limit: int = 1000,
    as_of: date | None = None,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Return the rows of the lake behind a candidate or behind one number of its score, each with source, file and place.

    Parameters
    ----------
    row : a row of candidates or decisions; or of score parts, whose ``candidate_id`` and ``criterion`` are read
    profile : for whom; a number of a score needs one, since whose grants are near to whom decides what counts
    limit : the nearest rows come first, and no more than this
    as_of, rules : those that the score was made with, where they are not the workspace's own

    Returns
    -------
    for a candidate what `catalynx.workflows.evidence` says; for a number rows as ``columns.RESULTS["score_evidence"]``

    Raises
    ------
    BadParameter, NotFound, LakeEmpty
    """
    if "criterion" not in row:
        return workflows.evidence(workspace, row, profile=profile, limit=limit)
    if profile is None:
        raise BadParameter("profile", None, "a profile: what a number rests on depends on whose score it is in")
    decided = workflows.decide(workspace, profile, as_of=as_of, rules=rules)
    return score_evidence(workspace, decided, [str(row["candidate_id"])], [str(row["criterion"])], each=limit)


def evidence_of(
    workspace: Workspace, profile: Profile, candidate_id: str, criterion: str | None = None, *, as_of: date | None = None
) -> pd.DataFrame:
    """Return the rows behind a candidate of a profile, or behind one number of its score.

    Raises
    ------
    BadParameter
        There is no such criterion.
    NotFound
        The lake's current version gives the profile no such candidate.
    """
    decided = workflows.decide(workspace, profile, as_of=as_of)
    found = decided.decisions[decided.decisions["candidate_id"] == candidate_id]
    if found.empty:
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    if criterion is not None:
        return score_evidence(workspace, decided, [candidate_id], [criterion], each=MOST_ROWS)
    return workflows.evidence(workspace, found.iloc[0], profile=profile, limit=MOST_ROWS)


def score_evidence(
    workspace: Workspace, decided: Decided, candidate_ids: Iterable[str], criteria: Iterable[str] | None = None, *, each: int
) -> pd.DataFrame:
    """Return the rows that numbers of several candidates rest on, at most `each` for one number, the nearest first.

    Parameters
    ----------
    criteria : names, ``eligibility`` among them; None is eligibility and, of each candidate, those that have a value in its score

    Returns
    -------
    rows as ``columns.RESULTS["score_evidence"]``, by candidate and criterion; none where nothing is known

    Raises
    ------
    BadParameter, NotFound
    """
    import pandas as pd

    from catalynx.scoring.rests_on import ELIGIBILITY, RESTS_ON

    names = list(RESTS_ON) if criteria is None else list(criteria)
    for name in names:
        if name not in RESTS_ON:
            raise BadParameter("criterion", name, f"one of {', '.join(RESTS_ON)}")
    wanted = list(dict.fromkeys(candidate_ids))
    known = decided.candidates[decided.candidates["candidate_id"].isin(wanted)]
    for candidate_id in set(wanted) - set(known["candidate_id"]):
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    candidates, asking = known.to_dict("records"), asking_of(decided)
    parts = decided.parts[decided.parts["value"].notna()]
    with_value = set(zip(parts["criterion"], parts["candidate_id"], strict=True))
    found = []
    for name in names:
        every = criteria is not None or name == ELIGIBILITY
        asked = [one for one in candidates if every or (name, one["candidate_id"]) in with_value]
        found.append(_behind(workspace, name, asked, asking, each))
    found = [rows for rows in found if len(rows)]
    blank = empty_frame("score_evidence")
    if not found:
        return blank
    joined = pd.concat(found, ignore_index=True)[RESULTS["score_evidence"].names].astype(blank.dtypes.to_dict())
    place = {candidate_id: number for number, candidate_id in enumerate(wanted)}
    order = joined["candidate_id"].map(place).argsort(kind="stable")
    return joined.iloc[order].reset_index(drop=True)


def asking_of(decided: Decided) -> Asking:
    """Return for whom a score was made, as the rows behind it are asked for."""
    from catalynx.lake.score_rows import Asking

    applicant = workflows.applicant_of(decided.profile)
    wishes = [usd for usd in (applicant.ask_min_usd, applicant.ask_max_usd) if usd]
    revenue = applicant.annual_revenue_usd
    return Asking(
        decided.rules.as_of, applicant.ein, applicant.states, applicant.ntee_codes,
        _own_keys(applicant),
        math.exp(sum(map(math.log, wishes)) / len(wishes)) if wishes and min(wishes) > 0 else None,
        revenue if revenue and revenue > 0 else None,
    )  # fmt: skip


def _own_keys(applicant: Applicant) -> tuple[str, ...]:
    """Return the keys under which gifts to an applicant stand: its EIN, and its name in its one state."""
    import pandas as pd

    from catalynx.lake.names import recipient_key

    keys = [] if applicant.ein is None else [f"ein:{applicant.ein}"]
    if applicant.name.strip() and len(applicant.states) == 1:
        named = recipient_key(pd.Series([applicant.name]), pd.Series(applicant.states), pd.Series([None], dtype="str"))
        keys += named.dropna().tolist()
    return tuple(keys)


def _behind(workspace: Workspace, criterion: str, candidates: list[dict[Any, Any]], asking: Asking, each: int) -> pd.DataFrame:
    """Ask the grounds of a criterion one after the other, each for the candidates that have no rows yet."""
    import pandas as pd

    from catalynx.lake.score_rows import score_rows
    from catalynx.scoring.rests_on import grounds_of

    left = {str(one["candidate_id"]): (one, list(grounds_of(criterion, one))) for one in candidates}
    found = []
    while left := {key: (one, grounds) for key, (one, grounds) in left.items() if grounds}:
        one, grounds = next(iter(left.values()))
        ground, kind = grounds[0], one["kind"]
        asked = [other for other, theirs in left.values() if theirs[0] == ground and other["kind"] == kind]
        rows = score_rows(workspace.lake, ground.way, asked, asking, fields=ground.fields, limit=each)
        found.append(rows)
        for other in asked:
            left[str(other["candidate_id"])][1].pop(0)
        for key in set(rows["candidate_id"]):
            left[str(key)][1].clear()
    found = [rows for rows in found if len(rows)]
    return pd.concat(found, ignore_index=True).assign(criterion=criterion) if found else empty_frame("score_evidence")
