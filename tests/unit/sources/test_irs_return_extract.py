"""The extract of returns: what it says, what its zeros mean, and what is set aside."""

from __future__ import annotations

import csv
import gzip
import io

import pytest

from catalynx.errors import FileRefused
from catalynx.sources import read_frames, recognise
from catalynx.sources.irs_return_extract import SOURCE
from catalynx.sources.members import members

FILE = "irs_990_extract/first10kfilers2018.csv.gz"
GOOD = {
    "URL": "https://s3.amazonaws.com/irs-form-990/201812349349300001_public.xml", "RETURN_TYPE": "990", "TAX_YEAR": "2017",
    "ORG_NAME": "CONSTRUCTED CHARITY", "ORG_ADDR_STATE": "VT", "ORG_EIN": "45678901", "REV_CONTR_TOTL_CY": "0",
    "REV_PROG_TOT_CY": "70", "REV_INVEST_TOT_CY": "-10", "REV_OTH_CY": "40", "REV_TOT_CY": "100", "EXP_GRANT_SIMILAR_CY": "0",
    "EXP_TOT_CY": "90", "NAFB_LIAB_TOT_EOY": "0", "NAFB_TOT_EOY": "5",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped(load, sample):
    return load(sample / FILE, SOURCE)


def construct(load, tmp_path, *rows):
    text = io.StringIO(newline="")
    written = csv.DictWriter(text, list(GOOD))
    written.writeheader()
    written.writerows([GOOD | row for row in rows])
    (tmp_path / "constructed.csv").write_text(text.getvalue())
    return load(tmp_path / "constructed.csv", SOURCE)


def test_every_shipped_row_is_read_or_set_aside(shipped, sample):
    filings = shipped.rows["filings"]
    assert (len(filings), len(shipped.records_set_aside)) == (8_062, 1_938)
    assert {row["reason"] for row in shipped.set_aside} == {"the extraction left it empty"}
    with gzip.open(sample / FILE, "rt", newline="") as lines:
        real = [row for row in csv.DictReader(lines) if row["RETURN_TYPE"] != "0"]
    assert filings["total_revenue_usd"].sum() == sum(int(row["REV_TOT_CY"]) for row in real)
    assert filings["form"].value_counts().to_dict() == {"990": 5_415, "990EZ": 2_647}
    assert filings["return_id"].is_unique


def test_one_shipped_row_by_hand(shipped):
    row = shipped.rows["filings"].set_index("ein").loc["030218115"]
    assert (row["name"], row["state"], row["total_revenue_usd"]) == ("VERMONT COUNCIL ON THE ARTS INC", "VT", 1_706_232)
    assert row["file"] == FILE.rsplit("/", 1)[1]
    assert row["place"].startswith("line ")


def test_of_a_return_filed_twice_the_latest_is_canonical(shipped):
    twice = shipped.rows["filings"].query("ein == '363682222'").set_index("return_id")["canonical"].to_dict()
    assert twice == {"363682222_990EZ_201703269349200105": False, "363682222_990EZ_201703269349200615": True}


def test_no_executive_is_in_what_ships(sample):
    with gzip.open(sample / FILE, "rt") as lines:
        names = next(lines)
    assert "EXEC" not in names
    assert "COMP" not in names


def test_a_zero_is_unknown_unless_the_sum_proves_it(load, tmp_path):
    row = construct(load, tmp_path, {}).rows["filings"].iloc[0]
    assert row["ein"] == "045678901"
    assert row["contributions_usd"] == 0  # 0 + 70 − 10 + 40 = 100
    assert row["investment_income_usd"] == -10
    assert row[["liabilities_usd", "grants_paid_usd"]].isna().all()


@pytest.mark.parametrize("change", [{"REV_TOT_CY": "101"}, {"RETURN_TYPE": "990EZ"}, {"REV_OTH_CY": "NA"}])
def test_a_zero_without_proof_is_unknown(load, tmp_path, change):
    assert construct(load, tmp_path, change).rows["filings"]["contributions_usd"].isna().all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"RETURN_TYPE": "0"}, "left it empty"),
        ({"RETURN_TYPE": "5227"}, "form 5227 is not read"),
        ({"URL": "0"}, "names no return"),
        ({"ORG_EIN": "12"}, "eight or nine digits"),
    ],
)
def test_what_is_no_return_is_set_aside(load, tmp_path, change, reason):
    loaded = construct(load, tmp_path, change, {})
    assert len(loaded.rows["filings"]) == 1
    assert reason in loaded.records_set_aside[0]["reason"]


def test_repeats_and_unreadable_fields(load, tmp_path):
    loaded = construct(load, tmp_path, {}, {}, {"URL": GOOD["URL"].replace("0001_", "0002_"), "EXP_TOT_CY": "1e5"})
    assert loaded.duplicates["filings"] == 1
    (aside,) = loaded.fields_unknown
    assert (aside["field"], aside["raw_text"]) == ("total_expenses_usd", "1e5")
    odd = construct(load, tmp_path, {"ORG_ADDR_STATE": "Ontario", "TAX_YEAR": "0"}).rows["filings"].iloc[0]
    assert odd[["state", "tax_year"]].isna().all()


def test_it_is_recognised_and_others_are_not(sample, tmp_path):
    (member,) = members(sample / FILE)
    assert recognise(member) is SOURCE
    (tmp_path / "cut.csv").write_text("URL,RETURN_TYPE,ORG_EIN\n")
    (cut,) = members(tmp_path / "cut.csv")
    assert not SOURCE.recognises(cut)
    with pytest.raises(FileRefused):
        read_frames(tmp_path / "cut.csv")
