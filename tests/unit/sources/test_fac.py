"""Single audits: counts of the raw files, what of a person must not be loaded, and broken records."""

from __future__ import annotations

import csv
import io
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import recognise
from catalynx.sources.fac import NEEDED, SOURCE
from catalynx.sources.members import members as members_of

SAMPLE = Path(__file__).parents[3] / "catalynx/sample/fac"
YEARS = range(2016, 2021)


def text_of(year: int, kind: str) -> str:
    with tarfile.open(SAMPLE / f"fac-{year}.tar.gz") as archive:
        member = archive.extractfile(f"{year}/ELECAUDIT{kind}.csv")
        assert member is not None
        return member.read().decode()


def raw(kind: str) -> Iterator[dict[str, str]]:
    for year in YEARS:
        yield from csv.DictReader(io.StringIO(text_of(year, kind)))


HEADERS, LINES, FINDINGS = (text_of(2019, kind).splitlines() for kind in ("HEADER", "S", "FINDINGS"))


def written(folder: Path, *lines: str | bytes, name: str = "constructed.csv") -> Path:
    path = folder / name
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return path


def changed(names: str, line: str, **values: str) -> str:
    row = dict(zip(next(csv.reader([names])), next(csv.reader([line])), strict=True)) | values
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow(row.values())
    return target.getvalue()


@pytest.fixture(scope="module")
def shipped(load):
    return load(SAMPLE, SOURCE)


def test_every_record_of_the_shipped_years_is_published(shipped) -> None:
    for table, kind, count in (("audits", "HEADER", 1000), ("awards", "S", 12_561), ("audit_findings", "FINDINGS", 1816)):
        assert shipped.read[table] == len(shipped.rows[table]) == len(list(raw(kind))) == count
    assert not shipped.duplicates
    assert shipped.set_aside == []


def test_sums_and_flags_are_those_of_the_files(shipped) -> None:
    audits, awards, findings = shipped.rows["audits"], shipped.rows["awards"], shipped.rows["audit_findings"]
    assert audits["federal_expenditure_usd"].sum() == sum(int(row["TOTFEDEXPEND"]) for row in raw("HEADER"))
    assert awards["amount_usd"].sum() == sum(int(row["AMOUNT"]) for row in raw("S"))
    assert (awards["amount_usd"] < 0).sum() == 89
    assert (awards["amount_usd"] == 0).sum() == 33
    assert awards["direct"].sum() == sum(row["DIRECT"] == "Y" for row in raw("S")) == 4839
    assert (audits["low_risk"].sum(), audits["going_concern"].sum(), audits["material_weakness"].sum()) == (621, 9, 104)
    assert (audits["significant_deficiency"].sum(), audits["material_noncompliance"].sum()) == (112, 42)
    assert (findings["material_weakness"].sum(), findings["repeat"].sum(), findings["questioned_costs"].sum()) == (1329, 1401, 99)
    assert audits["ein"].str.startswith("0").sum() == 63


def test_lines_of_an_audit_add_up_to_its_total(shipped) -> None:
    audits = shipped.rows["audits"].set_index("audit_id")
    sums = shipped.rows["awards"].groupby("audit_id")["amount_usd"].sum()
    assert set(sums.index) <= set(audits.index)
    assert (audits.loc[sums.index, "federal_expenditure_usd"] == sums).all()


def test_values_of_one_audit_with_its_lines_and_findings(shipped) -> None:
    audit = shipped.rows["audits"].set_index("audit_id").loc["170767-2019"]
    assert (audit["name"], audit["ein"], audit["city"], audit["state"]) == (
        "HAMPTON COUNTY SCHOOL DISTRICT TWO", "576000488", "ESTILL", "SC",
    )  # fmt: skip
    assert (audit["audit_year"], audit["fiscal_year_end"], audit["entity_type"]) == (2019, date(2019, 6, 30), "Local government")
    assert (audit["federal_expenditure_usd"], audit["low_risk"], audit["significant_deficiency"]) == (1_923_827, False, False)
    assert (audit["file"], audit["place"]) == ("fac-2019.tar.gz!2019/ELECAUDITHEADER.csv", "line 2")
    line = shipped.rows["awards"].set_index("award_id").loc["31271175"]
    assert (line["audit_id"], line["assistance_listing"], line["recipient_ein"]) == ("35990-2019", "93.667", "251086440")
    assert (line["program_name"], line["amount_usd"], line["direct"]) == ("SOCIAL SERVICES BLOCK GRANT", 95_248, True)
    assert (line["amount_kind"], line["recipient_kind"], line["year"]) == ("expended", "organization", 2019)
    finding = shipped.rows["audit_findings"].set_index("finding_id").loc["2338833"]
    assert (finding["audit_id"], finding["award_id"], finding["reference"]) == ("91751-2019", "30852224", "2019-001")
    assert (finding["material_weakness"], finding["significant_deficiency"], finding["repeat"]) == (False, False, True)


def test_numbers_that_are_no_listing_are_missing(shipped) -> None:
    awards = shipped.rows["awards"].set_index("award_id")
    filed = {row["ELECAUDITSID"]: row["CFDA"] for row in raw("S")}
    research = [key for key, number in filed.items() if number.endswith(".RD")]
    unnumbered = [key for key, number in filed.items() if number[3:4] in "Uu"]
    assert len(research) == 1592
    assert "09.u01" in {filed[key] for key in unnumbered}
    assert awards.loc[research + unnumbered, "assistance_listing"].isna().all()
    (part,) = [key for key, number in filed.items() if number == "84.215N"]
    assert awards.loc[part, "assistance_listing"] == "84.215"
    assert awards["assistance_listing"].dropna().str.fullmatch(r"\d{2}\.\d{3}").all()


def test_no_column_of_a_contact_signer_or_auditor_is_loaded(shipped) -> None:
    audits = shipped.rows["audits"].to_csv().upper()
    assert not any(column.startswith(("CPA", "AUDITEEC", "AUDITEEE", "STREET")) for column in set().union(*NEEDED.values()))
    assert "MCABEE, SCHWARTZ, HALLIDAY" in text_of(2019, "HEADER")
    assert "MCABEE" not in audits
    assert "PO BOX 1028" not in audits


def test_companions_are_not_recognised() -> None:
    found = {member.name for year in YEARS for member in members_of(SAMPLE / f"fac-{year}.tar.gz") if SOURCE.recognises(member)}
    assert found == {"elecauditheader.csv", "elecaudits.csv", "elecauditfindings.csv"}


def test_recognised_by_its_header_and_not_by_its_name(tmp_path) -> None:
    (member,) = members_of(written(tmp_path, LINES[0], LINES[1], name="anything.txt"))
    assert recognise(member) is SOURCE
    (other,) = members_of(written(tmp_path, "ID,NAME", "1,2", name="ELECAUDITS.csv"))
    assert not SOURCE.recognises(other)


def test_names_are_trimmed_and_text_is_read_as_utf8_or_windows_1252(tmp_path, load) -> None:
    audits = load(written(tmp_path, HEADERS[0], changed(HEADERS[0], HEADERS[1], AUDITEENAME=" A  ")), SOURCE).rows["audits"]
    assert audits["name"].tolist() == ["A"]
    lines = [changed(LINES[0], LINES[1], ELECAUDITSID=str(key), FEDERALPROGRAMNAME="RACE – TOP") for key in (1, 2)]
    awards = load(written(tmp_path, LINES[0], lines[0], lines[1].encode("cp1252")), SOURCE).rows["awards"]
    assert awards["program_name"].tolist() == ["RACE – TOP"] * 2


def test_a_quoted_field_may_run_over_lines_and_lines_are_still_counted(tmp_path, load) -> None:
    two = changed(LINES[0], LINES[1], FEDERALPROGRAMNAME='SOCIAL\n"SERVICES"', ELECAUDITSID="1")
    loaded = load(written(tmp_path, LINES[0], two, "", LINES[2]), SOURCE)
    assert loaded.rows["awards"]["program_name"][0] == 'SOCIAL\n"SERVICES"'
    assert loaded.rows["awards"]["place"].tolist() == ["line 2", "line 5"]


def test_a_quote_that_never_closes_loses_one_line_only(tmp_path, load) -> None:
    broken = LINES[1].replace(",SOCIAL SERVICES", ',"SOCIAL SERVICES', 1)
    loaded = load(written(tmp_path, LINES[0], broken, *LINES[2:40]), SOURCE)
    (row,) = loaded.records_set_aside
    assert (row["table_name"], row["place"], row["raw_text"]) == ("awards", "line 2", broken)
    assert "quoting" in row["reason"]
    assert loaded.rows["awards"]["place"].tolist() == [f"line {number}" for number in range(3, 41)]


def test_broken_audit_headers_are_kept_without_names(tmp_path, load) -> None:
    people = {"AUDITEECERTIFYNAME": "JANE ROE", "AUDITEECONTACT": "JOHN DOE", "AUDITEEEMAIL": "j@doe.example"}
    signer = changed(HEADERS[0], HEADERS[1], **people)
    loaded = load(written(tmp_path, HEADERS[0], signer + ",more", signer.replace(",S,A,", ",S,A,\0"), HEADERS[2]), SOURCE)
    assert [row["reason"] for row in loaded.records_set_aside] == ["its fields are 95, not 94", "it holds NUL characters"]
    assert [row["raw_text"] for row in loaded.records_set_aside] == [",".join(signer.split(",")[:6])] * 2
    assert len(loaded.rows["audits"]) == 1


def test_repeats_are_counted_and_differing_repeats_set_aside(tmp_path, load) -> None:
    other = changed(LINES[0], LINES[1], AMOUNT="1")
    loaded = load(written(tmp_path, LINES[0], LINES[1], LINES[1], other), SOURCE)
    assert (loaded.read["awards"], loaded.duplicates["awards"], len(loaded.rows["awards"])) == (3, 1, 1)
    assert "other content" in loaded.records_set_aside[0]["reason"]


def test_records_without_what_identifies_them_are_set_aside(tmp_path, load) -> None:
    no_key, no_id = changed(LINES[0], LINES[1], DBKEY=" "), changed(LINES[0], LINES[1], ELECAUDITSID="")
    loaded = load(written(tmp_path, LINES[0], no_key, no_id), SOURCE)
    assert [row["reason"] for row in loaded.records_set_aside] == ["DBKEY missing", "ELECAUDITSID missing"]
    nameless = changed(HEADERS[0], HEADERS[1], AUDITEENAME="")
    assert load(written(tmp_path, HEADERS[0], nameless), SOURCE).records_set_aside[0]["reason"] == "name is missing"


def test_fields_that_cannot_be_read_are_unknown(tmp_path, load) -> None:
    bad = {"EIN": "57600048", "STATE": "S.C.", "FYENDDATE": "30/06/2019", "TOTFEDEXPEND": "1,923,827", "LOWRISK": "MAYBE"}
    loaded = load(written(tmp_path, HEADERS[0], changed(HEADERS[0], HEADERS[1], **bad)), SOURCE)
    columns = ["ein", "state", "fiscal_year_end", "federal_expenditure_usd", "low_risk"]
    assert {row["field"]: row["raw_text"] for row in loaded.fields_unknown} == dict(zip(columns, bad.values(), strict=True))
    assert loaded.rows["audits"][columns].isna().all(axis=None)
    loaded = load(written(tmp_path, LINES[0], changed(LINES[0], LINES[1], CFDA="93667", DIRECT="", AMOUNT="")), SOURCE)
    assert [row["field"] for row in loaded.fields_unknown] == ["assistance_listing"]
    assert loaded.rows["awards"][["assistance_listing", "direct", "amount_usd"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([HEADERS[0].replace(",TOTFEDEXPEND", ""), HEADERS[1]], "lacks the columns TOTFEDEXPEND"),
        ([LINES[0][:60], LINES[1]], "lacks the columns"),
        ([FINDINGS[0]], "header and no records"),
        ([LINES[0] + ",EIN", LINES[1]], "names a column twice"),
        ([LINES[0], "x" * 2_000_000], "line longer than"),
    ],
)
def test_a_file_that_claims_the_format_and_is_not_is_refused(tmp_path, load, lines, reason) -> None:
    with pytest.raises(FileRefused, match=reason):
        load(written(tmp_path, *lines), SOURCE)


def test_a_truncated_archive_is_refused(tmp_path, load) -> None:
    whole = (SAMPLE / "fac-2019.tar.gz").read_bytes()
    path = tmp_path / "fac-2019.tar.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused):
        load(path, SOURCE)


REAL = [("\n".join(lines[:25]) + "\n").encode() for lines in (HEADERS, LINES, FINDINGS)]
SPLICES = st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b'",'])


@settings(max_examples=200, deadline=None)
@given(real=st.sampled_from(REAL), changes=st.lists(st.tuples(st.integers(0, 20_000), SPLICES, st.integers(0, 9))))
def test_fuzz_gives_rows_or_what_was_set_aside_or_a_refusal(load, real, changes) -> None:
    content = bytearray(real)
    for position, new, removed in changes:
        start = position % len(real)
        content[start : start + removed] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ELEC_fuzzed.csv"
        path.write_bytes(bytes(content) or b"x")
        try:
            (member,) = members_of(path)
            if not SOURCE.recognises(member):
                return
            loaded = load(path, SOURCE)
        except FileRefused:
            return
        assert loaded.read.total() >= 1
