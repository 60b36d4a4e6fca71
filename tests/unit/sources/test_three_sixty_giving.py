"""360Giving, JSON and CSV. The grants here are constructed after the standard."""

from __future__ import annotations

import copy
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import batches, recognise
from catalynx.sources import three_sixty_giving as reader
from catalynx.sources.members import Member, members

GRANT = {
    "id": "360G-constructed-1",
    "title": "Food bank",
    "description": "Core costs. Contact jo@example.org.",
    "currency": "USD",
    "amountAwarded": 12500.5,
    "awardDate": "2021-03-15T00:00:00+00:00",
    "recipientOrganization": [
        {"id": "US-EIN-030179423", "name": "Vermont Foodbank", "addressLocality": "Barre", "addressRegion": "VT",
         "addressCountry": "US"}
    ],
    "fundingOrganization": [{"id": "US-EIN-13-3441466", "name": "Constructed Foundation"}],
    "grantProgramme": [{"title": "Hunger"}],
}  # fmt: skip
HEADER = (
    "Identifier,Title,Description,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,"
    "Recipient Org:City,Recipient Ind:Identifier,Recipient Ind:Name,Funding Org:Identifier,Funding Org:Name"
)


def changed(**changes) -> dict:
    grant = copy.deepcopy(GRANT) | {"id": f"360G-constructed-{abs(hash(str(changes)))}"} | changes
    return {name: value for name, value in grant.items() if value is not None}


def read(folder: Path, content: object, name: str = "grants.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps({"grants": content}), encoding="utf-8")
    (batch,) = batches(path, reader.SOURCE)
    rows = batch.rows["grants"].to_pylist() if "grants" in batch.rows else []
    assert batch.read["grants"] == len(rows) + batch.records_set_aside("grants") + batch.duplicates["grants"]
    return rows, batch


def test_a_grant_in_json(tmp_path):
    (row,), batch = read(tmp_path, [GRANT])
    assert batch.set_aside == []
    assert row == {
        "grant_id": "360G-constructed-1", "funder_ein": "133441466", "funder_name": "Constructed Foundation",
        "recipient_name": "Vermont Foodbank", "recipient_ein": "030179423", "recipient_city": "Barre", "recipient_state": "VT",
        "recipient_country": "US", "recipient_kind": "organization", "amount_usd": 12500.5, "status": "paid", "year": 2021,
        "date": date(2021, 3, 15), "date_precision": "day", "purpose": "Food bank: Core costs. Contact [contact].",
        "cause_area": "Hunger", "times_listed": None, "source": "three_sixty_giving", "file": "grants.json", "place": "grants[0]",
    }  # fmt: skip


def test_a_grant_in_csv(tmp_path):
    line = (
        '360G-1,Food bank,,USD,"12,500",2021-03,US-EIN-030179423,Vermont Foodbank,Barre,,,US-EIN-133441466,Constructed Foundation'
    )
    (row,), _ = read(tmp_path, f"\ufeff{HEADER}\n\n{line}\n", "grants.csv")
    assert (row["amount_usd"], row["date"], row["date_precision"]) == (12_500, date(2021, 3, 1), "month")
    assert (row["recipient_ein"], row["recipient_city"], row["recipient_state"]) == ("030179423", "Barre", None)
    assert row["place"] == "line 3"


def test_other_currencies_are_unknown_and_noted(tmp_path):
    grants = [changed(currency="GBP"), changed(currency=None), changed(amountAwarded=0), changed(amountAwarded="much")]
    rows, batch = read(tmp_path, grants)
    assert [row["amount_usd"] for row in rows] == [None] * 4
    assert [aside["reason"] for aside in batch.set_aside] == [
        "it is in GBP, not in USD", "its currency is not stated", "an amount of 0 says that none is stated", "it is no amount",
    ]  # fmt: skip
    assert batch.set_aside[0]["raw_text"] == "12500.5 GBP"


def test_private_persons_are_withheld(tmp_path):
    rows, _ = read(
        tmp_path,
        [
            changed(recipientOrganization=None, recipientIndividual={"id": "1", "name": "Jane Roe"}, title="To Jane Roe"),
            changed(recipientOrganization=None, recipientIndividual={}),
        ],
    )
    assert {row["recipient_kind"] for row in rows} == {"individual"}
    assert "Roe" not in str(rows)
    line = "360G-2,To Jane Roe,,USD,5,2021-03-01,,,,1,Jane Roe,US-EIN-133441466,Constructed Foundation"
    (row,), _ = read(tmp_path, f"{HEADER}\n{line}\n", "grants.csv")
    assert (row["recipient_kind"], row["recipient_name"], row["purpose"]) == ("individual", None, None)


def test_an_organisation_that_is_named_like_a_person_is_unknown(tmp_path):
    (row,), _ = read(tmp_path, [changed(recipientOrganization=[{"id": "GB-1", "name": "Jane A. Roe"}])])
    assert row["recipient_kind"] == "unknown"


def test_what_cannot_be_read_is_set_aside_or_noted(tmp_path):
    two = GRANT["recipientOrganization"] * 2
    rows, batch = read(
        tmp_path,
        [5, changed(recipientOrganization=two), changed(fundingOrganization=None), changed(awardDate="0200-01-01"), GRANT, GRANT],
    )
    assert len(rows) == 2
    assert batch.duplicates["grants"] == 1
    assert {(aside["place"], aside["field"], aside["reason"]) for aside in batch.set_aside} == {
        ("grants[0]", None, "it is no grant but int"),
        ("grants[1]", None, "it names several recipients, whose shares are not stated"),
        ("grants[2]", None, "funder_name is missing"),
        ("grants[3]", "date", "it is no date YYYY-MM-DD of the years 1900 to 2100"),
    }


@pytest.mark.parametrize("content", ['{"grants": [{"fundingOrganization": [', '{"grants": {"fundingOrganization": 1}}'])
def test_what_is_no_package_of_grants_is_refused(tmp_path, content):
    with pytest.raises(FileRefused, match=r"no JSON|no list `grants`"):
        read(tmp_path, content)


def test_depth_does_not_break_it(tmp_path):
    deep = '{"grants": [{"fundingOrganization": ' + "[" * 200_000 + "]" * 200_000 + "}]}"
    with pytest.raises(FileRefused, match="no JSON"):
        read(tmp_path, deep)


def test_only_its_own_files_are_recognised(tmp_path):
    for name, text in {"a.json": '{"grants": 1}', "b.csv": "Identifier,Title\n", "c.json": "[]"}.items():
        (tmp_path / name).write_text(text)
        assert not any(map(reader.recognises, members(tmp_path / name)))
    (tmp_path / "d.json").write_text(json.dumps({"version": "1.1", "grants": [GRANT]}))
    assert [recognise(member).name for member in members(tmp_path / "d.json")] == ["three_sixty_giving"]


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*GRANT, "name", "id", "recipientIndividual"]), inner, max_size=6)
        ),
        max_leaves=20,
    )
)
def test_any_grant_is_published_or_set_aside(grant):
    whole = json.dumps({"fundingOrganization": 1, "grants": [grant, GRANT]}).encode()
    (batch,) = reader.read([Member("fuzzed.json", len(whole), lambda: io.BytesIO(whole))])
    assert (
        batch.read["grants"]
        == 2
        == batch.rows["grants"].num_rows + batch.records_set_aside("grants") + batch.duplicates["grants"]
    )
