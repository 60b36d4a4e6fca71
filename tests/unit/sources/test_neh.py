"""NEH awards: counts of the raw files, placeholders, withheld persons, and XML that lies."""

from __future__ import annotations

import re
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import recognise
from catalynx.sources.members import members as members_of
from catalynx.sources.neh import LISTING_OF_DIVISION, LISTING_OF_PROGRAM, SOURCE, WITHOUT_LISTING, listing

SAMPLE = Path(__file__).parents[3] / "catalynx/sample/neh"
DECADES = ("1990s", "2000s")
EXCERPT = Path(__file__).parents[2] / "data/neh/NEH_Grants1970s_excerpt.xml"
GRANT = EXCERPT.read_text(encoding="utf-8").split("\t<Grant ", 2)[1].removeprefix("AppNumber=").split(">", 1)[1]


def file_of(folder: Path, *grants: str, head: str = "<Grants>", tail: str = "</Grants>") -> Path:
    path = folder / "constructed.xml"
    path.write_text(head + "".join(grants) + tail, encoding="utf-8")
    return path


def grant(number: str = "CA-1", **elements: str) -> str:
    said = {
        "ApplicantType": "1",
        "Institution": "Philbrook Museum of Art, Inc.",
        "InstState": "OK",
        "YearAwarded": "1990",
    } | elements
    return f'<Grant AppNumber="{number}">' + "".join(f"<{name}>{text}</{name}>" for name, text in said.items()) + "</Grant>"


def raw(decade: str) -> str:
    with zipfile.ZipFile(SAMPLE / f"NEH_Grants{decade}_Flat.zip") as archive:
        return archive.read(f"NEH_Grants{decade}_Flat.xml").decode()


@pytest.fixture(scope="module")
def shipped(load):
    return load(SAMPLE, SOURCE)


@pytest.fixture(scope="module")
def seventies(load):
    return load(EXCERPT, SOURCE).rows["awards"].set_index("award_id")


def test_every_grant_of_the_shipped_decades_is_published(shipped) -> None:
    awards = shipped.rows["awards"]
    assert shipped.read["awards"] == len(awards) == raw("1990s").count("<Grant ") + raw("2000s").count("<Grant ") == 22_176
    assert shipped.duplicates["awards"] == 0
    assert shipped.set_aside == []
    assert awards["award_id"].is_unique


def test_values_of_an_award_to_an_organisation(shipped) -> None:
    award = shipped.rows["awards"].set_index("award_id").loc["CA-21774-90"]
    assert award["recipient_name"] == "Philbrook Museum of Art, Inc."
    assert (award["recipient_kind"], award["recipient_type"]) == ("organization", "Art Museum")
    assert (award["recipient_city"], award["recipient_state"], award["year"]) == ("Tulsa", "OK", 1990)
    assert (award["amount_usd"], award["amount_kind"]) == (270_000, "awarded")
    assert (award["begin_date"], award["end_date"]) == (date(1988, 12, 1), date(1993, 7, 31))
    assert (award["program_name"], award["assistance_listing"]) == ("Challenge Grants for Museums", "45.130")
    assert award["purpose"].startswith("To support the endowment of an assistant curator's position")
    assert award["file"] == "NEH_Grants1990s_Flat.zip!NEH_Grants1990s_Flat.xml"
    assert award["place"] == "/Grants/Grant[1]"


def test_the_amount_is_what_the_publisher_says_was_actually_awarded(shipped, seventies) -> None:
    awards = shipped.rows["awards"].set_index("award_id")
    assert awards.loc["PS-20985-95", "amount_usd"] == 623_909.62  # original 287,092 + supplements 625,822 say more
    assert seventies.loc["EH-*1293-78", "amount_usd"] == 97_689 + 4_286  # the original amount says 0
    assert seventies.loc["EH-*1151-76", "amount_usd"] == 0
    parts = [text for decade in DECADES for text in re.findall(r"<Award(?:Outright|Matching)>(.*?)<", raw(decade))]
    assert awards["amount_usd"].sum() == pytest.approx(sum(map(float, parts)))
    assert awards["amount_usd"].notna().all()


def test_individuals_are_never_named(shipped, seventies) -> None:
    awards = shipped.rows["awards"]
    persons = awards[awards["recipient_kind"] == "individual"]
    assert len(persons) == sum(raw(decade).count("<ApplicantType>2<") for decade in DECADES) == 9652
    assert persons[["recipient_name", "recipient_city", "recipient_type"]].isna().all(axis=None)
    assert persons["recipient_state"].notna().mean() > 0.98
    assert seventies.loc["FB-*0031-79", "recipient_kind"] == "individual"  # an unaffiliated independent scholar


def test_names_of_project_directors_are_not_loaded(shipped) -> None:
    awards = shipped.rows["awards"]
    everything = awards.to_csv()
    assert "[Project Director]" in raw("1990s")
    assert "[Project Director]" not in everything
    assert "Marcia Manhart" not in everything


def test_placeholders_are_missing(shipped, seventies) -> None:
    awards = shipped.rows["awards"]
    nothing = [text for decade in DECADES for text in re.findall(r"<ToSupport>(No to support statement|-)<", raw(decade))]
    assert awards["purpose"].isna().sum() == len(nothing) == 11_689
    for column in ("recipient_name", "recipient_city", "recipient_state", "recipient_type", "title", "purpose"):
        texts = awards[column].dropna().str.lower()
        assert not texts.isin(["unknown", "un", "no title", "title not available", "no to support statement", "-", ""]).any()
    assert seventies.loc[["XN-10017-70", "FB-10275-70", "RO-11659-72", "GY-10229-75"], "title"].isna().all()


def test_an_organisation_without_a_name_is_of_unknown_kind(seventies) -> None:
    unknown = seventies.loc[["AO-10087-71", "RO-10465-70", "RO-10471-70", "E0-10011-75"]]
    assert set(unknown["recipient_kind"]) == {"unknown"}
    assert unknown["recipient_name"].isna().all()
    assert unknown["recipient_state"].isna().tolist() == [True, True, True, False]
    assert seventies.loc["EH-*1081-78", "recipient_state"] == "PR"


def test_every_mapped_listing_is_a_program_of_the_endowment(sample) -> None:
    from tarfile import open as open_tar

    with open_tar(sample / "assistance_listings/programs-fy2024.tar.gz") as archive:
        pages = [name for name in archive.getnames() if "/45." in name]
    numbers = {re.search(r"45\.\d{3}", name)[0] for name in pages}
    assert {*LISTING_OF_DIVISION.values(), *LISTING_OF_PROGRAM.values()} <= numbers


def test_listings_are_given_only_where_they_are_sure(shipped) -> None:
    assert listing("Public Programs", "Humanities Projects in Media") == "45.164"
    assert listing("Research Programs", "Summer Stipends") == "45.160"
    assert listing("Research Programs", "Basic Research") is None
    assert {listing(division, program) for division in LISTING_OF_DIVISION for program in WITHOUT_LISTING} == {None}
    awards = shipped.rows["awards"]
    assert set(LISTING_OF_PROGRAM) - {"Grants for State Humanities Councils"} <= set(awards["program_name"])
    assert awards["assistance_listing"].notna().mean() == pytest.approx(0.73, abs=0.05)


def test_an_award_that_stands_there_again_is_a_duplicate_and_another_under_its_number_is_set_aside(tmp_path, load) -> None:
    loaded = load(file_of(tmp_path, grant(), grant(), grant(YearAwarded="1991")), SOURCE)
    assert (loaded.read["awards"], loaded.duplicates["awards"]) == (3, 1)
    (row,) = loaded.records_set_aside
    assert row["place"] == "/Grants/Grant[3]"
    assert "other content" in row["reason"]
    assert "Philbrook" not in row["raw_text"]


def test_a_grant_without_its_number_is_set_aside(tmp_path, load) -> None:
    loaded = load(file_of(tmp_path, grant(), "<Grant><Participants>Jane Roe [Project Director]</Participants></Grant>"), SOURCE)
    (row,) = loaded.records_set_aside
    assert row["reason"] == "it has no AppNumber"
    assert "Roe" not in str(row)


def test_fields_that_cannot_be_read_are_unknown(tmp_path, load) -> None:
    money = {"AwardOutright": "12,000", "AwardMatching": "0"}
    days = {"YearAwarded": "199O", "BeginGrant": "1990-02-30", "EndGrant": "31.07.1991"}
    bad = grant(**money, **days, InstState="Okla")
    loaded = load(file_of(tmp_path, bad), SOURCE)
    assert {row["field"]: row["raw_text"] for row in loaded.fields_unknown} == {
        "amount_usd": "12,000", "year": "199O", "begin_date": "1990-02-30", "end_date": "31.07.1991", "recipient_state": "Okla",
    }  # fmt: skip
    assert loaded.rows["awards"][["amount_usd", "year", "begin_date", "end_date", "recipient_state"]].isna().all(axis=None)


def test_an_applicant_of_no_described_type_is_not_named(tmp_path, load) -> None:
    award = load(file_of(tmp_path, grant(ApplicantType="3")), SOURCE).rows["awards"].iloc[0]
    assert award["recipient_kind"] == "unknown"
    assert award[["recipient_name"]].isna().all()


def test_recognised_by_its_root_and_not_taken_for_grants_gov(tmp_path) -> None:
    (member,) = members_of(EXCERPT)
    assert recognise(member) is SOURCE
    (other,) = members_of(file_of(tmp_path, "<OpportunitySynopsisDetail_1_0/>"))
    assert not SOURCE.recognises(other)
    recognised = {member.name: SOURCE.recognises(member) for member in members_of(SAMPLE / "NEH_Grants1990s_Flat.zip")}
    assert recognised == {"neh_grants_flat.xsd": False, "neh_grants1990s_flat.xml": True}


def outside_entity(use: str) -> str:
    return '<!DOCTYPE Grants [<!ENTITY x SYSTEM "file:///etc/passwd">]><Grants>' + grant(Institution=use) + "</Grants>"


def nested_entity(use: str) -> str:
    return '<!DOCTYPE Grants [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Grants>' + grant(Program=use) + "</Grants>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<Grants xsi="NEH_Grants_Flat.xsd"></Grants>', "no Grant elements"),
        ("<Grants>" + grant() + grant()[:50], "not well-formed"),
        ("<Grants>" + grant(Institution="a \x01 b") + "</Grants>", "not well-formed"),
        (outside_entity("&x;"), "document type"),
        (nested_entity("&b;"), "document type"),
    ],
)
def test_a_file_that_claims_the_format_and_is_not_is_refused(tmp_path, load, content, reason) -> None:
    path = tmp_path / "NEH_constructed.xml"
    path.write_text(content)
    with pytest.raises(FileRefused, match=reason):
        load(path, SOURCE)


def test_a_truncated_zip_is_refused(tmp_path, load) -> None:
    whole = (SAMPLE / "NEH_Grants1990s_Flat.zip").read_bytes()
    path = tmp_path / "NEH_Grants1990s_Flat.zip"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused, match="not a readable zip"):
        load(path, SOURCE)


REAL = EXCERPT.read_bytes()


@settings(max_examples=150, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, len(REAL) - 1), st.binary(max_size=4), st.integers(0, 40)), max_size=6))
def test_fuzz_gives_rows_or_what_was_set_aside_or_a_refusal(load, changes) -> None:
    content = bytearray(REAL)
    for position, new, removed in changes:
        content[position : position + removed] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "NEH_fuzzed.xml"
        path.write_bytes(bytes(content))
        try:
            (member,) = members_of(path)
            if not SOURCE.recognises(member):
                return
            loaded = load(path, SOURCE)
        except FileRefused:
            return
        assert loaded.read["awards"] >= 1


@settings(max_examples=100, deadline=None)
@given(
    texts=st.dictionaries(
        st.sampled_from(re.findall(r"<(\w+)>", GRANT)),
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&￾￿"), max_size=12),
    )
)
def test_fuzz_of_the_texts_publishes_every_numbered_grant(load, texts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(file_of(Path(folder), grant(**texts)), SOURCE)
    assert len(loaded.rows["awards"]) == 1
