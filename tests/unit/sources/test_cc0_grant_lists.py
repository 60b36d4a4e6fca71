"""The CC0 SQL grant lists: real values, every known defect with its real rows, conservation, hostile files."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import batches, recognise, sql_values
from catalynx.sources import cc0_grant_lists as reader
from catalynx.sources.members import members
from catalynx.sources.persons import recipient_kind
from catalynx.sources.sql_values import literal, sql_rows

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "catalynx" / "sample" / "foundation_grants" / "donations-cc0.tar.gz"
JUDGED = ROOT / "tests" / "data" / "grant_lists" / "judged_donees.json"
COLUMNS = "donor, donee, amount, donation_date, donation_date_precision, cause_area, notes, donation_earmark"


@pytest.fixture(scope="module")
def load():
    account, parts, asides = Counter(), [], []
    for batch in batches(SAMPLE, reader.SOURCE):
        account["read"] += batch.read["grants"]
        account["duplicates"] += batch.duplicates["grants"]
        account["aside"] += batch.records_set_aside("grants")
        asides += batch.set_aside
        parts.append(batch.rows["grants"].to_pandas())
    return pd.concat(parts, ignore_index=True), pd.DataFrame(asides), account


@pytest.fixture(scope="module")
def grants(load):
    return load[0]


def read_sql(tmp_path: Path, sql: str | bytes, name: str = "foundation-grants.sql"):
    path = tmp_path / name
    path.write_bytes(sql if isinstance(sql, bytes) else sql.encode())
    batch, *more = batches(path, reader.SOURCE)
    assert not more
    rows = batch.rows["grants"].to_pylist() if "grants" in batch.rows else []
    assert batch.read["grants"] == len(rows) + batch.records_set_aside("grants") + batch.duplicates["grants"]
    return rows, batch


def insert(*rows: str, columns: str = COLUMNS) -> str:
    return f"insert into donations({columns}) values\n" + ",\n".join(rows) + ";\n"


def test_every_row_of_the_shipped_files_is_accounted_for(load):
    grants, _, account = load
    assert account["read"] == 95_280 + 9  # and the rows of donations.sql
    assert account["read"] == len(grants) + account["aside"] + account["duplicates"]
    assert (len(grants), account["aside"], account["duplicates"]) == (87_700, 9, 7_580)
    assert grants["times_listed"].sum() == 95_280
    assert grants["grant_id"].is_unique


def test_rows_stand_as_published(grants):
    first = grants[(grants["file"].str.endswith("arnold-ventures-grants.sql")) & (grants["place"] == "line 2")].iloc[0]
    assert first["funder_name"] == "Arnold Ventures"
    assert first["recipient_name"] == "50CAN"
    assert first["amount_usd"] == 50_000
    assert first["cause_area"] == "Sustainable Public Finance"
    assert (first["date"], first["date_precision"], first["year"]) == (date(2017, 1, 1), "year", 2017)
    assert first["purpose"].startswith("To support research and education efforts related to teachers' pension systems")


def test_the_files_insert_in_several_column_orders(grants):
    surveyed = grants.groupby("file")["funder_name"].nunique()
    assert len(surveyed) == 64
    fqxi = grants[(grants["funder_name"] == "Foundational Questions Institute") & (grants["amount_usd"] == 22_000)]
    assert "Perimeter Institute / Columbia University" in set(fqxi["recipient_name"])


def test_undated_rows_have_neither_date_nor_year(grants):
    undated = grants[grants["date"].isna()]
    assert undated["times_listed"].sum() == 3_495
    assert undated.loc[undated["funder_name"] == "Knight Foundation", "times_listed"].sum() == 3_412
    assert undated["year"].isna().all()
    assert undated["date_precision"].isna().all()


def test_zero_amounts_are_unknown_and_noted_and_negative_ones_stay(load):
    grants, asides, _ = load
    negative = grants[grants["amount_usd"] < 0]
    assert not (grants["amount_usd"] == 0).any()
    noted = asides[asides["field"] == "amount_usd"]
    assert noted["reason"].unique().tolist() == ["an amount of 0 says that none is stated"]
    assert len(noted) + len(negative) == 334
    boston = negative[negative["recipient_name"] == "Boston University"]
    assert ("John M. Olin Foundation", -99_600) in set(zip(boston["funder_name"], boston["amount_usd"], strict=True))


def test_exact_repeats_are_published_once(grants):
    assert grants["times_listed"].max() == 19
    repeats = grants[grants["times_listed"] > 1]
    assert (repeats["times_listed"] - 1).sum() == 7_580


def test_fixme_and_null_are_unknown(grants):
    for column in ("cause_area", "purpose", "recipient_name", "funder_name"):
        assert not grants[column].isin(["FIXME", "NULL", ""]).any()


def test_rows_without_a_donee_are_kept_and_noted(load):
    grants, asides, _ = load
    nobody = grants[grants["recipient_name"].isna() & (grants["recipient_kind"] == "unknown")]
    assert len(nobody) == (asides["field"] == "recipient_name").sum() == 12


def test_places_where_the_money_works_are_not_the_recipients(grants):
    for column in ("recipient_state", "recipient_city", "recipient_country", "recipient_ein"):
        assert grants[column].isna().all()


def test_gifts_of_private_persons_are_recognised_and_nothing_of_them_is_kept(load):
    grants, asides, _ = load
    private = asides[asides["file"].str.endswith("!sql/donations/donations.sql")]
    assert len(private) == 9
    assert (private["raw_text"] == "").all()
    assert not grants["file"].str.endswith("/donations.sql").any()
    assert not (grants["funder_name"].map(recipient_kind) == "individual").any()


def test_private_recipients_keep_neither_name_nor_purpose(grants):
    private = grants[grants["recipient_kind"] == "individual"]
    assert len(private) > 500
    assert private["recipient_name"].isna().all()
    assert private["purpose"].isna().all()
    assert not grants["recipient_name"].isin(["Max Tegmark", "Neel Nanda", "Karl P. Ameriks", "Thomas Sowell"]).any()


def test_earmarks_are_never_loaded(grants):
    # The earmark of fqxi's grant to two universities names two persons.
    fqxi = grants[grants["funder_name"] == "Foundational Questions Institute"]
    text = fqxi[["recipient_name", "purpose", "cause_area"]].fillna("").agg(" ".join, axis=1)
    assert len(text) > 150
    assert not text.str.contains("Maulik Parikh").any()


def test_eins_of_funders_are_those_of_the_master_file(grants):
    known = grants.dropna(subset=["funder_ein"]).groupby("funder_name")["funder_ein"].unique().map(list).to_dict()
    assert known == {"Walton Family Foundation": ["133441466"], "Public Welfare Foundation": ["540597601"]}


def test_no_person_among_150_judged_donees_passes_as_an_organisation():
    judged = json.loads(JUDGED.read_text(encoding="utf-8"))
    assert len(judged["organization"]) + len(judged["individual"]) == 150
    persons = Counter(recipient_kind(name) for name in judged["individual"])
    organizations = Counter(recipient_kind(name) for name in judged["organization"])
    assert persons["organization"] == 0
    assert persons["individual"] >= 9
    assert organizations["individual"] == 0
    assert organizations["organization"] >= 117


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Jane A. Roe", "individual"), ("Dr. Xochitl Qwe", "individual"), ("George Church", "unknown"),
        ("Brian Christian", "unknown"), ("Joy Christian", "unknown"), ("Neil de la Flor", "unknown"),
        ("Daniel Kang|Jacob Steinhardt|Yi Sun|Alex Zhai", "individual"), ("Jurgen Theiss and Javier Zavala-Garay", "individual"),
        ("George Mason University", "organization"), ("William E. Simon Foundation", "organization"),
        ("Barbara McDowell and Gerald S. Hartman Foundation", "organization"), ("50CAN", "organization"),
        ("Caroline Calouche & Co.", "organization"), ("Sarah Lawrence College", "organization"), ("Mila", "unknown"),
        ("", "unknown"), (None, "unknown"),
    ],
)  # fmt: skip
def test_kinds_of_recipients(name, kind):
    assert recipient_kind(name) == kind


def test_impossible_dates_are_unknown_and_noted(tmp_path):
    sql = insert(
        "('Some Fund','A College',5,'0200-01-01','year',NULL,NULL,NULL)",
        "('Some Fund','B College',5,'2019-02-30','day',NULL,NULL,NULL)",
        "('Some Fund','C College',5,'spring','day',NULL,NULL,NULL)",
    )
    rows, batch = read_sql(tmp_path, sql)
    assert [(row["date"], row["year"], row["date_precision"]) for row in rows] == [(None, None, None)] * 3
    assert [(aside["field"], aside["raw_text"]) for aside in batch.set_aside] == [
        ("date", "0200-01-01"), ("date", "2019-02-30"), ("date", "spring"),
    ]  # fmt: skip


def test_rows_that_cannot_be_read_are_set_aside_and_reading_goes_on(tmp_path):
    sql = (
        insert(
            "('Some Fund','A College',5,'2019-01-01','year',NULL,NULL,NULL)",
            "('Some Fund','B College',5)",
            "('Jane Roe','A College',5,'2019-01-01','year',NULL,NULL,NULL)",
            "(now(),'C College',5,'2019-01-01','year',NULL,NULL,NULL)",
            "('Some Fund','D College','much','2019-01-01','year',NULL,NULL,NULL)",
        )
        + "insert into donations(donor, amount) values ('Some Fund', 3);\nupdate donations set amount = 1;\n"
    )
    rows, batch = read_sql(tmp_path, sql)
    assert [row["recipient_name"] for row in rows] == ["A College", "D College"]
    assert rows[1]["amount_usd"] is None
    reasons = {aside["place"]: aside["reason"] for aside in batch.set_aside if aside["field"] is None}
    assert reasons == {
        "line 3": "it does not hold one readable value for each of 8 columns",
        "line 4": "the donor is a private person, and the gift is not loaded",
        "line 5": "it does not hold one readable value for each of 8 columns",
        "line 7": "the insert has no column donee",
    }
    assert "Jane" not in str(batch.set_aside)


def test_truncated_and_badly_encoded_rows_are_set_aside(tmp_path):
    sql = insert(
        "('Some Fund','A College',5,NULL,NULL,NULL,NULL,NULL)", "('Some Fund','Caf\xe9 College',5,NULL,NULL,NULL,NULL,NULL)"
    )
    rows, batch = read_sql(
        tmp_path, sql.encode("latin-1") + b"insert into donations(donor, donee, amount) values ('Some Fund','Be"
    )
    assert [row["recipient_name"] for row in rows] == ["A College"]
    assert [aside["reason"] for aside in batch.set_aside] == [
        "it holds bytes that are no UTF-8 text",
        "the file ends within the row",
    ]


def test_the_tokenizer_understands_what_dumps_hold():
    sql = """# a comment; with 'quotes' and (brackets)
    -- another
    INSERT /* here */ INTO `donations` (`a`, /* b is next */ b,
       c) VALUES
      ('it''s', /* a */ NULL, -1.5)   -- ok
      ,('a\\'b\\\\n', 'x;),(y', # why
        'two
lines')
      ('no comma', "double", 1),
    ;
    """
    rows = list(sql_rows(io.BytesIO(sql.encode()), "donations"))
    assert [row.columns for row in rows] == [("a", "b", "c")] * 3
    assert [[literal(value) for value in row.values] for row in rows] == [
        ["it's", None, "-1.5"], ["a'b\\n", "x;),(y", "two\nlines"], ["no comma", "double", "1"],
    ]  # fmt: skip
    assert [row.line for row in rows] == [5, 6, 9]


def test_rows_do_not_depend_on_where_the_window_ends(monkeypatch):
    data = next(member.open().read() for member in members(SAMPLE) if member.name == "ea-giving-group.sql")
    whole = list(sql_rows(io.BytesIO(data), "donations"))
    assert len(whole) == 21
    for size in (61, 1_000):
        monkeypatch.setattr(sql_values, "CHUNK_BYTES", size)
        assert list(sql_rows(io.BytesIO(data), "donations")) == whole


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["(", ")", "'", "''", "\\", ",", ";", "/*", "*/", "--", "#", "\n", "NULL", "1", "a", '"', " ", "é", "\x00"]
        )
    )
)
def test_any_text_after_values_is_read_to_its_end(words):
    text = "insert into donations(donor, donee, amount) values ('F','D',1)," + "".join(words)
    rows = list(sql_rows(io.BytesIO(text.encode()), "donations"))
    assert rows[0].values == ("'F'", "'D'", "1")
    assert all(row.values is None or len(row.values) == 3 for row in rows)


def test_only_its_own_files_are_recognised(tmp_path):
    found = Counter(source.name if (source := recognise(member)) else None for member in members(SAMPLE))
    assert found["cc0_grant_lists"] == 65
    for name, data in {
        "a.sql": b"create table donations (donor int);",
        "b.sql": b"\x00\x01",
        "c.sql": b"insert into other(a) values (1)",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert not any(map(reader.recognises, members(tmp_path / str(name))))


def test_a_truncated_archive_is_refused(tmp_path):
    path = tmp_path / "donations-cc0.tar.gz"
    path.write_bytes(SAMPLE.read_bytes()[:1_000_000])
    with pytest.raises(FileRefused, match="donations-cc0"):
        list(batches(path, reader.SOURCE))
