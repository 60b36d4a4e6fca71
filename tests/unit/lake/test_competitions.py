"""The table of competitions: every row leads to its entry, counts that make no rate say why, and loads bring it up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalynx.lake import Snapshot, ingest, open_lake
from catalynx.lake.competition_pairs import Competition
from catalynx.lake.competitions import competitions_of, doubt
from catalynx.settings import load_settings

PAGE = "---\nagency: Constructed\ncfda: '10.999'\ntitle: Constructed program\nfiscal_year: {year}\nresults:\n{results}---\n"


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Iterator[Snapshot]:
    with open_lake(load_settings(home=sample_home).lake) as snapshot:
        yield snapshot


def constructed_page(folder: Path, year: int, **told: str) -> Path:
    results = "".join(f"- year: '{number[1:]}'\n  description: {json.dumps(text)}\n" for number, text in told.items())
    folder.mkdir(exist_ok=True)
    (folder / "10.999.md").write_text(PAGE.format(year=year, results=results))
    return folder


def test_programs_of_the_sample_state_both(sample: Snapshot) -> None:
    found = sample.sql("""
        SELECT count(*) AS rows, count(DISTINCT assistance_listing) AS programs,
            count(DISTINCT assistance_listing) FILTER (stage = 'actual' AND doubt IS NULL) AS with_facts
        FROM competitions""").iloc[0]
    assert found["rows"] >= 900
    assert 200 <= found["with_facts"] <= found["programs"]


def test_every_sentence_stands_in_its_entry(sample: Snapshot) -> None:
    both = sample.sql("""
        SELECT sentence, text, competitions.file = entries.file AS same_file
        FROM competitions JOIN program_results AS entries
        ON entries.assistance_listing = competitions.assistance_listing AND entries.place = competitions.place
        AND entries.fiscal_year IS NOT DISTINCT FROM competitions.entry_year""")
    assert len(both) == sample.version.rows("competitions")
    assert both["same_file"].all()
    for sentence, text in zip(both["sentence"], both["text"], strict=True):
        plain = " ".join(text.split())
        assert all(part in plain for part in sentence.split(" … ")) or sentence in plain


def test_what_makes_no_rate_says_why(sample: Snapshot) -> None:
    doubted = sample.sql("SELECT * FROM competitions WHERE doubt IS NOT NULL")
    assert 1 <= len(doubted) <= 0.05 * sample.version.rows("competitions")
    counted = sample.sql("SELECT * FROM competitions WHERE doubt IS NULL")
    assert (counted["awards"] <= counted["applications"]).all()
    assert counted["applications"].min() >= 1
    assert counted["fiscal_year"].notna().all()


@pytest.mark.parametrize(
    ("applications", "awards", "year", "why"),
    [
        (56, 38, 2017, None),
        (56, 56, 2017, None),
        (6, 64, 2018, "more awards (64) than applications (6)"),
        (0, 0, 2018, "no application, so there is no rate"),
        (3, 1, None, "neither the text nor its entry names a year"),
    ],
)
def test_doubts(applications: int, awards: int, year: int | None, why: str | None) -> None:
    assert doubt(Competition(applications, awards, None, "actual", "…"), year) == why


def test_the_year_is_the_texts_else_the_entrys() -> None:
    entry = {"assistance_listing": "10.999", "fiscal_year": 2019, "place": "10.999 results[0]", "source": "s", "file": "f"}
    text = "In FY 2018, 12 applications were received and 4 awards were made."
    (named,) = competitions_of(entry | {"text": text})
    (unnamed,) = competitions_of(entry | {"text": text.removeprefix("In FY 2018, ")})
    assert (named["fiscal_year"], named["year_stated"], named["entry_year"]) == (2018, True, 2019)
    assert (unnamed["fiscal_year"], unnamed["year_stated"], unnamed["number"]) == (2019, False, 1)


def test_a_newer_page_brings_its_competitions(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    ingest(lake, [constructed_page(tmp_path / "constructed_a", 2019, y2018="Received 10 applications and made 4 awards.")])
    with open_lake(lake) as snapshot:
        assert snapshot.sql("SELECT applications, fiscal_year FROM competitions").values.tolist() == [[10, 2018]]
    ingest(lake, [constructed_page(tmp_path / "constructed_b", 2020, y2019="Received 20 applications and made 3 awards.")])
    with open_lake(lake) as snapshot:
        rows = snapshot.sql("SELECT applications, fiscal_year FROM competitions ORDER BY fiscal_year").values.tolist()
        assert rows == [[10, 2018], [20, 2019]]


def test_a_lake_without_program_texts_has_none(small_lake: Path) -> None:
    with open_lake(small_lake) as snapshot:
        assert snapshot.table("competitions").empty
