"""Assistance Listings: real pages, what is set aside, titles that have no page, hostile pages."""

from __future__ import annotations

import gzip
import tarfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import assistance_listings as reader
from catalynx.sources import batches
from catalynx.sources.members import Member, members

SAMPLE = Path(__file__).parents[3] / "catalynx" / "sample" / "assistance_listings"
PAGES = SAMPLE / "programs-fy2024.tar.gz"
TITLES = SAMPLE / "cfda-lookup.csv.gz"


@pytest.fixture(scope="module")
def load():
    account, parts, asides = Counter(), {}, []
    for batch in batches(SAMPLE, reader.SOURCE):
        for name in batch.read:
            account[name, "read"] += batch.read[name]
            account[name, "duplicates"] += batch.duplicates[name]
            account[name, "aside"] += batch.records_set_aside(name)
        asides += batch.set_aside
        for name, rows in batch.rows.items():
            parts.setdefault(name, []).append(rows.to_pandas())
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}, pd.DataFrame(asides), account


def read_page(tmp_path: Path, text: str | bytes, name: str = "10.001.md"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (batch,) = batches(tmp_path / name, reader.SOURCE)
    return batch


def page(**keys: str) -> str:
    keys = {"agency": "Department of Agriculture", "cfda": "'10.001'", "fiscal_year": "'2024'", "title": "Research"} | keys
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()) + "---\n"


def test_every_page_title_year_and_entry_is_accounted_for(load):
    frames, _, account = load
    for name in ("programs", "program_obligations", "program_results"):
        published = len(frames[name])
        assert account[name, "read"] == published + account[name, "aside"] + account[name, "duplicates"]
    assert account["programs", "read"] == 2_682 + 4_172
    assert (len(frames["programs"]), account["programs", "aside"], account["programs", "duplicates"]) == (4_172, 176, 2_506)
    assert (len(frames["program_obligations"]), len(frames["program_results"])) == (7_518, 8_075)


def test_a_page_stands_as_published(load):
    programs = load[0]["programs"].set_index("assistance_listing")
    market = programs.loc["59.076"]
    assert (market["title"], market["popular_name"], market["agency"]) == (
        "Lab-to-Market", "L2M, Catalyst", "Small Business Administration",
    )  # fmt: skip
    assert market["sub_agency"] is None or pd.isna(market["sub_agency"])  # N/A in the file
    assert market["objective"].startswith("Highlight successful examples of innovation ecosystems")
    assert list(market["assistance_types"]) == ["Direct Payments with Unrestricted Use"]
    assert list(market["beneficiary_types"]) == []
    assert len(market["applicant_types"]) == 11
    assert market["fiscal_year"] == 2024
    assert market["url"] == "https://sam.gov/fal/d85c2df5e66d4ffda8d29e30dbf1b089/view"


def test_obligations_of_zero_are_unknown(load):
    obligations = load[0]["program_obligations"].set_index(["assistance_listing", "fiscal_year"])
    assert obligations.loc["59.076"][["estimate_usd", "actual_usd", "usaspending_usd"]].isna().all(axis=None)
    for column in ("estimate_usd", "actual_usd", "usaspending_usd"):
        assert not (obligations[column] == 0).any()
    assert obligations["actual_usd"].notna().sum() == 5_553


def test_results_keep_every_entry_its_year_and_place(load):
    results = load[0]["program_results"]
    assert results["fiscal_year"].value_counts()[2024] == 1_165
    assert results["text"].str.len().min() > 0
    one = results[(results["assistance_listing"] == "10.001") & (results["place"] == "10.001 results[0]")]
    assert one["text"].item().startswith("The collaborative research team provided growers with new apps")
    assert not results.duplicated(["assistance_listing", "fiscal_year", "place"]).any()


def test_what_is_no_assistance_listing_is_set_aside(load):
    frames, asides, _ = load
    whole = asides[asides["field"].isna()]
    assert Counter(whole["reason"]) == {
        "it is not an assistance listing (tax_expenditure)": 174,
        "it is not an assistance listing (interest)": 1,
        "it is not an assistance listing (interest_national_debt)": 1,
    }
    assert whole["raw_text"].str.startswith("TC.081 ").sum() == 1
    assert frames["programs"]["assistance_listing"].str.fullmatch(r"\d\d\.[0-9A-Z]{3}").all()


def test_pages_of_2022_without_a_program_type_are_listings(load):
    programs = load[0]["programs"].set_index("assistance_listing")
    assert programs.loc["10.536", "fiscal_year"] == 2022
    assert (programs["fiscal_year"] == 2022).sum() == 58


def test_titles_fill_in_only_where_there_is_no_page(load):
    programs = load[0]["programs"]
    title_only = programs[programs["fiscal_year"].isna()]
    assert len(title_only) == 1_666
    assert title_only["file"].unique().tolist() == ["cfda-lookup.csv.gz"]
    assert title_only[["agency", "objective"]].isna().all(axis=None)
    assert programs["assistance_listing"].is_unique
    assert programs.set_index("assistance_listing").loc["11.63A", "title"] == "Applied Biological and Chemical Sciences"


def test_a_title_that_is_broken_is_set_aside(tmp_path):
    lines = "Program Title,Program Number\nWildlife Services,10.028\nNo number\nTitle,1.2\n,10.030\n"
    batch = read_page(tmp_path, lines, "titles.csv")
    assert batch.rows["programs"]["title"].to_pylist() == ["Wildlife Services"]
    assert [aside["place"] for aside in batch.set_aside] == ["line 3", "line 4", "line 5"]
    assert batch.read["programs"] == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\nagency: A\ncfda: '10.001'\n", "its front matter does not end"),
        ("---\nagency: [A\n---\n", "its front matter is no YAML"),
        (b"---\nagency: \xff\xfe\n---\n", "it is no UTF-8 text"),
        ("---\nagency: !!python/object/apply:os.system ['true']\n---\n", "its front matter is no YAML"),
        (page(cfda="IN.001"), "it is not an assistance listing"),
        (page(cfda="'10.0011'"), "it is not an assistance listing"),
    ],
)
def test_a_page_that_cannot_be_read_is_set_aside(tmp_path, text, reason):
    batch = read_page(tmp_path, text)
    assert [aside["reason"].startswith(reason) for aside in batch.set_aside] == [True]
    assert batch.read["programs"] == 1
    assert "programs" not in batch.rows


def test_nested_aliases_do_not_open_to_gigabytes(tmp_path):
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    text = page().removesuffix("---\n") + "a0: &a0 lol\n" + laughs + "categories: *a11\nresults: *a11\nobligations: *a11\n---\n"
    batch = read_page(tmp_path, text)
    assert batch.rows["programs"]["categories"].to_pylist() == [[]]
    assert batch.records_set_aside("program_results") == 9
    assert all(len(str(aside["raw_text"])) <= 500 for aside in batch.set_aside)


def test_obligations_and_results_that_are_broken_are_set_aside(tmp_path):
    text = page(
        obligations="""'[{"x":"2024","sam_actual":"much"},{"x":"2024"},{"y":1},5]'""",
        results="[{description: 'We got 12 applications.', year: '2023'}, {year: '2023'}, {description: 'x', year: 'FY23'}]",
    )
    batch = read_page(tmp_path, text)
    assert batch.rows["program_obligations"].num_rows == 1
    assert batch.records_set_aside("program_obligations") == 3
    assert batch.rows["program_results"]["fiscal_year"].to_pylist() == [2023, None]
    assert batch.records_set_aside("program_results") == 1
    assert ("actual_usd", "it is not an amount") in {(aside["field"], aside["reason"]) for aside in batch.set_aside}


def test_contact_details_in_texts_are_blanked(tmp_path):
    text = page(results="[{description: 'Write to jane.roe@example.gov or call (202) 555-0147.', year: '2023'}]")
    assert read_page(tmp_path, text).rows["program_results"]["text"].to_pylist() == ["Write to [contact] or call [contact]."]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_front_matter_is_published_or_set_aside(data):
    import io

    whole = b"---\nagency: A\n" + data + b"\n---\n"
    (batch,) = reader.read([Member("fuzzed.md", len(whole), lambda: io.BytesIO(whole))])
    published = batch.rows["programs"].num_rows if "programs" in batch.rows else 0
    assert batch.read["programs"] == 1 == published + batch.records_set_aside("programs")


def test_only_its_own_files_are_recognised(tmp_path):
    for text in ("---\nlayout: post\n---\n", "agency: A\n", "Title,Number\n"):
        (tmp_path / "a.md").write_text(text)
        assert not any(map(reader.recognises, members(tmp_path / "a.md")))
    assert all(map(reader.recognises, members(TITLES)))


def test_truncated_and_foreign_archives_are_refused(tmp_path):
    path = tmp_path / "programs.tar.gz"
    path.write_bytes(PAGES.read_bytes()[:500_000])
    with pytest.raises(FileRefused, match=r"programs\.tar\.gz"):
        list(batches(path, reader.SOURCE))
    path.write_bytes(gzip.compress(b"no tar"))
    with pytest.raises(FileRefused, match="not a readable tar"):
        list(batches(path, reader.SOURCE))
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../outside.md"))
    with pytest.raises(FileRefused, match="outside"):
        list(batches(path, reader.SOURCE))
