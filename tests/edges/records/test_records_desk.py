"""Scenarios, signed decisions and outcomes, in both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.command import downgrade
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from catalynx.errors import BadParameter, CatalynxError, Conflict, NotFound
from catalynx.records import migrations
from catalynx.records.profile import make_profile
from catalynx.records.scenarios import Scenario
from catalynx.records.signing import SignedDecision
from catalynx.records.store import Records, open_records


@pytest.fixture
def profile_id(records: Records) -> str:
    return records.save_profile(make_profile({"organization_name": "Arts", "profile_id": "arts"})).profile_id


def wish(number: int) -> dict[str, Any]:
    return {"risk": number / 10}


def changed(records: Records, one: Scenario, number: int, by: str = "ada") -> Scenario:
    return records.change_scenario(one.scenario_id, wish(number), expected_version=one.version, by=by)


def undone(records: Records, one: Scenario) -> Scenario:
    return records.undo_scenario(one.scenario_id, expected_version=one.version, by="ada")


def signed(records: Records, profile_id: str, **more: Any) -> SignedDecision:
    given: dict[str, Any] = {
        "title": "Spring", "why": "Two deadlines in March.", "holds": "Work on two.", "by": "ada", "lake_version": "L1",
        "inputs": {"wish": wish(1)}, "results": {"chosen": [{"candidate_id": "foundation:1", "value": 0.5}]},
    }  # fmt: skip
    return records.sign_decision(profile_id, **{**given, **more})


def test_a_scenario_is_kept_changed_and_undone_step_by_step(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "  No  writer ", wish(1), by="ada")
    assert (one.name, one.version, one.author, one.shared, one.can_undo) == ("No writer", 1, "ada", False, False)
    for number in (2, 3):
        one = changed(records, one, number)
    assert (one.version, one.wish) == (3, wish(3))
    seen = []
    while one.can_undo:
        one = undone(records, one)
        seen.append(one.wish)
    assert seen == [wish(2), wish(1)]
    with pytest.raises(Conflict, match="nothing to undo"):
        undone(records, one)
    one = undone(records, changed(records, one, 9))
    assert one.wish == wish(1)
    assert [each.wish["risk"] for each in records.scenario_history(one.scenario_id)] == [0.1, 0.2, 0.3, 0.2, 0.1, 0.9, 0.1]


def test_the_same_again_is_no_change(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "Same", wish(1))
    assert changed(records, one, 1).version == 1


def test_of_two_who_change_it_at_once_one_is_told_and_nothing_is_lost(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "Both", wish(0))

    def change(number: int) -> Scenario | CatalynxError:
        try:
            return changed(records, one, number, by=f"person {number}")
        except CatalynxError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(change, range(1, 5)))
    kept = [answer for answer in answers if isinstance(answer, Scenario)]
    assert len(kept) == 1
    refused = [answer for answer in answers if isinstance(answer, CatalynxError)]
    assert all(isinstance(error, Conflict) and "under another name" in str(error) for error in refused)
    assert records.get_scenario(one.scenario_id) == kept[0]
    clones = [records.create_scenario(profile_id, f"Mine {number}", wish(number)) for number in (1, 2)]
    assert [clone.wish for clone in clones] == [wish(1), wish(2)]


def test_a_name_is_taken_once_by_an_author_in_a_profile(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "A", wish(1))
    with pytest.raises(Conflict, match="another name"):
        records.create_scenario(profile_id, "A", wish(2))
    clone = records.clone_scenario(one.scenario_id, "B", by="bob")
    assert (clone.wish, clone.author, clone.cloned_from, clone.version) == (wish(1), "bob", one.scenario_id, 1)
    with pytest.raises(Conflict, match="another name"):
        records.rename_scenario(records.create_scenario(profile_id, "D", wish(1)).scenario_id, "A")
    assert records.rename_scenario(clone.scenario_id, "C").name == "C"
    other = records.save_profile(make_profile({"organization_name": "Parks", "profile_id": "parks"})).profile_id
    assert records.create_scenario(other, "A", wish(3)).profile_id == other


def test_what_others_call_theirs_is_not_learned_from_a_refusal(records: Records, profile_id: str) -> None:
    first = records.create_scenario(profile_id, "No writer", wish(1), by="ada")
    second = records.create_scenario(profile_id, "No writer", wish(2), by="bob")
    third = records.create_scenario(profile_id, "Another", wish(3), by="bob")
    with pytest.raises(Conflict, match="another name"):
        records.rename_scenario(third.scenario_id, "No writer")
    assert records.clone_scenario(first.scenario_id, "No writer", by="eve").author == "eve"
    for one in (first, second):
        records.share_scenario(one.scenario_id, True)
    seen = records.list_scenarios(profile_id, viewer="eve")
    assert sorted((one.name, one.author) for one in seen) == [("No writer", "ada"), ("No writer", "bob"), ("No writer", "eve")]


def test_scenarios_of_the_version_before_are_kept_with_their_history(records: Records, records_url: str, profile_id: str) -> None:
    before = [changed(records, records.create_scenario(profile_id, "No writer", wish(1), by=by), 2, by) for by in ("ada", "bob")]
    history = [records.scenario_history(one.scenario_id) for one in before]
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with records._writer.begin() as connection:
        config.attributes["connection"] = connection
        downgrade(config, "0005")
    names = sorted(one.name for one in records.list_scenarios(profile_id))
    assert names == ["No writer", f"No writer {max(one.scenario_id for one in before)}"], "then a name was a profile's"
    with pytest.raises(IntegrityError), records.writing() as session:
        session.execute(text("UPDATE scenarios SET name = 'No writer'"))
    with open_records(records_url) as again:
        for one, was in zip(before, history, strict=True):
            now = again.scenario_history(one.scenario_id)
            assert [(each.version, each.wish, each.changed_by, each.changed_at) for each in now] == [
                (each.version, each.wish, each.changed_by, each.changed_at) for each in was
            ]
        assert again.create_scenario(profile_id, "No writer", wish(3), by="eve").version == 1
        with pytest.raises((DBAPIError, CatalynxError), match="never changed"), again.writing() as session:
            session.execute(text("UPDATE scenario_versions SET changed_by = 'eve'"))
        again.delete_profile(profile_id, by="ada")
        with again.reading() as session:
            assert session.execute(text("SELECT count(*) FROM scenario_versions")).scalar() == 0


def test_others_see_what_is_shared(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "Mine", wish(1), by="ada")
    assert records.list_scenarios(profile_id, viewer="bob") == []
    for ask in (records.get_scenario, records.scenario_history, records.delete_scenario):
        with pytest.raises(NotFound, match="scenario"):
            ask(one.scenario_id, viewer="bob")
    records.share_scenario(one.scenario_id, True, viewer="ada")
    assert [seen.name for seen in records.list_scenarios(profile_id, viewer="bob")] == ["Mine"]
    # Others may change what is shared, but its author alone shares and deletes it.
    records.change_scenario(one.scenario_id, wish(2), expected_version=1, by="bob", viewer="bob")
    with pytest.raises(NotFound):
        records.share_scenario(one.scenario_id, False, viewer="bob")
    with pytest.raises(NotFound):
        records.delete_scenario(one.scenario_id, viewer="bob")
    records.delete_scenario(one.scenario_id, viewer="ada")
    assert records.list_scenarios(profile_id) == []


def test_a_clone_outlives_what_it_was_copied_from(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "A", wish(1))
    clone = records.clone_scenario(one.scenario_id, "B")
    records.delete_scenario(one.scenario_id)
    assert records.get_scenario(clone.scenario_id) == clone
    with pytest.raises(NotFound, match="may have been deleted"):
        records.clone_scenario(one.scenario_id, "C")


@pytest.mark.parametrize("bad", ["", "  ", "x" * 201, "a\x00b", 7, None])
def test_a_name_that_cannot_be_is_refused(records: Records, profile_id: str, bad: Any) -> None:
    with pytest.raises(BadParameter, match="name"):
        records.create_scenario(profile_id, bad, wish(1))


def test_what_cannot_be_kept_is_refused(records: Records, profile_id: str) -> None:
    with pytest.raises(BadParameter, match="finite"):
        records.create_scenario(profile_id, "A", {"risk": float("inf")})
    assert records.list_scenarios(profile_id) == []
    with pytest.raises(NotFound, match="profile"):
        records.create_scenario("nobody", "A", wish(1))


def test_a_signed_decision_stays_as_it_is(records: Records, profile_id: str) -> None:
    one = signed(records, profile_id, dissent="Bob: too early.")
    assert records.get_signed(one.signed_id) == one
    assert (one.version, one.signed_by, one.dissent, one.replaces) == (1, "ada", "Bob: too early.", None)
    with pytest.raises((DBAPIError, CatalynxError), match="never changed"), records.writing() as session:
        session.execute(text("UPDATE signed_decisions SET why = 'other'"))
    assert records.get_signed(one.signed_id) == one


def test_a_decision_is_replaced_once_by_another(records: Records, profile_id: str) -> None:
    one = signed(records, profile_id)
    two = signed(records, profile_id, title="Spring, again", replaces=one.signed_id)
    assert (two.version, two.replaces) == (2, one.signed_id)
    with pytest.raises(Conflict, match="replaced already"):
        signed(records, profile_id, replaces=one.signed_id)
    assert [each.signed_id for each in records.list_signed(profile_id)] == [two.signed_id, one.signed_id]
    other = records.save_profile(make_profile({"organization_name": "Parks", "profile_id": "parks"})).profile_id
    with pytest.raises(NotFound, match="signed decision"):
        signed(records, other, replaces=two.signed_id)


@pytest.mark.parametrize("left_out", ["title", "why", "holds", "by"])
def test_what_a_signature_needs_is_asked_for(records: Records, profile_id: str, left_out: str) -> None:
    with pytest.raises(BadParameter, match=left_out):
        signed(records, profile_id, **{left_out: " "})


def test_outcomes_add_up_and_the_newest_counts(records: Records, profile_id: str) -> None:
    one = signed(records, profile_id)
    first = records.record_outcome(one.signed_id, "foundation:1", "submitted", hours_spent=40, on_day="2024-03-01")
    assert (first.position, first.on_day, first.amount_usd, first.hours_spent) == (1, date(2024, 3, 1), None, 40.0)
    won = records.record_outcome(one.signed_id, "foundation:1", "won", amount_usd=5_000, hours_spent=46, by="bob")
    assert records.list_outcomes(profile_id) == [first, won]
    assert records.list_outcomes(profile_id, newest=True) == [won]
    with pytest.raises((DBAPIError, CatalynxError), match="never changed"), records.writing() as session:
        session.execute(text("UPDATE outcomes SET amount_usd = 1"))


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"candidate_id": "foundation:2"}, "one that the decision holds: foundation:1"), ({"turned_out": "lost"}, "turned_out"),
        ({"amount_usd": 5.0}, "unless it was won"), ({"hours_spent": -1}, "hours_spent"), ({"on_day": "March"}, "YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_an_outcome_that_cannot_be_is_refused(records: Records, profile_id: str, given: dict[str, Any], about: str) -> None:
    one = signed(records, profile_id)
    with pytest.raises(BadParameter, match=about):
        records.record_outcome(one.signed_id, **{"candidate_id": "foundation:1", "turned_out": "submitted", **given})
    assert records.list_outcomes(profile_id) == []


def test_all_of_it_goes_with_the_profile(records: Records, profile_id: str) -> None:
    one = records.create_scenario(profile_id, "A", wish(1))
    decision = signed(records, profile_id)
    signed(records, profile_id, replaces=decision.signed_id)
    records.record_outcome(decision.signed_id, "foundation:1", "declined")
    records.delete_profile(profile_id, by="ada")
    for ask, key in ((records.get_scenario, one.scenario_id), (records.get_signed, decision.signed_id)):
        with pytest.raises(NotFound):
            ask(key)
    with records.reading() as session:
        for table in ("scenarios", "scenario_versions", "signed_decisions", "outcomes"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
