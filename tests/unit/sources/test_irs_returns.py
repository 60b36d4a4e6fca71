"""IRS e-file returns: the real ones against their XML, the edited ones, and what must be set aside or refused."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from lxml import etree

from catalynx.columns import arrow_schema, table
from catalynx.errors import FileRefused
from catalynx.sources import read_frames, recognise
from catalynx.sources.irs_returns import SOURCE, mark_canonical, read
from catalynx.sources.members import members

ROOT = Path(__file__).parents[3]
REAL = ROOT / "catalynx/sample/irs_990"
EDITED = ROOT / "tests/data/irs_990_edited"
CONSTRUCTED = ROOT / "tests/data/irs_990_constructed"
ASU = "866051042"
BOMB = '<!DOCTYPE Return [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)


def real_bytes(name: str) -> bytes:
    return gzip.decompress((REAL / f"{name}.xml.gz").read_bytes())


def local(root: etree._Element, path: str) -> list[str]:
    """Texts at a path without namespaces, read by XPath and not by the reader under test."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return [str(text) for text in root.xpath(f"/*/{steps}/text()")]


@pytest.fixture(scope="module")
def real(load):
    return load(REAL, SOURCE)


@pytest.fixture(scope="module")
def edited(load):
    return load(EDITED, SOURCE)


# The real returns


def test_every_real_return_is_a_canonical_filing(real):
    filings = real.rows["filings"]
    assert len(filings) == len(list(REAL.glob("*.xml.gz"))) == 6
    assert filings["canonical"].all()
    assert sorted(filings["form"]) == ["990"] * 5 + ["990PF"]
    assert not real.records_set_aside


def test_the_filer_is_not_the_preparer(real):
    names = dict(zip(real.rows["filings"]["ein"], real.rows["filings"]["name"], strict=True))
    assert names["201585919"] == "VOICE OF SAN DIEGO"
    assert names[ASU] == "Arizona State University Foundation For A New American University"
    assert not any("LLP" in name for name in names.values())


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ("total_revenue_usd", "IRS990/CYTotalRevenueAmt"),
        ("total_revenue_usd", "IRS990/TotalRevenueGrp/TotalRevenueColumnAmt"),
        ("total_expenses_usd", "IRS990/CYTotalExpensesAmt"),
        ("total_expenses_usd", "IRS990/TotalFunctionalExpensesGrp/TotalAmt"),
        ("program_expenses_usd", "IRS990/TotalFunctionalExpensesGrp/ProgramServicesAmt"),
        ("administration_expenses_usd", "IRS990/TotalFunctionalExpensesGrp/ManagementAndGeneralAmt"),
        ("fundraising_expenses_usd", "IRS990/TotalFunctionalExpensesGrp/FundraisingAmt"),
        ("contributions_usd", "IRS990/TotalContributionsAmt"),
        ("government_grants_usd", "IRS990/GovernmentGrantsAmt"),
        ("program_service_revenue_usd", "IRS990/TotalProgramServiceRevenueAmt"),
        ("depreciation_usd", "IRS990/DepreciationDepletionGrp/TotalAmt"),
        ("assets_usd", "IRS990/TotalAssetsEOYAmt"),
        ("liabilities_usd", "IRS990/TotalLiabilitiesEOYAmt"),
        ("net_assets_usd", "IRS990/NetAssetsOrFundBalancesEOYAmt"),
        ("unrestricted_net_assets_usd", "IRS990/UnrestrictedNetAssetsGrp/EOYAmt"),
        ("land_buildings_equipment_usd", "IRS990/LandBldgEquipBasisNetGrp/EOYAmt"),
        ("secured_debt_usd", "IRS990/MortgNotesPyblScrdInvstPropGrp/EOYAmt"),
        ("cash_usd", "IRS990/CashNonInterestBearingGrp/EOYAmt"),
        ("savings_usd", "IRS990/SavingsAndTempCashInvstGrp/EOYAmt"),
        ("assets_fmv_usd", "IRS990PF/FMVAssetsEOYAmt"),
        ("distributable_usd", "IRS990PF/DistributableAmountGrp/DistributableAsAdjustedAmt"),
        ("qualifying_distributions_usd", "IRS990PF/QualifyingDistriPartXIIGrp/QualifyingDistributionsAmt"),
        ("total_revenue_usd", "IRS990PF/AnalysisOfRevenueAndExpenses/TotalRevAndExpnssAmt"),
        ("grants_paid_usd", "IRS990PF/AnalysisOfRevenueAndExpenses/ContriPaidDsbrsChrtblAmt"),
    ],
)
def test_amounts_are_those_of_the_xml(real, column, path):
    filings = real.rows["filings"].set_index("file")
    stated_in = 0
    for file in REAL.glob("*.xml.gz"):
        root = etree.fromstring(gzip.decompress(file.read_bytes()))
        if not root.xpath(f"/*/*/*[local-name()='{path.split('/')[0]}']"):
            continue
        stated, value = local(root, f"ReturnData/{path}"), filings.loc[file.name, column]
        if stated:
            assert value == float(stated[0]), file.name
            stated_in += 1
        else:
            assert value != value, f"{file.name}: absent must be unknown, not {value}"
    # The one real 990-PF at hand is an operating foundation, which has no distributable amount.
    assert (stated_in == 0) == (column == "distributable_usd")


def test_one_filing_by_hand(real):
    row = real.rows["filings"].set_index("ein").loc[ASU]
    assert (row["total_revenue_usd"], row["total_expenses_usd"]) == (164_833_367, 105_293_431)
    assert (row["city"], row["state"], row["tax_year"], str(row["period_end"])) == ("Tempe", "AZ", 2014, "2015-06-30")
    assert row["return_id"] == "866051042_990_20150630_20151116T231413Z"
    assert row["schema_version"] == "2014v5.0"
    assert not row["amended"]


def test_schedule_i_rows_and_sums(real):
    grants = real.rows["grants"]
    grants = grants[grants["funder_ein"] == ASU]
    root = etree.fromstring(real_bytes("asu_foundation"))
    rows = root.findall(".//{*}IRS990ScheduleI/{*}RecipientTable")
    cash = sum(float(row.findtext("{*}CashGrantAmt", "0")) + float(row.findtext("{*}NonCashAssistanceAmt", "0")) for row in rows)
    assert len(grants) == len(rows) == 34
    assert grants["amount_usd"].sum() == cash
    assert list(grants["recipient_ein"].dropna()) == [e for row in rows if (e := row.findtext("{*}RecipientEIN"))]
    assert set(grants["status"]) == {"paid"}
    assert set(grants["year"]) == {2015}
    assert grants["place"].iloc[33] == "/Return/ReturnData/IRS990ScheduleI/RecipientTable[34]"
    assert grants["grant_id"].is_unique


def test_patients_are_individuals_and_nameless(real):
    grant = real.rows["grants"].set_index("funder_ein").loc["311520982"]
    assert (grant["recipient_kind"], grant["amount_usd"]) == ("individual", 662_647_955)
    assert grant[["recipient_name", "recipient_city", "recipient_state"]].isna().all()


def test_officers_are_those_of_the_xml(real):
    people = real.rows["people"]
    assert not people.duplicated(["return_id", "place"]).any()
    root = etree.fromstring(real_bytes("201541349349307794_public"))
    rows = root.findall(".//{*}Form990PartVIISectionAGrp")
    ours = people[people["ein"] == "201585919"]
    assert list(ours["person_name"]) == [row.findtext("{*}PersonNm") for row in rows]
    assert list(ours["role"]) == [row.findtext("{*}TitleTxt") for row in rows]
    assert list(ours["hours_per_week"]) == [float(row.findtext("{*}AverageHoursPerWeekRt")) for row in rows]


def test_persons_filed_as_businesses_are_persons(real):
    """Ascension Health gives its people as business names."""
    people = real.rows["people"]
    assert "ROBERT J HENKEL FACHE" in set(people[people["ein"] == "311662309"]["person_name"])


def test_well_paid_employees_who_lead_nothing_are_not_people(real):
    root = etree.fromstring(real_bytes("propublica"))
    staff = {
        row.findtext("{*}PersonNm")
        for row in root.findall(".//{*}Form990PartVIISectionAGrp")
        if row.find("{*}HighestCompensatedEmployeeInd") is not None
        and all(row.find("{*}" + box) is None for box in ("IndividualTrusteeOrDirectorInd", "OfficerInd", "KeyEmployeeInd"))
    }
    assert staff
    assert not staff & set(real.rows["people"]["person_name"])


def test_nothing_of_contacts_signers_or_preparers_is_loaded(real, load):
    constructed = load(CONSTRUCTED, SOURCE)
    texts = "\n".join(frame.to_csv() for loaded in (real, constructed) for frame in loaded.rows.values())
    texts += str(real.set_aside) + str(constructed.set_aside)
    for canary in (
        "PREPARER LLP",
        "INVENTED CONTACT",
        "INVENTED ASSISTANT",
        "INVENTED STUDENT",
        "HIDDEN LANE",
        "ELM ST",
        "777777",
        "802",
        "CONSTRUCTED.EXAMPLE",
        "constructed.example",
        "8006526227",
        "MIRIAM",
        "LINDSAY",
    ):
        assert canary not in texts, canary


# The edited returns


def test_edited_returns_balance(edited):
    assert edited.read["filings"] == 24
    assert {row["reason"] for row in edited.records_set_aside if row["table_name"] == "filings"} == {"the header names no filer"}
    assert {row["place"] for row in edited.records_set_aside} >= {"ein__missing_filer.xml.gz", "org_name__missing_filer.xml.gz"}
    assert edited.duplicates["filings"] == 24 - 2 - len(edited.rows["filings"])
    assert set(edited.rows["filings"]["form"]) == {"990", "990EZ", "990T"}


def test_name_on_two_lines(load):
    row = load(EDITED / "org_name__multiple_line_name.xml.gz", SOURCE).rows["filings"].iloc[0]
    root = etree.fromstring(gzip.decompress((EDITED / "org_name__multiple_line_name.xml.gz").read_bytes()))
    lines = [root.findtext(f".//{{*}}Filer/{{*}}BusinessName/{{*}}BusinessNameLine{line}Txt") for line in (1, 2)]
    assert row["name"] == " ".join(lines)
    assert row["form"] == "990T"
    assert row["total_revenue_usd"] != row["total_revenue_usd"]


def test_the_same_return_twice_is_a_recognised_duplicate(load, tmp_path):
    (tmp_path / "a.xml").write_bytes(real_bytes("asu_foundation"))
    (tmp_path / "b.xml").write_bytes(real_bytes("asu_foundation"))
    loaded = load(tmp_path, SOURCE)
    assert loaded.duplicates == {"filings": 1, "grants": 34, "people": len(loaded.rows["people"])}
    assert set(loaded.rows["grants"]["file"]) == {"a.xml"}


# Amended and superseded returns


def later(data: bytes, moment: str) -> bytes:
    return data.replace(b"2015-11-16T17:14:13-06:00", moment.encode())


def test_the_latest_return_of_a_period_is_canonical(load, tmp_path):
    data = real_bytes("asu_foundation")
    (tmp_path / "a.xml").write_bytes(later(data, "2016-02-01T10:00:00-06:00"))
    (tmp_path / "b.xml").write_bytes(data)
    (tmp_path / "c.xml").write_bytes(later(data, "2016-02-01T16:30:00+00:00").replace(b"2015-06-30", b"2014-06-30"))
    filings = load(tmp_path, SOURCE).rows["filings"].set_index("file")
    assert filings["canonical"].to_dict() == {"a.xml": True, "b.xml": False, "c.xml": True}


def test_moments_are_compared_and_not_their_texts():
    rows = [("1", "2016-02-01T23:00:00-06:00"), ("2", "2016-02-02T04:00:00+00:00"), ("3", None)]
    assert canonical(rows) == [True, False, False]
    assert canonical(rows[::-1]) == [False, False, True]
    assert canonical([("3", None)]) == [True]
    assert mark_canonical(arrow_schema("filings").empty_table()).num_rows == 0


def canonical(rows: list[tuple[str, str | None]]) -> list[bool]:
    same = {"ein": "012345678", "form": "990", "canonical": False}
    return mark_canonical(
        pa.Table.from_pylist([same | {"return_id": one, "filed_at": at} for one, at in rows], schema=arrow_schema("filings"))
    )["canonical"].to_pylist()


# What is set aside, and what is refused

NOT_RETURNS = {
    "xxe": b'<!DOCTYPE Return [<!ENTITY x SYSTEM "file:///etc/passwd">]><Return><ReturnHeader>&x;</ReturnHeader></Return>',
    "bomb": (BOMB + "]><Return><ReturnHeader>&j;</ReturnHeader></Return>").encode(),
    "external_dtd": b'<!DOCTYPE Return SYSTEM "http://constructed.example/x.dtd"><Return/>',
    "utf16_dtd": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE Return [<!ENTITY x "y">]><Return/>'.encode("utf-16"),
    "truncated": real_bytes("propublica")[:40_000],
    "other_root": b"<Returns><ReturnHeader/></Returns>",
    "no_xml": b"%PDF-1.7 nothing here",
    "deep": b"<Return>" + b"<a>" * 5000,
}
REASONS = dict.fromkeys(NOT_RETURNS, "DTD") | dict.fromkeys(("truncated", "no_xml", "deep"), "well-formed")
REASONS |= {"other_root": "root is Returns"}


@pytest.mark.parametrize("kind", NOT_RETURNS)
def test_a_file_that_is_no_return_is_refused(kind, tmp_path):
    path = tmp_path / "201512349349300000_public.xml"
    path.write_bytes(NOT_RETURNS[kind])
    with pytest.raises(FileRefused, match=REASONS[kind]):
        list(read(members(path)))


@pytest.mark.parametrize("kind", NOT_RETURNS)
def test_a_member_that_is_no_return_is_set_aside(kind, load, tmp_path):
    path = tmp_path / "2015_TEOS_XML_01A.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("201512349349300001_public.xml", real_bytes("asu_foundation"))
        archive.writestr("201512349349300002_public.xml", NOT_RETURNS[kind])
        archive.writestr("201512349349300003_public.xml", real_bytes("propublica"))
    file = f"{path.name}!201512349349300002_public.xml"
    loaded = load(path, SOURCE)
    assert (loaded.read["filings"], len(loaded.rows["filings"])) == (3, 2)
    (aside,) = (row for row in loaded.set_aside if row["table_name"] == "filings")
    assert (aside["file"], aside["place"], aside["source"]) == (file, file, "irs_efile")
    assert REASONS[kind] in aside["reason"]
    assert "root:" not in str(aside)


def test_a_damaged_member_of_a_bulk_zip_is_set_aside(load, tmp_path):
    path = tmp_path / "bulk.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, name in enumerate(("asu_foundation", "propublica", "red_cross"), 1):
            archive.writestr(f"20151234934930000{number}_public.xml", real_bytes(name))
        offset = archive.getinfo("201512349349300002_public.xml").header_offset
    packed = bytearray(path.read_bytes())
    packed[offset + 200 : offset + 400] = bytes(200)
    path.write_bytes(packed)
    loaded = load(path, SOURCE)
    assert loaded.read["filings"] == 3
    assert list(loaded.rows["filings"]["ein"]) == [ASU, "530196605"]
    assert "cannot be unpacked" in loaded.records_set_aside[0]["reason"]


def test_a_gz_cut_short_is_refused(tmp_path):
    path = tmp_path / "201512349349300002_public.xml.gz"
    path.write_bytes((REAL / "propublica.xml.gz").read_bytes()[:9000])
    with pytest.raises(FileRefused, match="cannot be unpacked"):
        read_frames(path)


def test_a_single_unusable_return_is_set_aside_with_its_reason(load, tmp_path):
    good = real_bytes("asu_foundation")
    cases = {
        "the filer has no EIN": good.replace(b"<EIN>866051042</EIN>", b""),
        "the filer's EIN is not nine digits": good.replace(b"<EIN>866051042</EIN>", b"<EIN>86605104</EIN>"),
        "form 5227 is not read; 990, 990EZ, 990PF and 990T are": good.replace(b"Cd>990<", b"Cd>5227<"),
        "it says it is a form 990EZ, and holds no IRS990EZ": good.replace(b"Cd>990<", b"Cd>990EZ<"),
        "the end of the tax period is missing or not a day": good.replace(b"2015-06-30", b"2015-06-31"),
    }
    for reason, data in cases.items():
        path = tmp_path / "one.xml"
        path.write_bytes(data)
        loaded = load(path, SOURCE)
        assert [row["reason"] for row in loaded.set_aside] == [reason]
        assert loaded.set_aside[0]["raw_text"] == ""
        assert not loaded.rows
    path.write_bytes(good.replace(b"<EIN>866051042</EIN>", b"<EIN>000000000</EIN>"))
    assert [row["reason"] for row in load(path, SOURCE).set_aside] == ["the filer has no EIN"]


def test_values_that_are_none_are_unknown_and_noted(load, tmp_path):
    data = real_bytes("asu_foundation").replace(b">164833367<", b">lots<").replace(b"2015-11-16T17:14:13-06:00", b"yesterday")
    (tmp_path / "one.xml").write_bytes(data)
    loaded = load(tmp_path / "one.xml", SOURCE)
    row = loaded.rows["filings"].iloc[0]
    assert row["total_revenue_usd"] != row["total_revenue_usd"]
    assert row["filed_at"] is None or row["filed_at"] != row["filed_at"]
    assert {(row["field"], row["raw_text"]) for row in loaded.fields_unknown} == {
        ("total_revenue_usd", "lots"),
        ("filed_at", "yesterday"),
    }
    assert row["return_id"].startswith("866051042_990_20150630_")


def test_a_return_too_large_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("catalynx.sources.irs_return_tree.MAX_RETURN_BYTES", 10_000)
    (tmp_path / "one.xml").write_bytes(real_bytes("propublica"))
    with pytest.raises(FileRefused, match="more than 10,000 bytes"):
        read_frames(tmp_path / "one.xml")


def test_grants_and_people_stream_and_filings_come_last(monkeypatch, real):
    monkeypatch.setattr("catalynx.sources.irs_returns.BATCH_ROWS", 20)
    reads = list(read(members(REAL)))
    assert len(reads) > 2
    assert ["filings" in batch.rows for batch in reads] == [False] * (len(reads) - 1) + [True]
    for name, frame in real.rows.items():
        streamed = pa.concat_tables([batch.rows[name] for batch in reads if name in batch.rows]).to_pandas()
        assert streamed.to_csv() == frame.to_csv()


# How it is found


def test_returns_are_recognised_by_their_root(tmp_path):
    named = {
        "a.xml": real_bytes("propublica"),
        "b.txt": b"<?xml version='1.0'?><!-- <NotThis/> --><efile:Return xmlns:efile='http://www.irs.gov/efile'/>",
        "c.xml": '<?xml version="1.0" encoding="utf-16"?><Return/>'.encode("utf-16"),
        "201512349349300002_public.xml": b"\x00\x01",
    }
    for name, data in named.items():
        (tmp_path / name).write_bytes(data)
        (member,) = members(tmp_path / name)
        assert SOURCE.recognises(member), name
    for name, data in {"d.xml": b"<Grants><Return/></Grants>", "e.xml": b"Return", "f.csv": b"EIN,NAME\n"}.items():
        (tmp_path / name).write_bytes(data)
        (member,) = members(tmp_path / name)
        assert not SOURCE.recognises(member), name


def test_the_house_finds_the_reader():
    (member,) = members(REAL / "propublica.xml.gz")
    assert recognise(member) is SOURCE
    assert set(SOURCE.tables) == {"filings", "grants", "people"}


def test_frames_have_the_columns_of_the_vocabulary():
    frames = read_frames(REAL / "propublica.xml.gz")
    assert list(frames["filings"].columns) == table("filings").names
    assert list(frames["people"].columns) == table("people").names
