"""The contract of readers: what is published, what is set aside, and that nothing is lost between."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.columns import TABLES, arrow_schema, table
from catalynx.sources import sources
from catalynx.sources.reading import BATCH_ROWS, RAW_TEXT_LIMIT, Batch, Rows, aside, publish


def organization(**values: object) -> dict[str, object]:
    return {"ein": "010180687", "name": "WINDSOR IMPROVEMENT CORPORATION"} | values


def batch_of(name: str, *rows: dict[str, object]) -> Batch:
    collected = Rows("constructed")
    for number, row in enumerate(rows, 2):
        collected.add(name, "x.csv", f"line {number}", row)
    return collected.batch()


def test_rows_added_are_typed_and_know_where_they_come_from() -> None:
    batch = batch_of("organizations", organization(assets_usd=1_416_834.0))
    (row,) = batch.rows["organizations"].to_pylist()
    assert batch.rows["organizations"].schema.equals(arrow_schema("organizations"))
    assert (row["ein"], row["assets_usd"], row["revenue_usd"]) == ("010180687", 1_416_834.0, None)
    assert (row["source"], row["file"], row["place"]) == ("constructed", "x.csv", "line 2")
    assert (batch.read["organizations"], batch.set_aside) == (1, [])


def test_a_column_that_the_table_does_not_have_is_a_defect_of_the_reader() -> None:
    with pytest.raises(KeyError, match="revenue_eur"):
        batch_of("organizations", organization(revenue_eur=1.0))


def test_a_record_without_a_required_value_is_set_aside_whole() -> None:
    batch = batch_of("organizations", organization(), organization(name=None), organization(ein=None))
    assert batch.rows["organizations"].num_rows == 1
    assert [(row["field"], row["reason"], row["place"]) for row in batch.set_aside] == [
        (None, "ein is missing", "line 4"),
        (None, "name is missing", "line 3"),
    ]
    assert batch.set_aside[1]["raw_text"] == "ein=010180687"
    assert batch.read["organizations"] == 3 == 1 + batch.records_set_aside("organizations")


def test_a_required_value_that_breaks_its_pattern_sets_the_record_aside() -> None:
    batch = batch_of("organizations", organization(ein="10180687"), organization(ein="0101806870"), organization(ein="01018068x"))
    assert batch.rows["organizations"].num_rows == 0
    assert {row["reason"] for row in batch.set_aside} == {r"ein is not of the form \d{9}"}
    assert batch.records_set_aside("organizations") == 3


def test_a_required_value_may_be_missing_here_and_broken_there() -> None:
    batch = batch_of("organizations", organization(ein="1"), organization(ein=None), organization())
    assert batch.rows["organizations"]["place"].to_pylist() == ["line 4"]
    assert batch.records_set_aside("organizations") == 2


def test_another_value_that_breaks_its_pattern_becomes_unknown_and_is_noted() -> None:
    batch = batch_of("organizations", organization(state="Vt"), organization(state="VT"), organization(state=None))
    assert batch.rows["organizations"]["state"].to_pylist() == [None, "VT", None]
    (note,) = batch.set_aside
    assert (note["field"], note["raw_text"], note["place"]) == ("state", "Vt", "line 2")
    assert batch.records_set_aside("organizations") == 0


@pytest.mark.parametrize("year", [1899, 2101])
def test_a_value_out_of_range_becomes_unknown_and_is_noted(year) -> None:
    award = {"award_id": "A", "recipient_kind": "organization", "amount_kind": "awarded"}
    batch = batch_of("awards", award | {"year": year}, award | {"year": 1900}, award | {"year": 2100}, award | {"year": None})
    assert batch.rows["awards"]["year"].to_pylist() == [None, 1900, 2100, None]
    assert [(row["field"], row["reason"], row["raw_text"]) for row in batch.set_aside] == [
        ("year", "year is not between 1900 and 2100", str(year))
    ]


def test_a_pattern_is_held_against_the_whole_text() -> None:
    batch = batch_of("organizations", organization(state="VT\n"), organization(zip="05089-0455"))
    assert [row["field"] for row in batch.set_aside] == ["state", "zip"]


def test_every_way_of_a_record_is_counted_as_read_once() -> None:
    rows = Rows("constructed")
    rows.add("organizations", "x.csv", "line 2", organization())
    rows.set_aside("organizations", "x.csv", "line 3", "it is cut", "0101")
    rows.duplicate("organizations", 2)
    rows.leave_unknown("organizations", "x.csv", "line 2", "zip", "it cannot be read", "?")
    batch = rows.batch()
    assert batch.read["organizations"] == 4
    assert batch.duplicates["organizations"] == 2
    assert batch.records_set_aside("organizations") == 1
    assert rows.batch() == Batch()


def test_a_batch_is_full_at_its_limit() -> None:
    rows = Rows("constructed")
    for number in range(BATCH_ROWS):
        assert not rows.full()
        rows.add("ntee_codes", "x.csv", f"line {number}", {"ntee_code": "A01"})
    assert rows.full()
    rows.batch()
    assert not rows.full()


@pytest.mark.parametrize(
    "contact",
    ["jane.roe+grants@example.org", "(802) 555-0100", "802-555-0100", "802.555.0100", "+1 802-555-0100", "1-802-555-0100"],
)
def test_contact_details_are_blanked_in_what_is_set_aside(contact) -> None:
    row = aside("constructed", "audits", "x.csv", "line 2", "it is cut", f"ROE, {contact}, ESTILL")
    assert row["raw_text"] == "ROE, [contact], ESTILL"


@pytest.mark.parametrize("text", ["010180687", "05602-2957", "2019-001", "1,416,834", "31271175,3599020191", "20131231"])
def test_numbers_that_are_no_telephone_stay(text) -> None:
    assert aside("constructed", "audits", "x.csv", "line 2", "it is cut", text)["raw_text"] == text


def test_raw_text_is_cut_and_holds_no_nul() -> None:
    row = aside("constructed", "audits", "x.csv", "line 2", "it is cut", "a\0" + "b" * 600)
    assert row["raw_text"] == "a\\0" + "b" * (RAW_TEXT_LIMIT - 3)


def test_a_contact_over_the_cut_is_blanked_too() -> None:
    text = aside("constructed", "audits", "x.csv", "line 2", "it is cut", "b" * 490 + " jane.roe@example.org")["raw_text"]
    assert text is not None
    assert text.endswith(" [contact]")


def test_publishing_twice_adds_rows() -> None:
    batch = Batch()
    rows = batch_of("organizations", organization()).rows["organizations"]
    publish(batch, "organizations", rows)
    publish(batch, "organizations", rows)
    assert batch.rows["organizations"].num_rows == 2


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "ein": st.none() | st.from_regex(r"\d{8,10}", fullmatch=True),
                "name": st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
                "state": st.none() | st.text("VTvt1", max_size=3),
                "ntee_major": st.none() | st.text("AZz9", max_size=2),
                "assets_usd": st.none() | st.floats(),
            },
        ),
        min_size=1,
    )
)
def test_nothing_is_lost_and_what_is_published_keeps_the_rules(rows) -> None:
    batch = batch_of("organizations", *rows)
    published = batch.rows["organizations"]
    assert batch.read["organizations"] == len(rows) == published.num_rows + batch.records_set_aside("organizations")
    for column in table("organizations").columns:
        if column.required:
            assert published[column.name].null_count == 0
    assert all(
        value is None or (len(value) == 2 and value.isupper() and value.isascii()) for value in published["state"].to_pylist()
    )


def test_every_reader_says_what_it_is_and_fills_tables_that_exist() -> None:
    found = sources()
    assert {"irs_bmf", "neh_awards", "fac_audits", "ntee_codes"} <= set(found)
    for name, source in found.items():
        assert source.name == name
        assert source.title
        assert source.publisher
        assert source.terms
        assert source.tables
        assert set(source.tables) <= set(TABLES)


def test_set_aside_rows_fit_their_table() -> None:
    batch = batch_of("organizations", organization(ein=None), organization(state="x"))
    rows = pa.Table.from_pylist(batch.set_aside, schema=arrow_schema("set_aside"))
    assert rows.num_rows == 2
    assert {*batch.set_aside[0]} == set(table("set_aside").names)
