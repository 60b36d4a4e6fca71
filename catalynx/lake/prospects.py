"""Who could give: foundations, federal programs and opportunities of a snapshot, each with what is on record about it.

Only what lies on or before ``as_of`` counts. What holds for whoever asks is made once a snapshot and day, and kept; what the
applicant has received, and how near a candidate's giving is to it, is asked each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from catalynx.columns import RESULTS
from catalynx.lake.award_rates import with_award_rates, with_award_rates_of_listings
from catalynx.lake.giving_facts import GIFTS, GivingFacts, make_facts
from catalynx.lake.kept import kept
from catalynx.lake.purposes import PURPOSE_CHARACTERS, PurposeIndex, make_index

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

RECENT_YEARS = 10
"""How long an earlier gift says what a funder may give again: dollars and programs change."""

_TO_US = f"""
    WITH ours AS (SELECT * FROM ({GIFTS}) WHERE recipient_ein = $ein)
    SELECT funder_key, count(*) AS to_us_count,
        sum(amount_usd::DECIMAL(18, 2))::DOUBLE AS to_us_usd,
        count(*) FILTER (amount_usd > 0 AND year > $year - $recent) AS to_us_recent_count,
        quantile_cont(amount_usd, 0.50) FILTER (amount_usd > 0 AND year > $year - $recent) AS to_us_median_usd,
        max(year) AS to_us_last_year,
        to_json(list({{'year': year, 'amount_usd': amount_usd}} ORDER BY year DESC NULLS LAST, amount_usd DESC, gift_id))
            AS to_us_gifts
    FROM ours GROUP BY funder_key"""

_FOUNDATION_TEXT = """
    WITH texts AS (
        SELECT coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, year,
            concat_ws(' ', cause_area, purpose, recipient_name) AS text
        FROM grants WHERE recipient_kind <> 'individual' AND (year IS NULL OR year <= $year))
    SELECT funder_key, left(string_agg(text, '. ' ORDER BY year DESC NULLS LAST, text), $characters) AS purpose_text
    FROM texts GROUP BY funder_key"""

_RETURNS = """
    WITH dated AS (
        SELECT *, row_number() OVER (PARTITION BY ein ORDER BY period_end DESC NULLS LAST, return_id) AS nth
        FROM filings WHERE form = '990PF' AND canonical AND (period_end IS NULL OR period_end <= $day))
    SELECT now.ein AS funder_ein, now.state AS filed_state, now.preselected_only, now.application_form,
        now.application_deadlines, now.assets_fmv_usd, now.distributable_usd,
        now.qualifying_distributions_usd AS qualifying_usd,
        greatest(0, now.distributable_usd - now.qualifying_distributions_usd) AS shortfall_usd,
        CASE WHEN before.assets_fmv_usd > 0 THEN now.assets_fmv_usd / before.assets_fmv_usd END AS assets_change
    FROM dated AS now LEFT JOIN dated AS before ON before.ein = now.ein AND before.nth = 2
    WHERE now.nth = 1"""

_REGISTERED = """
    SELECT ein AS funder_ein, 'ein:' || ein AS funder_key, name AS funder_name, state AS registered_state,
        assets_usd AS book_usd, ntee_code AS funder_ntee_code, foundation_code AS funder_code,
        foundation_code = '04' AND assets_usd >= $assets AS is_local
    FROM organizations
    WHERE (foundation_code = '04' AND assets_usd >= $assets) OR ein IN (SELECT unnest($known::VARCHAR[]))
    ORDER BY assets_usd DESC NULLS LAST, ein"""

_SEASONS = """
    SELECT funder_key, to_json(map_from_entries(list((month, n) ORDER BY month))) AS season_counts
    FROM ({dated}) GROUP BY funder_key"""
_GRANT_MONTHS = """
    SELECT coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, month(date) AS month, count(*) AS n
    FROM grants
    WHERE date IS NOT NULL AND date_precision IN ('day', 'month') AND date <= $day AND recipient_kind <> 'individual'
    GROUP BY ALL"""
_CLOSING_MONTHS = """
    SELECT number AS funder_key, month(close_date) AS month, count(*) AS n
    FROM (SELECT close_date, unnest(assistance_listings) AS number FROM opportunities WHERE close_date <= $day) GROUP BY ALL"""

_PROGRAMS = """
    SELECT assistance_listing, title, agency, sub_agency, objective, applicant_types, beneficiary_types,
        assistance_types, fiscal_year,
        (SELECT max(fiscal_year) FROM program_obligations o WHERE o.assistance_listing = p.assistance_listing
            AND o.fiscal_year <= $year
            AND greatest(coalesce(actual_usd, 0), coalesce(usaspending_usd, 0), coalesce(estimate_usd, 0)) > 0)
            AS last_money_year,
        (SELECT arg_max(coalesce(actual_usd, usaspending_usd, estimate_usd), fiscal_year) FROM program_obligations o
            WHERE o.assistance_listing = p.assistance_listing AND o.fiscal_year <= $year
            AND coalesce(actual_usd, usaspending_usd, estimate_usd) > 0) AS last_money_usd
    FROM programs p WHERE objective IS NOT NULL ORDER BY assistance_listing"""
# Actual money only: what was estimated for a year to come says nothing of how the money goes.
_OBLIGATED = """
    WITH spent AS (
        SELECT assistance_listing, fiscal_year, coalesce(actual_usd, usaspending_usd) AS usd FROM program_obligations
        WHERE fiscal_year < $year AND coalesce(actual_usd, usaspending_usd) > 0)
    SELECT assistance_listing, arg_max(usd, fiscal_year) AS obligated_usd,
        CASE WHEN count(*) >= 2 THEN arg_max(usd, fiscal_year) / arg_min(usd, fiscal_year) END AS giving_change
    FROM spent GROUP BY ALL"""

_OPPORTUNITIES = (
    "SELECT * FROM opportunities WHERE posted_date IS NULL OR posted_date <= $day OR stage = 'forecast' ORDER BY opportunity_id"
)

type Tell = Callable[[pd.DataFrame], pd.DataFrame]

LOCAL_FOUNDATION_ASSETS_USD = 1_000_000.0
"""A foundation of which only the master file is known is listed from these assets on; its payout rule gives some $50,000."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who asks: what of its giving is near to it is counted.

    Attributes
    ----------
    ein : the applicant's own, to count what it received before; None when unknown
    states : two-letter states it works in
    ntee_codes : its NTEE codes, a letter alone for a whole major group
    mission : what it does, in words
    """

    ein: str | None = None
    states: tuple[str, ...] = ()
    ntee_codes: tuple[str, ...] = ()
    mission: str = ""


def foundations(lake: Snapshot, seeker: Seeker, *, as_of: date, told: bool = True, tell: Tell | None = None) -> pd.DataFrame:
    """Return the foundations with grants on record, and private foundations based in the seeker's states of which no grant is.

    Parameters
    ----------
    told : name the words that mission and purposes share; without, ``mission_words`` is missing, see `shared_words`
    tell : adds columns that hold for whoever asks, made once with the candidates

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without track and eligibility, and the extra columns ``based_in`` (state),
    ``funder_ntee_code``, ``funder_code``
    """
    base = kept(lake, _base, _foundations, tell, as_of)
    facts = kept(lake, make_facts, "foundation", as_of.year)
    found = _near(lake, base, facts, "foundation", seeker, as_of, told)
    on_record = base.places >= 0
    wanted = on_record | base.frame["based_in"].isin(list(seeker.states)).to_numpy(dtype=bool)
    if seeker.ein is not None and f"ein:{seeker.ein}" in base.keys:
        own = base.keys.get_loc(f"ein:{seeker.ein}")
        wanted[own] = on_record[own]
    return found if wanted.all() else found[wanted].reset_index(drop=True)


def programs(lake: Snapshot, seeker: Seeker, *, as_of: date, told: bool = True, tell: Tell | None = None) -> pd.DataFrame:
    """Return the federal assistance programs, with what awards of the lake say of them.

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without track and eligibility, and the extra columns ``applicant_types``,
    ``assistance_types`` (lists), ``last_money_year``, ``last_money_usd``
    """
    base, facts = kept(lake, _base, _programs, tell, as_of), kept(lake, make_facts, "federal", as_of.year)
    return _near(lake, base, facts, "federal", seeker, as_of, told)


def opportunities(lake: Snapshot, seeker: Seeker, *, as_of: date, told: bool = True, tell: Tell | None = None) -> pd.DataFrame:
    """Return the announced and forecast opportunities that were known on `as_of`.

    Returns
    -------
    rows as in ``columns.RESULTS["candidates"]`` without track and eligibility, and the extra columns ``applicant_types``,
    ``instruments`` (lists of codes), ``stage``, ``cost_sharing``, ``eligibility_text``
    """
    base = kept(lake, _base, _opportunities, tell, as_of)
    return _worded(lake, base, base.frame, seeker, as_of, told)


def shared_words(lake: Snapshot, candidate_ids: pd.Series, mission: str, *, as_of: date) -> list[str]:
    """Name the words of `mission` that weigh most in the purposes of each candidate; empty without any."""
    import numpy as np

    index = kept(lake, make_index, as_of)
    asked = candidate_ids.to_numpy(dtype=object)
    places = np.searchsorted(index.candidate_ids, asked)
    places[places == len(index.candidate_ids)] = -1
    return index.tell(mission, np.where(index.candidate_ids[places] == asked, places, -1) if len(index.candidate_ids) else places)


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """Candidates of one kind without what depends on who asks.

    Attributes
    ----------
    keys : their funder keys
    places, texts : where each stands among the facts of giving, and in the index of purposes; -1 nowhere
    """

    frame: pd.DataFrame
    keys: pd.Index
    places: np.ndarray[Any, Any]
    texts: np.ndarray[Any, Any]


def _base(lake: Snapshot, make: Callable[[Snapshot, date], pd.DataFrame], tell: Tell | None, as_of: date) -> _Base:
    import numpy as np
    import pandas as pd

    made = make(lake, as_of)
    places = made["place"].astype("Float64").fillna(-1).to_numpy(dtype=np.int64) if "place" in made else np.empty(0, np.int64)
    keys = pd.Index(made["funder_key"]) if "funder_key" in made else pd.Index([])
    frame = made.drop(columns=["funder_key", "place"], errors="ignore")
    texts = _places(kept(lake, make_index, as_of), frame["candidate_id"])
    return _Base(frame if tell is None else frame.join(tell(frame)), keys, places, texts)


def _foundations(lake: Snapshot, as_of: date) -> pd.DataFrame:
    import pandas as pd

    facts = kept(lake, make_facts, "foundation", as_of.year)
    history = facts.frame.assign(place=range(len(facts.frame)))
    known_eins = [ein for ein in history["funder_ein"] if isinstance(ein, str)]
    registered = lake.sql(_REGISTERED, {"assets": LOCAL_FOUNDATION_ASSETS_USD, "known": known_eins})
    local = registered[registered["is_local"].fillna(False) & ~registered["funder_key"].isin(history["funder_key"])]
    found = pd.concat([history, local[["funder_key", "funder_name", "funder_ein"]]], ignore_index=True)
    texts = lake.sql(_FOUNDATION_TEXT, {"year": as_of.year, "characters": PURPOSE_CHARACTERS})
    found = found.merge(texts, on="funder_key", how="left")
    found = found.merge(registered.drop(columns=["funder_key", "funder_name", "is_local"]), on="funder_ein", how="left")
    found = found.merge(lake.sql(_RETURNS, {"day": as_of}), on="funder_ein", how="left")
    found = found.merge(lake.sql(_SEASONS.format(dated=_GRANT_MONTHS), {"day": as_of}), on="funder_key", how="left")
    found["based_in"] = found["registered_state"].fillna(found["filed_state"])
    found["assets_usd"] = found["assets_fmv_usd"].fillna(found["book_usd"])
    found["kind"], found["name"] = "foundation", found["funder_name"]
    found["candidate_id"] = "foundation:" + found["funder_key"].str.replace("ein:", "", regex=False)
    found["evidence"] = [
        _evidence("grants", funder_ein=ein) if isinstance(ein, str) else _evidence("grants", funder_name=name)
        for ein, name in zip(found["funder_ein"], found["funder_name"], strict=True)
    ]
    return _shaped(found, "based_in", "funder_ntee_code", "funder_code", "funder_key", "place")


def _programs(lake: Snapshot, as_of: date) -> pd.DataFrame:
    facts = kept(lake, make_facts, "federal", as_of.year)
    history = facts.frame.assign(place=range(len(facts.frame))).drop(columns=["funder_name", "funder_ein", "giving_change"])
    found = lake.sql(_PROGRAMS, {"year": as_of.year})
    found = found.merge(history, left_on="assistance_listing", right_on="funder_key", how="left")
    found["funder_key"] = found["assistance_listing"]
    found = found.merge(lake.sql(_OBLIGATED, {"year": as_of.year}), on="assistance_listing", how="left")
    found = found.merge(lake.sql(_SEASONS.format(dated=_CLOSING_MONTHS), {"day": as_of}), on="funder_key", how="left")
    found = with_award_rates(lake, found, as_of=as_of)
    found["kind"], found["name"] = "program", found["title"]
    found["funder_name"] = found["agency"]
    found["candidate_id"] = "program:" + found["assistance_listing"]
    found["purpose_text"] = found["title"] + ". " + found["objective"].fillna("")
    found["evidence"] = [_evidence("awards", assistance_listing=number) for number in found["assistance_listing"]]
    return _shaped(found, "applicant_types", "assistance_types", "last_money_year", "last_money_usd", "funder_key", "place")


def _opportunities(lake: Snapshot, as_of: date) -> pd.DataFrame:
    found = with_award_rates_of_listings(lake, lake.sql(_OPPORTUNITIES, {"day": as_of}), as_of=as_of)
    found["kind"], found["name"] = "opportunity", found["title"]
    found["funder_name"] = found["agency"].fillna(found["agency_code"])
    found["candidate_id"] = "opportunity:" + found["opportunity_id"]
    found["purpose_text"] = found["title"] + ". " + found["description"].fillna("")
    found["deadline"], found["deadline_estimated"] = found["close_date"], found["dates_estimated"]
    found["evidence"] = [_evidence("opportunities", opportunity_id=number) for number in found["opportunity_id"]]
    return _shaped(found, "applicant_types", "instruments", "stage", "cost_sharing", "eligibility_text")


def _near(lake: Snapshot, base: _Base, facts: GivingFacts, track: str, seeker: Seeker, as_of: date, told: bool) -> pd.DataFrame:
    """Add what the seeker received, and how many grants went to its states and fields."""
    import numpy as np

    if base.frame.empty:
        return base.frame
    has = base.places >= 0
    columns: dict[str, Any] = {}
    for name, values in facts.near(set(seeker.states), seeker.ntee_codes).items():
        column = np.full(len(has), np.nan) if values.dtype.kind == "f" else np.full(len(has), None, dtype=object)
        column[has] = values[base.places[has]]
        columns[name] = column
    columns |= _received(lake, base, track, seeker, as_of)
    return _worded(lake, base, base.frame.assign(**columns), seeker, as_of, told)


def _received(lake: Snapshot, base: _Base, track: str, seeker: Seeker, as_of: date) -> dict[str, Any]:
    """Return what the seeker received from each; of a funder with gifts on record, none to the seeker, it is none."""
    import numpy as np
    import pandas as pd

    ours = lake.sql(_TO_US, {"track": track, "year": as_of.year, "ein": seeker.ein, "recent": RECENT_YEARS})
    at = base.keys.get_indexer(pd.Index(ours["funder_key"]))
    columns: dict[str, Any] = {}
    for name in ours.columns.drop("funder_key"):
        is_text = name == "to_us_gifts"
        column = np.full(len(base.keys), None, dtype=object) if is_text else np.full(len(base.keys), np.nan)
        if name in {"to_us_count", "to_us_recent_count"}:
            column[base.places >= 0] = 0
        told = (
            ours[name].astype(object).to_numpy() if is_text else ours[name].astype("Float64").to_numpy("float64", na_value=np.nan)
        )
        column[at[at >= 0]] = told[at >= 0]
        columns[name] = column
    return columns


def _worded(lake: Snapshot, base: _Base, found: pd.DataFrame, seeker: Seeker, as_of: date, told: bool) -> pd.DataFrame:
    """Add how much the seeker's mission weighs in the purposes."""
    import numpy as np

    index = kept(lake, make_index, as_of)
    weighed = index.weigh(seeker.mission)
    if weighed is None:
        return found
    there = base.texts >= 0
    match, words = np.full(len(found), np.nan), np.full(len(found), np.nan)
    match[there], words[there] = weighed[0][base.texts[there]], weighed[1][base.texts[there]]
    found = found.assign(mission_match=match, mission_words_count=words)
    return found.assign(mission_words=index.tell(seeker.mission, base.texts)) if told else found


def _places(index: PurposeIndex, candidate_ids: pd.Series) -> np.ndarray:
    import pandas as pd

    return pd.Index(index.candidate_ids).get_indexer(pd.Index(candidate_ids))


def _shaped(found: pd.DataFrame, *extra: str) -> pd.DataFrame:
    """Keep the columns of a candidate; what a kind has no notion of is missing."""
    later = {"eligibility", "eligibility_reason", "marks", "track", "track_reason"}
    names = [name for name in RESULTS["candidates"].names if name not in later]
    return found.reindex(columns=[*names, *extra])


def _evidence(table: str, **condition: str) -> str:
    return json.dumps({"table": table, **condition})
