"""The data sets of the back-test, out of what a lake holds: foundations' lists, NEH awards, single audits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalynx.lake.names import parse
from catalynx.likelihood.fields import told_by_names
from catalynx.likelihood.world import World, make_world

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake import Snapshot


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set: its letter, what it is, how it is read, and the window and origins that fit it.

    Attributes
    ----------
    window : years after the origin in which new pairs count
    origin : the last year that is known when none is asked for; the data thin out after its window
    tables : tables of the lake that it is made of
    """

    letter: str
    title: str
    load: Callable[[Snapshot], World]
    window: int
    origin: int
    tables: tuple[str, ...]


_FOUNDATION_GIFTS = """
    SELECT recipient_key AS recipient, funder_key AS funder, giving.year, giving.amount_usd,
        concat_ws('. ', grants.purpose, grants.cause_area) AS text, giving.recipient_name AS name,
        giving.recipient_state AS state, grants.recipient_city AS city, giving.ntee_major, NULL::VARCHAR AS kind,
        giving.funder_name
    FROM giving JOIN grants ON grants.grant_id = giving.gift_id
    WHERE grants.source = 'cc0_grant_lists' AND giving.recipient_kind <> 'individual' AND recipient_key IS NOT NULL"""
_NEH_GIFTS = """
    SELECT recipient_key AS recipient, awards.program_name AS funder, giving.year, giving.amount_usd,
        concat_ws('. ', awards.title, awards.purpose) AS text, giving.recipient_name AS name,
        coalesce(awards.recipient_state, giving.recipient_state) AS state, awards.recipient_city AS city, giving.ntee_major,
        awards.recipient_type AS kind, awards.program_name AS funder_name
    FROM giving JOIN awards ON awards.award_id = giving.gift_id
    WHERE awards.source = 'neh_awards' AND awards.recipient_kind = 'organization' AND recipient_key IS NOT NULL
        AND awards.program_name IS NOT NULL"""
_AUDIT_GIFTS = """
    SELECT 'ein:' || audits.ein AS recipient, awards.assistance_listing AS funder, audits.audit_year AS year,
        awards.amount_usd, NULL::VARCHAR AS text, audits.name, audits.state, audits.city, organizations.ntee_major,
        upper(audits.entity_type) AS kind, coalesce(programs.title, awards.assistance_listing) AS funder_name,
        programs.objective
    FROM awards JOIN audits USING (audit_id)
    LEFT JOIN organizations ON organizations.ein = audits.ein
    LEFT JOIN programs ON programs.assistance_listing = awards.assistance_listing
    WHERE awards.assistance_listing IS NOT NULL AND audits.ein IS NOT NULL"""

_FIELDS = """
    SELECT DISTINCT name, left(ntee_code, 2) AS field FROM organizations
    WHERE name IS NOT NULL AND ntee_code IS NOT NULL AND ntee_major IS NOT NULL"""


def _told(lake: Snapshot, world: World) -> World:
    """Add the fields that names tell, as the names of the lake's organisations teach it."""
    known = lake.sql(_FIELDS)
    return replace(world, fields=told_by_names(world.recipients["name"], known["name"], known["field"]))


def _world(rows: pd.DataFrame, *, covered_until: Callable[[pd.DataFrame], pd.Series]) -> World:
    """Split joined rows into gifts, recipients as they were first published, and funders."""
    import pandas as pd

    dated = rows[rows["year"].notna()]
    dated = dated.sort_values(["recipient", "year", "name", "state", "kind"], na_position="last")
    parsed = {name: parse(name) for name in sorted(dated["name"].dropna().unique())}
    key = dated["name"].map(lambda name: parsed[name].key, na_action="ignore")
    said = dated["name"].map(lambda name: parsed[name].state, na_action="ignore")
    city = dated["city"].str.upper().fillna(dated["name"].map(lambda name: parsed[name].city, na_action="ignore"))
    dated = dated.assign(name=key, state=dated["state"].fillna(said), city=city)
    recipients = dated.groupby("recipient", sort=True)[["name", "state", "city", "ntee_major", "kind"]].first().reset_index()
    recipients["place"] = _place(recipients)
    funders = dated.groupby("funder", sort=True)["funder_name"].first().rename("name").reset_index()
    objective = dated.groupby("funder")["objective"].first() if "objective" in dated else pd.Series("", funders["funder"])
    funders["text"] = funders["name"] + " " + funders["funder"].map(objective).fillna("")
    funders["last_year"] = funders["funder"].map(covered_until(dated)).astype(int)
    return make_world(dated, recipients, funders)


def _place(recipients: pd.DataFrame) -> pd.Series:
    """City and state, each as one word that no name holds."""
    city = "city0" + recipients["city"].str.replace(r"[^A-Za-z]+", "", regex=True)
    return (city.fillna("") + (" state0" + recipients["state"]).fillna("")).str.strip()


def _own_last_year(rows: pd.DataFrame) -> pd.Series:
    """A list of one funder covers it to its last year."""
    return rows.groupby("funder")["year"].max()


def _newest_year(rows: pd.DataFrame) -> pd.Series:
    """A publisher's list of all its programs covers every one of them to the newest year in it."""
    return rows.groupby("funder")["year"].max() * 0 + rows["year"].max()


def foundations(lake: Snapshot) -> World:
    """Return grants of foundations from published lists; private persons are left out."""
    world = _told(lake, _world(lake.sql(_FOUNDATION_GIFTS), covered_until=_own_last_year))
    # Unlike a program's title, the name of a foundation is a family's and does not say what it gives for.
    return replace(world, funders=world.funders.assign(text=""))


def neh(lake: Snapshot) -> World:
    """Return awards of NEH programs to institutions; awards to persons are left out."""
    return _told(lake, _world(lake.sql(_NEH_GIFTS), covered_until=_newest_year))


def audits(lake: Snapshot) -> World:
    """Return Assistance Listings under which audited organisations spent money."""
    return _told(lake, _world(lake.sql(_AUDIT_GIFTS), covered_until=_newest_year))


DATASETS = {
    one.letter: one
    for one in (
        Dataset("A", "foundations → grantees", foundations, 5, 2009, ("grants", "giving")),
        Dataset("B", "NEH programs → institutions", neh, 5, 2004, ("awards", "giving")),
        Dataset("C", "Assistance Listings → audited organisations", audits, 1, 2019, ("audits", "awards")),
    )
}
