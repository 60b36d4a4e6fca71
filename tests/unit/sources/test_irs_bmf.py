"""The Business Master File: real rows, their defects, and lines that no publisher should write."""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import irs_bmf, recognise
from catalynx.sources.irs_bmf import SOURCE
from catalynx.sources.members import members as members_of

DATA = Path(__file__).parents[2] / "data/irs_bmf"
SAMPLE = Path(__file__).parents[3] / "catalynx/sample/irs_bmf"
HEADER, *ROWS = (DATA / "eo4_excerpt.csv").read_text().splitlines()
NAME = "IGLESIA FUENTE DE AGUA VIVA ORLANDO FL INC"


def written(folder: Path, *lines: str | bytes, name: str = "eo_constructed.csv", end: bytes = b"\n") -> Path:
    path = folder / name
    path.write_bytes(end.join(line if isinstance(line, bytes) else line.encode() for line in lines) + end)
    return path


@pytest.fixture(scope="module")
def shipped(load):
    return load(SAMPLE, SOURCE)


@pytest.fixture(scope="module")
def abroad(load):
    return load(DATA / "eo4_excerpt.csv", SOURCE)


def test_every_row_of_the_shipped_states_is_published(shipped) -> None:
    organizations = shipped.rows["organizations"]
    lines = sum(len(gzip.decompress(path.read_bytes()).splitlines()) - 1 for path in SAMPLE.glob("*.gz"))
    assert shipped.read["organizations"] == len(organizations) == lines == 32_443
    assert shipped.duplicates["organizations"] == 0
    assert organizations["ein"].is_unique
    by_file = organizations["file"].value_counts().to_dict()
    assert by_file == {"eo_ak.csv.gz": 5802, "eo_dc.csv.gz": 14_121, "eo_vt.csv.gz": 6535, "eo_wy.csv.gz": 5985}


def test_values_stand_in_their_columns_and_can_be_followed_to_their_line(shipped) -> None:
    organizations = shipped.rows["organizations"].set_index("ein")
    row = organizations.loc["010471151"]
    assert (row["name"], row["city"], row["state"], row["zip"], row["country"]) == (
        "REGULATORY ASSISTANCE PROJECT", "MONTPELIER", "VT", "05602", "US",
    )  # fmt: skip
    assert (row["assets_usd"], row["gross_receipts_usd"], row["revenue_usd"]) == (10_783_369, 10_015_374, 10_015_374)
    assert (row["ntee_code"], row["ntee_major"], row["ruling_month"], row["tax_period_end"]) == (
        "C40Z",
        "C",
        "1992-08",
        "2024-12",
    )
    assert (row["subsection"], row["foundation_code"], row["filing_requirement"]) == ("03", "15", "01")
    assert row["files_990pf"] == False  # noqa: E712 - a numpy bool
    assert (row["source"], row["file"], row["place"]) == ("irs_bmf", "eo_vt.csv.gz", "line 3")


def test_places_are_the_lines_of_the_file(shipped) -> None:
    vermont = shipped.rows["organizations"].query("file == 'eo_vt.csv.gz'")
    lines = gzip.decompress((SAMPLE / "eo_vt.csv.gz").read_bytes()).decode().splitlines()
    assert [lines[int(place.removeprefix("line ")) - 1][:9] for place in vermont["place"]] == vermont["ein"].tolist()


def test_missing_stays_missing(shipped) -> None:
    organizations = shipped.rows["organizations"]
    assert organizations["ntee_code"].isna().sum() == organizations["ntee_major"].isna().sum() == 9841
    assert organizations["assets_usd"].isna().sum() == 5545
    assert organizations["assets_usd"].sum() == 21_231_180_421 + 184_690_858_200 + 18_998_179_072 + 11_955_326_307
    assert organizations["ruling_month"].isna().sum() == 14 + 45 + 29 + 12
    assert organizations["group_number"].notna().sum() == 1256 + 2503 + 995 + 1418
    assert organizations["ein"].str.startswith("0").sum() == 2940


def test_care_of_names_and_streets_are_not_loaded(shipped, abroad) -> None:
    everything = shipped.rows["organizations"].to_csv() + abroad.rows["organizations"].to_csv()
    for text in ("HAROLD PYKE", "FREDERICK W WESTON", "50 STATE ST", "TATSUHIKO WAKAO", "MONTREAL QUEBEC", "% "):
        assert text not in everything


def test_a_code_that_the_irs_does_not_describe_is_unknown_and_noted(shipped) -> None:
    assert shipped.records_set_aside == []
    assert {(row["field"], row["raw_text"]) for row in shipped.fields_unknown} == {("files_990pf", "3")}
    assert len(shipped.fields_unknown) == shipped.rows["organizations"]["files_990pf"].isna().sum() == 5


def test_a_foreign_address_gives_a_country_and_neither_state_city_nor_zip(abroad) -> None:
    organizations = abroad.rows["organizations"].set_index("ein")
    assert organizations.loc["010674736", ["country"]].item() == "JAPAN"
    assert organizations.loc["010674736", ["city", "state", "zip"]].isna().all()
    assert organizations.loc["200443614", "country"] == "CANADA"  # its street is quoted: "VANCOUVER,BC,V6A 4G2"
    assert organizations.loc["660270569", "country"] == "PUERTO RICO"  # as filed, without a state
    assert organizations.loc["010674605", ["city", "state", "zip", "country"]].tolist() == ["CAROLINA", "PR", "00984", "US"]
    assert {"PR", "AS", "GU", "VI", "AE", "AP", "FM"} <= set(organizations["state"].dropna())


def test_unknown_ruling_of_a_real_row(abroad) -> None:
    organizations = abroad.rows["organizations"].set_index("ein")
    assert ",000000,0,00," in next(row for row in ROWS if row.startswith("208713975"))
    assert organizations.loc[["208713975"], "ruling_month"].isna().all()


def test_negative_amounts_and_codes_that_begin_with_a_digit_are_as_filed(load) -> None:
    organizations = load(DATA / "negative_and_odd_excerpt.csv", SOURCE).rows["organizations"].set_index("ein")
    assert (organizations["gross_receipts_usd"] < 0).sum() == 15
    assert organizations.loc["133801234", "gross_receipts_usd"] == -117_570
    assert organizations.loc[["133801234"], "revenue_usd"].isna().all()
    odd = organizations.loc[["611274498", "453428422", "020441929"]]
    assert odd["ntee_code"].tolist() == ["050", "050", "0000"]
    assert odd["ntee_major"].isna().all()


def test_the_last_of_rows_with_one_ein_is_kept_also_across_files_and_blocks(tmp_path, load, monkeypatch) -> None:
    monkeypatch.setattr(irs_bmf, "BLOCK_BYTES", 1000)
    changed = ROWS[0].replace("CAROLINA", "PONCE")
    written(tmp_path, HEADER, ROWS[0], *ROWS[1:40], ROWS[0], name="a.csv")
    written(tmp_path, HEADER, ROWS[50], changed, name="b.csv")
    loaded = load(tmp_path, SOURCE)
    assert loaded.read["organizations"] == 43
    assert loaded.duplicates["organizations"] == 2
    row = loaded.rows["organizations"].set_index("ein").loc["010674605"]
    assert (row["city"], row["file"], row["place"]) == ("PONCE", "b.csv", "line 3")


def test_lines_with_another_number_of_fields_are_set_aside_without_private_names(tmp_path, load) -> None:
    cut, more = ROWS[1][:90], ROWS[2] + ",more"
    loaded = load(written(tmp_path, HEADER, ROWS[0], cut, more, ROWS[3]), SOURCE)
    assert loaded.rows["organizations"]["place"].tolist() == ["line 2", "line 5"]
    first, second = loaded.records_set_aside
    assert (first["place"], first["reason"]) == ("line 3", "its fields are 5, not 28")
    assert (second["place"], second["reason"]) == ("line 4", "its fields are 29, not 28")
    assert first["raw_text"].startswith("010674736,US-JAPAN RELATIONSHIP FUND INC,,,")
    assert "WAKAO" not in first["raw_text"]
    assert "SEUI" not in second["raw_text"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (ROWS[0].replace(",IGLESIA", ',"IGLESIA'), "quoting"),
        (ROWS[0].replace("IGLESIA", "I" * 70_000), "longer than 65,536 bytes"),
        (ROWS[0].replace("IGLESIA", "IGL\0ESIA"), "NUL"),
        (ROWS[0].replace("IGLESIA", "IGL\rESIA"), "carriage return"),
        (ROWS[0].replace(",IGLESIA", ',"IGLESIA" x'), "quoting"),
    ],
)
def test_constructed_lines_that_would_mislead_a_parser_are_set_aside_alone(tmp_path, load, bad, reason) -> None:
    loaded = load(written(tmp_path, HEADER, ROWS[1], bad, ROWS[2]), SOURCE)
    (row,) = loaded.records_set_aside
    assert row["place"] == "line 3"
    assert reason in row["reason"]
    assert loaded.rows["organizations"]["place"].tolist() == ["line 2", "line 4"]


def test_a_quote_inside_a_field_is_text(tmp_path, load) -> None:
    loaded = load(written(tmp_path, HEADER, ROWS[0].replace("IGLESIA", 'IGLESIA "LA'), ROWS[1]), SOURCE)
    assert loaded.rows["organizations"]["name"][0] == 'IGLESIA "LA FUENTE DE AGUA VIVA ORLANDO FL INC'


def test_blank_lines_are_no_records_and_lines_are_still_counted(tmp_path, load) -> None:
    loaded = load(written(tmp_path, HEADER, "", ROWS[0], "", "", ROWS[1], end=b"\r\n"), SOURCE)
    assert loaded.read["organizations"] == 2
    assert loaded.rows["organizations"]["place"].tolist() == ["line 3", "line 6"]


def test_bytes_that_are_not_ascii_are_read_as_utf8_or_windows_1252(tmp_path, load) -> None:
    one = ROWS[0].replace("IGLESIA", "IGLÉSIA")
    two = ROWS[1].replace("RELATIONSHIP", "RELATIONSHIP’S").encode("cp1252")
    three = ROWS[2].encode().replace(b"INTERSECTIONS", b"INTER\x81SECTIONS")
    names = load(written(tmp_path, HEADER, one, two, three), SOURCE).rows["organizations"]["name"].tolist()
    assert names[0] == "IGLÉSIA FUENTE DE AGUA VIVA ORLANDO FL INC"
    assert names[1] == "US-JAPAN RELATIONSHIP’S FUND INC"
    assert names[2] == "INTER\x81SECTIONS INC"


def test_values_that_cannot_be_read_leave_their_field_unknown(tmp_path, load) -> None:
    fields = next(csv.reader([ROWS[5]]))
    names = HEADER.split(",")
    for name, value in {"ASSET_AMT": "12x", "RULING": "202613", "STATE": "P1", "ZIP": "ABCDE", "TAX_PERIOD": "2024"}.items():
        fields[names.index(name)] = value
    loaded = load(written(tmp_path, HEADER, ROWS[0], ",".join(fields)), SOURCE)
    noted = {row["field"]: row["raw_text"] for row in loaded.fields_unknown}
    assert noted == {"assets_usd": "12x", "ruling_month": "202613", "state": "P1", "zip": "ABCDE", "tax_period_end": "2024"}
    assert loaded.rows["organizations"].iloc[1][list(noted)].isna().all()
    assert {row["place"] for row in loaded.fields_unknown} == {"line 3"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("010674605", "12345", "ein is not"), (NAME, "", "name is missing")],
)
def test_a_row_without_ein_or_name_is_set_aside(tmp_path, load, old, new, reason) -> None:
    loaded = load(written(tmp_path, HEADER, ROWS[0].replace(old, new), ROWS[1]), SOURCE)
    (row,) = loaded.records_set_aside
    assert reason in row["reason"]
    assert row["place"] == "line 2"


def test_an_ein_prefix_that_was_never_issued_is_published(tmp_path, load) -> None:
    loaded = load(written(tmp_path, HEADER, ROWS[0].replace("010674605", "070674605")), SOURCE)
    assert loaded.rows["organizations"]["ein"].tolist() == ["070674605"]
    assert loaded.set_aside == []


def test_padded_extracts_of_earlier_years_are_trimmed(tmp_path, load) -> None:
    padded = ",".join(field.ljust(12) for field in ROWS[0].split(","))
    plain = load(written(tmp_path, HEADER, ROWS[0]), SOURCE).rows["organizations"]
    assert load(written(tmp_path, HEADER, padded), SOURCE).rows["organizations"].equals(plain)


def test_the_same_rows_come_from_plain_gz_zip_and_tar(tmp_path, load) -> None:
    content = (DATA / "eo4_excerpt.csv").read_bytes()
    (tmp_path / "plain.csv").write_bytes(content)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eo4.csv", content)
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("2026/eo4.csv")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    frames = [load(path, SOURCE).rows["organizations"].drop(columns="file") for path in sorted(tmp_path.iterdir())]
    assert len(frames) == 4
    assert len(frames[0]) == 85
    assert all(frame.equals(frames[0]) for frame in frames)


def test_recognised_by_its_header_and_not_by_its_name(tmp_path) -> None:
    (member,) = members_of(written(tmp_path, HEADER, ROWS[0], name="anything.txt"))
    assert recognise(member) is SOURCE
    (other,) = members_of(written(tmp_path, "a,b,c", "1,2,3", name="eo_vt.csv"))
    assert not SOURCE.recognises(other)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([HEADER.replace(",RULING", "").replace(",NTEE_CD", ""), ROWS[0]], "lacks the columns NTEE_CD, RULING"),
        ([HEADER], "header and no records"),
        ([HEADER.replace("ICO", "ICO\r"), ROWS[0]], "lacks the columns"),
        ([HEADER + ",CITY", ROWS[0]], "names a column twice"),
        ([HEADER, "x" * 9_000_000], "is longer than"),
    ],
)
def test_a_file_that_claims_the_format_and_is_not_is_refused(tmp_path, load, lines, reason) -> None:
    with pytest.raises(FileRefused, match=reason):
        load(written(tmp_path, *lines), SOURCE)


def test_a_truncated_gz_is_refused(tmp_path, load) -> None:
    whole = (SAMPLE / "eo_wy.csv.gz").read_bytes()
    path = tmp_path / "eo_wy.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused, match="cannot be unpacked"):
        load(path, SOURCE)


REAL = ("\n".join([HEADER, *ROWS[:30], *(row for row in ROWS if '"' in row)]) + "\n").encode()


@settings(max_examples=150, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(REAL) - 1), st.binary(max_size=4), st.integers(0, 40)), max_size=12),
    cut=st.integers(0, len(REAL)),
)
def test_fuzz_gives_rows_or_what_was_set_aside_or_a_refusal(load, changes, cut) -> None:
    content = bytearray(REAL)
    for position, new, removed in changes:
        content[position : position + removed] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eo_fuzzed.csv"
        path.write_bytes(bytes(content[:cut] if cut % 2 else content) or b"x")
        try:
            (member,) = members_of(path)
            if not SOURCE.recognises(member):
                return
            loaded = load(path, SOURCE)
        except FileRefused:
            return
        assert loaded.read["organizations"] >= len(loaded.rows["organizations"])
