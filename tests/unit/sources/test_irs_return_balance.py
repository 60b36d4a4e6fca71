"""Whether the lines of Part X add up: on the real returns by their own XML, and on constructed ones."""

from __future__ import annotations

import gzip

import pytest
from lxml import etree

from catalynx.sources.irs_return_balance import LINES, sums
from catalynx.sources.irs_returns import SOURCE


@pytest.mark.parametrize("name", ["propublica", "ascension", "asu_foundation", "red_cross", "201541349349307794_public"])
def test_the_lines_of_the_real_returns_add_up(load, sample, name):
    path = sample / f"irs_990/{name}.xml.gz"
    row = load(path, SOURCE).rows["filings"].iloc[0]
    assert row["asset_lines_add_up"]
    assert row["liability_lines_add_up"]
    form = etree.fromstring(gzip.decompress(path.read_bytes())).find(".//{*}IRS990")
    liabilities = ("AccountsPayableAccrExpnssGrp", "GrantsPayableGrp", "DeferredRevenueGrp", "TaxExemptBondLiabilitiesGrp",
                   "EscrowAccountLiabilityGrp", "LoansFromOfficersDirectorsGrp", "MortgNotesPyblScrdInvstPropGrp",
                   "UnsecuredNotesLoansPayableGrp", "OtherLiabilitiesGrp")  # fmt: skip
    stated = [int(form.findtext(f"{{*}}{line}/{{*}}EOYAmt") or 0) for line in liabilities]
    assert sum(stated) == row["liabilities_usd"]


def test_a_line_that_is_taken_away_leaves_a_gap(load, sample, tmp_path):
    data = gzip.decompress((sample / "irs_990/propublica.xml.gz").read_bytes())
    (tmp_path / "cut.xml").write_bytes(data.replace(b"<EOYAmt>148703</EOYAmt>", b""))
    row = load(tmp_path / "cut.xml", SOURCE).rows["filings"].iloc[0]
    assert not row["liability_lines_add_up"]
    assert row["asset_lines_add_up"]


def test_what_cannot_be_said_is_left_out():
    assert sums({}) == {}
    assert sums({"assets_usd": "none", "liabilities_usd": "5", "payables": "five"}) == {"liability_lines_add_up": False}
    assert sums({"liabilities_usd": "0"}) == {"liability_lines_add_up": True}
    assert sums({"assets_usd": "7", "cash_usd": "4", "other_assets": "3"}) == {"asset_lines_add_up": True}


def test_every_line_has_a_name_of_before_and_after_2013():
    assert len(LINES) == 20
    assert all(now.endswith("/EOYAmt") and before.endswith("/EOY") for now, before in LINES.values())
