"""The daily extract of Grants.gov. Extracts here are constructed by the publisher's schema, and checked against it."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from catalynx.columns import table
from catalynx.errors import FileRefused
from catalynx.sources import batches, recognise
from catalynx.sources import grants_gov as reader
from catalynx.sources.grants_gov_fields import amount, category_code, day, instrument_codes, opportunity_key, plain_text
from catalynx.sources.members import Member, members

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "catalynx" / "sample" / "grants_gov" / "grants-gov-extract.xsd"
SPACE = "http://apply.grants.gov/system/OpportunityDetail-V1.0"

SYNOPSIS = {
    "OpportunityID": "262148", "OpportunityTitle": "Establishment of the Edmund S. Muskie Graduate Internship Program",
    "OpportunityNumber": "SCAPPD-14-AW-161-SCA-08152014", "OpportunityCategory": "D", "FundingInstrumentType": ["CA", "G"],
    "CategoryOfFundingActivity": ["O", "ED"], "CFDANumbers": ["19.040", "19.022"], "EligibleApplicants": ["12", "25"],
    "AdditionalInformationOnEligibility": "U.S. 501(c)(3) organizations. Ask grants@example.gov.", "AgencyCode": "DOS-SCA",
    "AgencyName": "Bureau of South and Central Asian Affairs", "PostDate": "08212014", "CloseDate": "03252024",
    "LastUpdatedDate": "08202014", "AwardCeiling": "600000", "AwardFloor": "400000", "EstimatedTotalProgramFunding": "600000",
    "ExpectedNumberOfAwards": "1",
    "Description": "<p>First &amp;amp; foremost.</p><p>Call 202-555-0147 or <a href='mailto:a@example.gov'>a@b.gov</a></p>",
    "CostSharingOrMatchingRequirement": "No", "ArchiveDate": "04252024", "AdditionalInformationURL": "http://www.example.gov/grants",
    "GrantorContactEmail": "roe@example.gov", "GrantorContactText": "Jane Roe, 202-555-0100",
}  # fmt: skip
FORECAST = {
    "OpportunityID": "351234", "OpportunityTitle": "Forecast of a program", "OpportunityNumber": "F 24-001",
    "FundingInstrumentType": "G", "AgencyCode": "HHS-NIH11", "PostDate": "01152024", "LastUpdatedDate": "02012024",
    "EstimatedSynopsisPostDate": "04012024", "EstimatedSynopsisCloseDate": "06012024", "AwardCeiling": "none", "AwardFloor": "1",
    "EstimatedTotalProgramFunding": "0", "ExpectedNumberOfAwards": "0", "GrantorContactName": "Jane Roe",
    "GrantorContactPhoneNumber": "202-555-0100",
}  # fmt: skip


def extract(*opportunities: tuple[str, dict]) -> bytes:
    root = etree.Element(f"{{{SPACE}}}Grants", nsmap={None: SPACE})
    for kind, fields in opportunities:
        element = etree.SubElement(root, f"{{{SPACE}}}Opportunity{kind}Detail_1_0")
        for name, values in fields.items():
            for value in values if isinstance(values, list) else [values]:
                etree.SubElement(element, f"{{{SPACE}}}{name}").text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def zipped(folder: Path, xml: bytes, name: str = "GrantsDBExtract20240209v2") -> Path:
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.xml", xml)
    return path


def read(folder: Path, *opportunities: tuple[str, dict], **named: str):
    rows, asides, count = [], [], 0
    for batch in batches(zipped(folder, extract(*opportunities), **named), reader.SOURCE):
        rows += batch.rows["opportunities"].to_pylist() if "opportunities" in batch.rows else []
        asides += batch.set_aside
        count += batch.read["opportunities"]
    assert count == len(opportunities) == len(rows) + sum(aside["field"] is None for aside in asides)
    return rows, asides


def test_the_constructed_extract_follows_the_publishers_schema():
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(etree.fromstring(extract(("Synopsis", SYNOPSIS), ("Forecast", FORECAST))))


def test_a_synopsis(tmp_path):
    (row,), asides = read(tmp_path, ("Synopsis", SYNOPSIS))
    assert asides == []
    assert row["opportunity_id"] == row["opportunity_number"] == "SCAPPD-14-AW-161-SCA-08152014"
    assert (row["stage"], row["dates_estimated"]) == ("posted", False)
    assert (row["posted_date"], row["close_date"]) == (date(2014, 8, 21), date(2024, 3, 25))
    assert row["updated_date"] == date(2014, 8, 20)
    assert (row["instruments"], row["categories"]) == (["CA", "G"], ["O", "ED"])
    assert (row["applicant_types"], row["assistance_listings"]) == (["12", "25"], ["19.040", "19.022"])
    assert (row["ceiling_usd"], row["floor_usd"], row["total_funding_usd"], row["expected_awards"]) == (
        600_000,
        400_000,
        600_000,
        1,
    )
    assert row["cost_sharing"] is False
    assert (row["agency"], row["agency_code"]) == ("Bureau of South and Central Asian Affairs", "DOS-SCA")
    assert row["url"] == "http://www.example.gov/grants"
    assert row["place"] == "OpportunityID 262148"
    assert row["file"] == "GrantsDBExtract20240209v2.zip!GrantsDBExtract20240209v2.xml"


def test_contacts_are_not_read_and_contact_details_in_texts_are_blanked(tmp_path):
    rows, asides = read(tmp_path, ("Synopsis", SYNOPSIS), ("Forecast", FORECAST))
    assert rows[0]["description"] == "First & foremost.\n\nCall [contact] or [contact]"
    assert rows[0]["eligibility_text"] == "U.S. 501(c)(3) organizations. Ask [contact]."
    assert not any(word in str(rows) + str(asides) for word in ("Jane", "Roe", "@", "555"))


def test_a_forecast_has_estimated_dates_and_unstated_amounts(tmp_path):
    (row,), asides = read(tmp_path, ("Forecast", FORECAST))
    assert asides == []
    assert (row["stage"], row["dates_estimated"]) == ("forecast", True)
    assert (row["posted_date"], row["close_date"]) == (date(2024, 4, 1), date(2024, 6, 1))
    for column in ("ceiling_usd", "floor_usd", "total_funding_usd", "expected_awards", "cost_sharing", "description"):
        assert row[column] is None
    assert row["opportunity_id"] == "F24-001"


@pytest.mark.parametrize(
    ("name", "closes", "archived", "stage"),
    [
        ("GrantsDBExtract20240209v2", "02102024", "03102024", "posted"),
        ("GrantsDBExtract20240209v2", "02082024", "03102024", "closed"),
        ("GrantsDBExtract20240209v2", "01012024", "02082024", "archived"),
        ("some-extract", "01011999", "01011999", "posted"),
    ],
)
def test_the_stage_is_judged_by_the_day_the_file_was_made(tmp_path, name, closes, archived, stage):
    (row,), _ = read(tmp_path, ("Synopsis", SYNOPSIS | {"CloseDate": closes, "ArchiveDate": archived}), name=name)
    assert row["stage"] == stage


def test_what_cannot_be_read_is_unknown_and_noted(tmp_path):
    broken = SYNOPSIS | {
        "CloseDate": "13452024", "AwardCeiling": "10", "AwardFloor": "20", "EstimatedTotalProgramFunding": "lots",
        "ExpectedNumberOfAwards": "a few", "CFDANumbers": ["19.040", "19.40"], "AdditionalInformationURL": "javascript:alert(1)",
    }  # fmt: skip
    (row,), asides = read(tmp_path, ("Synopsis", broken))
    for column in ("close_date", "ceiling_usd", "floor_usd", "total_funding_usd", "expected_awards", "url"):
        assert row[column] is None
    assert row["assistance_listings"] == ["19.040"]
    assert {(aside["field"], aside["raw_text"]) for aside in asides} == {
        ("close_date", "13452024"), ("ceiling_usd", "floor 20, ceiling 10"), ("floor_usd", "floor 20, ceiling 10"),
        ("total_funding_usd", "lots"), ("expected_awards", "a few"), ("assistance_listings", "19.40"),
    }  # fmt: skip


def test_an_opportunity_without_title_or_any_number_is_set_aside(tmp_path):
    nameless = ("Synopsis", {"LastUpdatedDate": "01012024"}), ("Synopsis", {"OpportunityID": "5"})
    rows, asides = read(tmp_path, *nameless, ("Forecast", FORECAST))
    assert len(rows) == 1
    assert [aside["reason"] for aside in asides] == ["opportunity_id is missing", "title is missing"]


def test_one_key_in_the_extract_and_in_the_exports():
    assert opportunity_key(" hhs-2024 acf-1", "351234") == opportunity_key("HHS-2024ACF-1", None)
    assert opportunity_key(None, "351234") == "351234"
    assert table("opportunities").newest_by == "updated_date"


def test_batches_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_BATCH_TEXT", 2_000)
    many = [("Synopsis", SYNOPSIS | {"OpportunityNumber": f"N-{n}"}) for n in range(20)]
    found = [
        batch.rows["opportunities"].num_rows for batch in batches(zipped(tmp_path, extract(*many)), reader.SOURCE) if batch.rows
    ]
    assert sum(found) == 20
    assert max(found) <= 5


def test_the_bench_constructs_an_extract_that_is_read_whole(tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'tests/bench'); from pathlib import Path; import grants_gov_memory as bench; "
        "from catalynx.sources import batches; from catalynx.sources.grants_gov import SOURCE; "
        "path, count = bench.construct_extract(Path(sys.argv[1]), 2_000_000); "
        "print(count, sum(b.read['opportunities'] for b in batches(path, SOURCE)), path.name)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    written, read_count, name = done.stdout.split()
    assert int(written) == int(read_count) > 500
    assert name.startswith("constructed_")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE Grants [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Grants [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_documents_with_entities_are_refused(tmp_path, doctype):
    one = "<OpportunitySynopsisDetail_1_0><OpportunityTitle>&x;</OpportunityTitle></OpportunitySynopsisDetail_1_0>"
    xml = f'<?xml version="1.0"?>{doctype}<Grants xmlns="{SPACE}">{one}</Grants>'
    with pytest.raises(FileRefused, match="document type"):
        list(batches(zipped(tmp_path, xml.encode()), reader.SOURCE))


def test_truncated_files_are_refused(tmp_path):
    whole = extract(*[("Synopsis", SYNOPSIS)] * 40)
    with pytest.raises(FileRefused, match="no whole XML document"):
        list(batches(zipped(tmp_path, whole[:-500]), reader.SOURCE))
    path = zipped(tmp_path, whole)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FileRefused, match="not a readable zip"):
        list(batches(path, reader.SOURCE))
    path.write_bytes(b"")
    with pytest.raises(FileRefused, match="empty"):
        list(batches(path, reader.SOURCE))


def test_only_its_own_files_are_recognised(tmp_path):
    (tmp_path / "other.xml").write_bytes(b"<Grants><Grant/></Grants>")
    for path in (SCHEMA, tmp_path / "other.xml"):
        assert not any(map(reader.recognises, members(path)))
    assert [recognise(member).name for member in members(zipped(tmp_path, extract(("Forecast", FORECAST))))] == [
        "grants_gov_extract"
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*SYNOPSIS, *FORECAST]), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
)
def test_any_fields_are_published_or_set_aside(fields):
    xml = extract(("Synopsis", {name: text.replace("\ufffe", "").replace("\uffff", "") for name, text in fields.items()}))
    (batch,) = reader.read([Member("fuzzed.xml", len(xml), lambda: io.BytesIO(xml))])
    published = batch.rows["opportunities"].num_rows if "opportunities" in batch.rows else 0
    assert batch.read["opportunities"] == 1 == published + batch.records_set_aside("opportunities")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_field_readers_take_any_text(text):
    value, _ = amount(text)
    assert value is None or value > 1
    day(text)
    plain_text(text)
    assert category_code(text) is None or len(text) >= 5
    codes = instrument_codes(text)
    assert codes is None or set(codes) <= {"CA", "G", "PC", "O"}


def test_amounts_and_days():
    assert amount("1,000") == (1000, True)
    assert amount(" 500 ") == (500, True)
    assert [amount(text) for text in ("0", "1", "none", "", None)] == [(None, True)] * 5
    assert amount("-5") == (None, False)
    assert [day(text)[0] for text in ("02092024", "2/9/2024", "2024-02-09")] == [date(2024, 2, 9)] * 3
    assert [day(text) for text in ("2099-01-01", "no data", "")] == [(None, True)] * 3
    assert [day(text) for text in ("-- 9-10-6--20", "7-02-4--20", "2024-17-02")] == [(None, False)] * 3
