"""May we apply at all? Hard rules with their reasons, apart from any preference; and marks for what to know first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.columns import require
from catalynx.columns.ntee_majors import spelled_fields
from catalynx.scoring.counts import counted
from catalynx.scoring.named_applicants import formula_to_states, named_others
from catalynx.scoring.named_states import spelled_states, states_named
from catalynx.scoring.size_limits import size_limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from catalynx.rules import Applicant, Rules

NONPROFIT_WORDS = ("nonprofit", "non-profit", "anyone/general public", "unrestricted")
GRANT_WORDS = ("grant", "cooperative agreement")
APPLICANT_TYPES = {
    "00": "state governments", "01": "county governments", "02": "city or township governments", "04": "special districts",
    "05": "independent school districts", "06": "public institutions of higher education",
    "07": "federally recognised tribal governments", "08": "public housing authorities", "11": "other tribal organisations",
    "12": "nonprofits with 501(c)(3) status",
    "13": "nonprofits without 501(c)(3) status", "20": "private institutions of higher education", "21": "individuals",
    "22": "for-profit organisations", "23": "small businesses", "25": "others, as the announcement says", "99": "anyone",
}  # fmt: skip
"""Codes of Grants.gov for who may apply [HHS/simpler-grants-gov, lookup constants]."""
OPEN_UNSTATED = "25"
HIGHER_EDUCATION = ("B4", "B5")
"""NTEE codes of colleges, universities and graduate schools, which apply under code 20."""
GRANT_INSTRUMENTS = frozenset({"G", "CA"})

READ = (
    "kind", "name", "funder_name", "purpose_text", "eligibility_text", "to_us_count", "assistance_types", "applicant_types",
    "deadline",
    "instruments", "stage", "cost_sharing", "preselected_only", "application_deadlines", "floor_usd", "based_in", "grants_count",
    "here_count", "field_major_count", "last_year",
)  # fmt: skip
"""What the rules and marks read of a candidate."""

Verdict = tuple[str, str]


def judge_eligibility(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Ask the hard rules of every candidate.

    Parameters
    ----------
    candidates : as ``columns.RESULTS["candidates"]``; uses ``applicant_types``, ``assistance_types``, ``instruments``, ``stage``,
        ``cost_sharing``, ``preselected_only``, ``based_in``, ``eligibility_text`` where they are there

    Returns
    -------
    frame on the candidates' index: ``eligibility`` (passes, fails, unknown), ``eligibility_reason``, ``marks`` (list of text)
    """
    import pandas as pd

    require(candidates, {"kind", "name", "deadline", "last_year", "grants_count"}, name="candidates")
    judge_kind = {"foundation": _foundation, "program": _program, "opportunity": _opportunity}
    rows = candidates[[name for name in READ if name in candidates]].to_dict("records")
    verdicts = [
        _wanted(row, applicant) or _meant_for(row, applicant, judge_kind[row["kind"]](row, applicant, rules)) for row in rows
    ]
    return pd.DataFrame(
        {
            "eligibility": [verdict for verdict, _ in verdicts],
            "eligibility_reason": [reason for _, reason in verdicts],
            "marks": [_marks(row, applicant, rules) for row in rows],
        },
        index=candidates.index,
    )


def _wanted(row: dict, applicant: Applicant) -> Verdict | None:
    if row["kind"] not in applicant.kinds:
        return "fails", f"the profile does not want {row['kind']} funding"
    if row["kind"] != "foundation" and not applicant.accepts_government_money:
        return "fails", "the profile does not accept government money"
    return None


def _meant_for(row: dict, applicant: Applicant, verdict: Verdict) -> Verdict:
    """Take back a pass, or fill in an unknown, where the title or the text names others than the applicant."""
    if row["kind"] == "foundation" or verdict[0] == "fails" or _times_to_us(row):
        # Who was given to before may receive, whatever the title says.
        return verdict
    texts = (row.get(name) for name in ("eligibility_text", "purpose_text"))
    text = next((text for text in texts if isinstance(text, str)), "")
    agency = row["funder_name"] if isinstance(row.get("funder_name"), str) else ""
    if others := named_others(str(row["name"]), text.removeprefix(f"{row['name']}. "), agency, applicant):
        return others
    if limited := _limited(row, applicant):
        return limited
    if formula_to_states(_texts(row.get("assistance_types")), _texts(row.get("applicant_types"))):
        return "unknown", "its money goes out by formula, and states are among those it goes to; read whether others apply at all"
    return verdict


def _times_to_us(row: dict) -> int:
    import pandas as pd

    return 0 if pd.isna(row.get("to_us_count")) else int(row["to_us_count"])


def _foundation(row: dict, applicant: Applicant, rules: Rules) -> Verdict:
    if applicant.is_501c3:
        return "passes", "foundations may give to a 501(c)(3) organisation"
    if applicant.is_501c3 is None:
        return "unknown", "the profile does not say whether the organisation is a 501(c)(3)"
    return "unknown", "the organisation is not a 501(c)(3): a foundation must then control how its money is used; ask first"


def _program(row: dict, applicant: Applicant, rules: Rules) -> Verdict:
    types, assistance = _texts(row.get("applicant_types")), _texts(row.get("assistance_types"))
    if assistance and not _any_word(assistance, GRANT_WORDS):
        return "fails", f"it gives no grants, but {'; '.join(assistance)}"
    if not types:
        return "unknown", "the listing does not say who may apply"
    # "Public nonprofit institution" is a body of government; a 501(c)(3) applies under the private kind.
    private = [text for text in types if _any_word([text], NONPROFIT_WORDS) and not text.lower().startswith("public nonprofit")]
    if not private:
        return "fails", f"open to {'; '.join(types)} only"
    return _by_status(private, applicant)


def _by_status(private: list[str], applicant: Applicant) -> Verdict:
    """Compare the kinds of nonprofit that a listing names with the applicant's status."""
    if applicant.is_501c3:
        fitting = [text for text in private if "without 501c3" not in text.lower()]
        return (
            ("passes", f"open to {fitting[0]}")
            if fitting
            else ("fails", f"open to {'; '.join(private)} only, and you are a 501(c)(3)")
        )
    if applicant.is_501c3 is None:
        return "unknown", f"open to {private[0]}; the profile does not say that the organisation is one"
    fitting = [text for text in private if "with 501c3" not in text.lower()]
    if not fitting:
        return "fails", f"open to {private[0]} only, and the organisation is not a 501(c)(3)"
    return "unknown", f"open to {fitting[0]}; a nonprofit without 501(c)(3) status may be one: read the announcement"


def _opportunity(row: dict, applicant: Applicant, rules: Rules) -> Verdict:
    import pandas as pd

    deadline = row["deadline"]
    if not pd.isna(deadline) and pd.Timestamp(deadline).date() < rules.as_of:
        return "fails", f"closed on {pd.Timestamp(deadline):%-d %b %Y}"
    if row.get("stage") in {"closed", "archived"}:
        return "fails", f"{row['stage']} when it was published"
    instruments, codes = _texts(row.get("instruments")), set(_texts(row.get("applicant_types")))
    if instruments and not GRANT_INSTRUMENTS & set(instruments):
        return "fails", f"no grant or cooperative agreement, but {', '.join(instruments)}"
    if row.get("cost_sharing") is True and applicant.cost_sharing_ok is False:
        return "fails", "requires cost sharing, which the profile rules out"
    return _by_codes(codes, applicant)


def _by_codes(codes: set[str], applicant: Applicant) -> Verdict:
    """Compare the applicant types of Grants.gov with what the profile says of the organisation."""
    if not codes:
        return "unknown", "the listing at hand does not say who may apply; read the announcement"
    status = applicant.is_501c3
    ours = {"99"} | {"12" if status else "13"} if status is not None else {"99"}
    if any(code.startswith(HIGHER_EDUCATION) for code in applicant.ntee_codes):
        ours.add("20")
    if common := codes & ours:
        return "passes", "open to " + next(APPLICANT_TYPES[code] for code in ("12", "13", "20", "99") if code in common)
    if status is None and codes & {"12", "13"}:
        open_to = " and ".join(APPLICANT_TYPES[code] for code in sorted(codes & {"12", "13"}))
        return "unknown", f"open to {open_to}; the profile does not say whether the organisation has that status"
    if OPEN_UNSTATED in codes:
        return "unknown", "depends on the announcement's own text on eligibility (applicant type 25)"
    told = "; ".join(f"{APPLICANT_TYPES.get(code, 'type')} ({code})" for code in sorted(codes))
    missing = {
        True: "nonprofits with 501(c)(3) status (12)",
        False: "nonprofits without 501(c)(3) status (13)",
        None: "nonprofits",
    }
    return "fails", f"open to {told} only; {missing[status]} are not among them"


def _limited(row: dict, applicant: Applicant) -> Verdict | None:
    """Ask the limits on the applicant's size and state that a text or title states."""
    text = row.get("eligibility_text")
    if isinstance(text, str) and (limit := size_limit(text, applicant.annual_revenue_usd)):
        return limit
    named = states_named(str(row["name"])) if row["kind"] == "opportunity" else ()
    if named and applicant.states and not set(named) & set(applicant.states):
        return "unknown", f"its title names {spelled_states(named)}; read whether applicants elsewhere may apply"
    return None


def _marks(row: dict, applicant: Applicant, rules: Rules) -> list[str]:
    marks = []
    if row.get("preselected_only") is True:
        marks.append("gives only to preselected charities and takes no unsolicited requests")
    if isinstance(row.get("application_deadlines"), str):
        marks.append(f"its return says when to apply: {' '.join(row['application_deadlines'].split())[:120]}")
    if row["kind"] == "foundation":
        marks += _foundation_marks(row, applicant, rules)
    if row.get("stage") == "forecast":
        marks.append("forecast, not yet open; its dates are estimates")
    if row.get("cost_sharing") is True:
        asked = "; the profile does not say whether you can share costs" if applicant.cost_sharing_ok is None else ""
        marks.append(f"requires cost sharing or matching{asked}")
    floor, most = row.get("floor_usd"), applicant.ask_max_usd
    if floor is not None and floor == floor and most and floor > most:
        marks.append(f"its smallest award, ${floor:,.0f}, is more than you would ask for")
    if times := _times_to_us(row):
        marks.insert(0, f"has given to you {'once' if times == 1 else counted(times, 'time')} on record")
    return marks


def _foundation_marks(row: dict, applicant: Applicant, rules: Rules) -> list[str]:
    import pandas as pd

    marks = []
    if isinstance(row.get("based_in"), str) and row["based_in"] in applicant.states:
        marks.append(f"based in {row['based_in']}")
    if pd.isna(row["grants_count"]):
        return [*marks, "none of its grants is in the lake: its return (Form 990-PF) would show them"]
    if applicant.states and not row.get("here_count", 0) > 0:
        marks.append(f"no grant to {'/'.join(applicant.states)} is known")
    if applicant.ntee_majors and not row.get("field_major_count", 0) > 0:
        marks.append(f"no grant to {spelled_fields(applicant.ntee_majors)} is known")
    if not pd.isna(row["last_year"]) and rules.as_of.year - row["last_year"] > rules.quiet_years:
        marks.append(f"no grant on record since {row['last_year']:.0f}: check that it still gives")
    return marks


def _texts(value: Iterable[str] | None) -> list[str]:
    return [] if value is None or isinstance(value, float) else [text for text in value if text]


def _any_word(texts: list[str], words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for text in texts for word in words)
