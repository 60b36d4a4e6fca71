"""Profiles in both databases: saved, found, listed, and never overwritten unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.profile import Profile, make_profile
from catalynx.records.store import Records, open_records


def full(**fields: object) -> Profile:
    return make_profile(
        {
            "organization_name": "Rivière Arts 🎭 of Vermont",
            "ein": "03-0179423",
            "city": "Barre",
            "state": "VT",
            "mission_statement": "We play.\n  For all.\n\nÆ𝔘𝔫𝔦 \u2028 end",
            "focus_areas": ["théâtre", "youth 100%_"],
            "ntee_codes": ["A65"],
            "geographic_scope": ["VT", "NH"],
            "annual_revenue_usd": 0.1 + 0.2,
            "is_501c3": True,
            "funding_preferences": {
                "ask_min_usd": 5e3,
                "ask_max_usd": 1e12 + 0.5,
                "kinds": ["program"],
                "cost_sharing_ok": False,
            },
            "capacity": {"staff_hours_per_month": 1e-300},
            "created_at": datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-5))),
            **fields,
        }
    )


def test_what_is_saved_comes_back_exactly(records: Records) -> None:
    profile = full()
    saved = records.save_profile(profile)
    assert saved == records.get_profile(profile.profile_id)
    assert saved.version == 1
    assert saved.created_at == profile.created_at
    assert saved.created_at.tzinfo is UTC
    assert abs(saved.updated_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert saved.revised(version=0, updated_at=profile.updated_at) == profile


def test_years_at_the_ends_of_time_are_kept(records: Records) -> None:
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"):
        saved = records.save_profile(full(created_at=moment))
        assert records.get_profile(saved.profile_id).created_at == datetime.fromisoformat(moment)


def test_a_save_replaces_the_version_it_was_made_from(records: Records) -> None:
    first = records.save_profile(full())
    second = records.save_profile(first.revised(city="Stowe", created_at="2030-01-01T00:00:00Z"))
    assert (second.version, second.city) == (2, "Stowe")
    assert second.created_at == first.created_at, "the day it was made does not move"
    assert records.get_profile(first.profile_id) == second


def test_a_save_of_an_old_version_is_a_conflict(records: Records) -> None:
    first = records.save_profile(full())
    records.save_profile(first.revised(city="Stowe"))
    with pytest.raises(Conflict, match=r"changed by somebody else since version 1\. Load it again"):
        records.save_profile(first.revised(city="Barre"))
    assert records.get_profile(first.profile_id).city == "Stowe"


def test_an_id_that_is_taken_is_a_conflict(records: Records) -> None:
    records.save_profile(full(profile_id="riviere"))
    with pytest.raises(Conflict, match="'riviere' exists already"):
        records.save_profile(full(profile_id="riviere"))


def test_a_profile_that_was_deleted_meanwhile_is_a_conflict(records: Records) -> None:
    saved = records.save_profile(full())
    records.delete_profile(saved.profile_id)
    with pytest.raises(Conflict, match="not in the records any more"):
        records.save_profile(saved.revised(city="Stowe"))


def test_an_import_says_which_version_it_replaces(records: Records) -> None:
    imported = full(version=7)
    assert records.save_profile(imported, expected_version=0).version == 1
    assert records.save_profile(imported, expected_version=1).version == 2


def test_a_file_from_elsewhere_is_inserted_and_one_from_here_replaces_its_version(records: Records) -> None:
    first = records.import_profile(full(version=7))
    assert (first.version, first.created_at) == (1, full().created_at)
    assert records.import_profile(first.revised(city="Stowe")).version == 2
    with pytest.raises(Conflict, match="changed by somebody else since version 1"):
        records.import_profile(first.revised(city="Barre"))


def test_every_character_that_a_profile_may_hold_can_be_kept_and_searched(records: Records) -> None:
    for name in ("\ufeffa\uffff", "\U0010ffff", "\u202eabc\u2066", "e\u0301", "'\"\\;--", "%_\\", "İßﬀ", "\ufdd0 \ue000"):
        saved = records.save_profile(full(organization_name=name, mission_statement=name, focus_areas=[name]))
        assert records.get_profile(saved.profile_id) == saved
        assert records.find_profile(name) == saved
        assert records.list_profiles(search=name).profiles == [saved]


def test_of_many_who_save_at_once_one_wins(records: Records) -> None:
    saved = records.save_profile(full())

    def attempt(number: int) -> int:
        try:
            records.save_profile(saved.revised(city=f"Town {number}"))
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(16))) == 1
    assert records.get_profile(saved.profile_id).version == 2


def test_of_many_who_insert_at_once_one_wins(records: Records) -> None:
    def attempt(_: int) -> int:
        try:
            records.save_profile(full(profile_id="wanted-by-all"))
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


@pytest.mark.parametrize(
    "wanted", ["", "nobody", "NOBODY", "a\0b", "\ud800", "x" * 10_000, "'; DROP TABLE profiles; --", 2**64, None]
)
def test_an_id_that_is_not_there_is_not_found(shared_records: Records, wanted: object) -> None:
    with pytest.raises(NotFound, match="No profile"):
        shared_records.get_profile(wanted)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        shared_records.delete_profile(wanted)  # type: ignore[arg-type]


def test_a_profile_is_found_by_id_ein_name_or_part_of_its_name(records: Records) -> None:
    saved = records.save_profile(full(profile_id="riviere"))
    records.save_profile(full(organization_name="Rivière Arts Two", ein=None))
    for name in ("riviere", "030179423", "03-0179423", "RIVIÈRE ARTS 🎭 of vermont", " arts 🎭"):
        assert records.find_profile(name) == saved, name
    with pytest.raises(
        BadParameter, match=r"one profile; it fits \w+ \(Rivière Arts Two\), riviere \(Rivière Arts 🎭 of Vermont\)"
    ):
        records.find_profile("arts")
    for name in ("%", "_", "arts_", "nothing like it"):
        with pytest.raises(NotFound, match="catalynx profile list"):
            records.find_profile(name)
    with pytest.raises(BadParameter, match=r"U\+0000"):
        records.find_profile("a\0")


def test_the_list_is_sorted_paged_and_searched(records: Records) -> None:
    names = ["Álamo", "alpha", "Beta", "Zeta 100%", "_under"]
    for name in names:
        records.save_profile(full(organization_name=name, ein=None))
    everything = records.list_profiles()
    assert [profile.organization_name for profile in everything.profiles] == sorted(names, key=str.casefold)
    assert everything.total == 5
    pages = [records.list_profiles(page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [profile for page in pages for profile in page.profiles] == everything.profiles
    assert {page.total for page in pages} == {5}

    def found(search: str) -> list[str]:
        return [profile.organization_name for profile in records.list_profiles(search=search).profiles]

    assert found("ALP") == ["alpha"]
    assert found("álamo barre") == ["Álamo"]
    assert found("100% zeta") == ["Zeta 100%"]
    assert found("0%z") == []
    assert len(found("théâtre")) == 5


@pytest.mark.parametrize(
    ("page", "page_size"), [(0, 50), (-1, 50), (1, 0), (1, 501), (2**63, 50), (1, 2**63), (True, 1), (1.5, 1)]
)
def test_a_page_that_cannot_be_is_refused(shared_records: Records, page: int, page_size: int) -> None:
    with pytest.raises(BadParameter, match="page"):
        shared_records.list_profiles(page=page, page_size=page_size)


def test_profiles_of_other_teams_do_not_exist(records: Records) -> None:
    ours = records.save_profile(full(team="arts"))
    theirs = records.save_profile(full(team="health"))
    assert records.list_profiles(teams=["arts"]).profiles == [ours]
    assert records.list_profiles(teams=[]).total == 0
    assert records.list_profiles(teams=["arts", "health"]).total == 2
    assert records.find_profile("030179423", teams={"health"}) == theirs
    with pytest.raises(NotFound):
        records.get_profile(theirs.profile_id, teams=["arts"])
    with pytest.raises(NotFound):
        records.delete_profile(theirs.profile_id, teams=["arts"])
    assert records.get_profile(theirs.profile_id) == theirs


def test_another_process_sees_what_was_saved(records: Records, records_url: str) -> None:
    saved = records.save_profile(full())
    with open_records(records_url) as other:
        assert other.get_profile(saved.profile_id) == saved
