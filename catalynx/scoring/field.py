"""Does it fund our field? Past grants by NTEE code: our own, its decile, its major group, and groups funded together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns.ntee_majors import spelled_fields
from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number, unknown

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_KNOWN = 10
LEAST_KNOWN_SHARE = 0.5
"""Below so many grants, or half of all, the fields known are those of organisations in the lake: no sample of the whole."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the share of grants near the applicant's field: 0 % gives 0, ``full_at_pct`` and more give 1.

    A grant counts ``same_code`` for the applicant's own code, ``same_decile`` for its decile (A50 and A51), ``same_major`` for
    its
    major group, and ``same_major`` times relatedness for another group, as measured on who funds both
    (`catalynx.lake.relatedness`). What the profile does not tell cannot be missed: with a decile alone this counts as the code
    does, with a letter alone the whole group. Unknown where the recipient's field is known for fewer than ``LEAST_KNOWN``
    grants or
    ``LEAST_KNOWN_SHARE`` of all, or without an NTEE code in the profile.
    """
    if not applicant.ntee_majors:
        return unknown(candidates)
    limits = rules.limits
    finest = max((len(code) for code in applicant.ntee_codes), default=1)
    same = limits["field.same_code"]
    decile = limits["field.same_decile"] if finest >= 3 else same
    major = limits["field.same_major"] if finest >= 2 else same
    code, tens, group = (number(candidates, f"field_{name}_count").fillna(0) for name in ("code", "decile", "major"))
    tens = tens.clip(lower=code)
    near = (
        same * code
        + decile * (tens - code)
        + major * (group - tens).clip(lower=0)
        + major * number(candidates, "field_related").fillna(0)
    )
    known, total = number(candidates, "field_known_count"), number(candidates, "grants_count")
    enough = (known >= LEAST_KNOWN) & (known >= LEAST_KNOWN_SHARE * total)
    return (100 * near / known / limits["field.full_at_pct"]).where(enough).clip(0, 1)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    total, known = row["grants_count"], int(row["field_known_count"] or 0)
    if not applicant.ntee_majors:
        return "unknown: the profile has no NTEE code"
    if not total:
        return "unknown: no grants on record"
    if row["value"] is None:
        return f"unknown: of {counted(total, 'grant')} on record the recipient's field is known for {known:,} only"
    code, tens, group = (int(row[f"field_{name}_count"] or 0) for name in ("code", "decile", "major"))
    said = f"{group:,} of the {counted(known, 'grant')} whose field is known ({known / total:.0%} of all) went to "
    said += spelled_fields(applicant.ntee_majors)
    nearer = [f"{count:,} to {what}" for count, what in ((code, "your own code"), (tens - code, "codes next to it")) if count > 0]
    related = row["field_related"] or 0
    if related >= 1 and isinstance(row["field_related_to"], str):
        nearer.append(
            f"others went to fields that are funded together with it, mainly {spelled_fields([row['field_related_to']])}"
        )
    return f"{said}: {', '.join(nearer)}" if nearer else said


CRITERION = made_of(
    "field", "Does it fund our field?", ("field_known_count", "field_major_count", "grants_count"), values, _tell,
    also=("field_code_count", "field_decile_count", "field_related", "field_related_to"), applies=is_no_opportunity,
)  # fmt: skip
