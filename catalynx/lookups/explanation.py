"""Why one candidate stands where it does: what its score is made of, how it differs, what speaks for it and against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from catalynx import workflows
from catalynx.columns import RESULTS, rows
from catalynx.errors import NotFound
from catalynx.figures import wording
from catalynx.lookups.likelihood import HowLikely, how_likely, likelihoods_among
from catalynx.lookups.plain import plain_rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.rules import Rules
    from catalynx.workflows import Decided, Workspace


@dataclass(frozen=True, slots=True)
class Explanation:
    """One candidate explained.

    Attributes
    ----------
    decision : its row as ``columns.RESULTS["decisions"]`` in plain values, with the reasons for and against in sentences; of a
        foundation ``confidence_reason`` also says how wide the model's range is, or why there is none. It lowers no confidence:
        what is decided does not rest on the model
    parts : its criteria, the weightiest first: as ``columns.RESULTS["score_parts"]``, with ``question``, and how it differs from
        the median candidate of its track, as ``scoring.compare_with_middling`` says
    middling : the score of a candidate that is middling on each criterion known of this one; None when none is known
    compared_with : who the median is of, in words
    how_likely : of a foundation the chance that a new grant will be reported, of federal money how many applications were funded
    """

    decision: dict[str, Any]
    parts: pd.DataFrame
    middling: float | None
    compared_with: str
    how_likely: HowLikely
    lake_version: str
    as_of: date


def explain(
    workspace: Workspace, profile: Profile, candidate: str, *, as_of: date | None = None, rules: Rules | None = None
) -> Explanation:
    """Explain the score and the decision of one candidate.

    Parameters
    ----------
    candidate : its id, or words of its name that fit no other candidate

    Raises
    ------
    NotFound, LakeEmpty, LakeDamaged
    """
    decided = workflows.decide(workspace, profile, as_of=as_of, rules=rules)
    candidate_id = find_candidate(decided, candidate)
    return explained(decided, candidate_id, how_likely(likelihoods_among(workspace, decided), candidate_id))


def find_candidate(decided: Decided, candidate: str) -> str:
    """Return the id of the candidate that `candidate` names.

    Raises
    ------
    NotFound
        There is none, or words fit several: names the best ranked of them.
    """
    known = decided.decisions
    if (known["candidate_id"] == candidate).any():
        return candidate
    names = known["name"].str.casefold()
    fits = known[names == candidate.casefold().strip()]
    if fits.empty:
        fits = known
        for word in candidate.casefold().split():
            fits = fits[names.loc[fits.index].str.contains(word, regex=False)]
    if len(fits) == 1 and candidate.strip():
        return str(fits["candidate_id"].iloc[0])
    if fits.empty or not candidate.strip():
        raise NotFound("candidate", candidate, "`catalynx score` lists them; it may come from another version of the data.")
    named = ", ".join(f"{row['name']} ({row['candidate_id']})" for row in rows(fits.nsmallest(3, "rank")))
    raise NotFound("one candidate called", candidate, f"{len(fits):,} are, among them {named}.")


def explained(decided: Decided, candidate_id: str, likely: HowLikely) -> Explanation:
    """Explain a candidate of answers that are there already."""
    from catalynx.scoring import criteria, middling_score

    known = decided.candidates.set_index("candidate_id")
    tracks = known["track"]
    parts = decided.parts[decided.parts["candidate_id"] == candidate_id].sort_values(
        ["weight", "criterion"], ascending=[False, True]
    )
    questions = {name: criterion.question for name, criterion in criteria().items()}
    parts = parts.assign(question=parts["criterion"].map(questions)).reset_index(drop=True)
    row = decided.decisions[decided.decisions["candidate_id"] == candidate_id]
    decision = plain_rows(row, RESULTS["decisions"].columns)[0]
    if decision["kind"] == "foundation" and decision["eligibility"] != "fails":
        decision["confidence_reason"] += f"; {_range_of(likely)}"
    track = str(tracks[candidate_id])
    compared = (tracks == track) & (known["eligibility"] != "fails")
    among = f"the median of the {int(compared.sum()):,} {track} candidates that no hard rule excludes"
    return Explanation(decision, parts, middling_score(parts), among, likely, decided.lake_version, decided.rules.as_of)


def _range_of(likely: HowLikely) -> str:
    """Say how far apart the ends of the model's range are."""
    if likely.likelihood is None or not likely.likelihood_low:
        return f"how likely a new grant is, is {likely.says[:1].lower()}{likely.says[1:].rstrip('.')}"
    low, high = wording.chance(likely.likelihood_low), wording.chance(likely.likelihood_high)
    times = (likely.likelihood_high or 0.0) / likely.likelihood_low
    return f"the chance of a new grant on record is {low} to {high} nine times of ten, {times:,.1f} times apart"
