"""Loads: what goes in comes out, twice the same changes nothing, and a refusal leaves the lake as it was."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from catalynx.columns import TABLES, arrow_schema
from catalynx.errors import FileRefused, LakeEmpty, LakeError
from catalynx.lake import ingest, open_lake, verify, versions
from catalynx.lake.parts import load_part
from catalynx.settings import load_settings

DERIVED = {"entity_links", "giving", "competitions"}


@pytest.fixture(scope="module")
def sample_lake(sample_home: Path) -> Path:
    return load_settings(home=sample_home).lake


def part_rows(lake: Path, parts: tuple[str, ...], name: str) -> int:
    files = [path for part in parts if (path := lake / "parts" / part / f"{name}.parquet").exists()]
    return sum(pq.read_metadata(path).num_rows for path in files)


def test_rows_in_parts_are_rows_in_tables_and_superseded_ones_over_the_whole_sample(sample_lake) -> None:
    version = versions(sample_lake)[-1]
    tables = {file.name: file for file in version.tables}
    assert set(tables) == set(TABLES)
    for name in set(tables) - DERIVED:
        assert part_rows(sample_lake, version.parts, name) == tables[name].rows + tables[name].superseded, name
        assert pq.read_metadata(sample_lake / "current" / f"{name}.parquet").num_rows == tables[name].rows
    assert tables["organizations"].rows == 32_443


def test_every_account_of_the_sample_balances_and_agrees_with_the_rows_of_its_part(sample_lake) -> None:
    parts = [load_part(sample_lake / "parts" / name) for name in versions(sample_lake)[-1].parts]
    accounts = [(part, account) for part in parts for account in part.accounts]
    assert len(accounts) >= 20
    for part, account in accounts:
        assert account.read == account.published + account.set_aside + account.duplicates, account
        if account.table != "set_aside":
            assert part_rows(sample_lake, (part.name,), account.table) == account.published
    whole_records = sum(account.set_aside for _, account in accounts)
    fields = sum(part.fields_unknown for part in parts)
    assert sum(part_rows(sample_lake, (part.name,), "set_aside") for part in parts) == whole_records + fields > 0


def test_every_table_of_the_sample_has_the_columns_and_types_of_the_vocabulary(sample_lake) -> None:
    for path in (sample_lake / "current/").glob("*.parquet"):
        schema = pq.read_schema(path)
        assert dict(zip(schema.names, schema.types, strict=True)) == {
            field.name: field.type for field in arrow_schema(path.stem)
        }, path.stem


def test_giving_is_grants_and_awards_less_grants_of_superseded_returns(sample_lake) -> None:
    version = versions(sample_lake)[-1]
    assert version.rows("giving") == version.rows("grants") + version.rows("awards")


def test_keys_are_distinct_in_every_table_of_the_sample(sample_lake) -> None:
    with open_lake(sample_lake) as lake:
        for name, table in TABLES.items():
            key = ", ".join(table.key)
            twice = lake.sql(f"SELECT {key} FROM {name} GROUP BY {key} HAVING count(*) > 1")
            assert twice.empty, name


def test_the_same_file_twice_changes_nothing(small_lake, small_files, whole) -> None:
    before = whole(small_lake)
    again = ingest(small_lake, [small_files])
    assert all(part.known for part in again.parts)
    assert [version.id for version in versions(small_lake)] == [again.version.id]
    assert whole(small_lake) == before


def test_the_same_bytes_under_two_names_in_one_load_are_one_part(tmp_path, extract) -> None:
    one, two = extract("eo_one.csv"), extract("eo_two.csv")
    done = ingest(tmp_path / "lake", [one, two])
    assert [part.known for part in done.parts] == [False, True]
    assert done.version.rows("organizations") == 400
    assert len(done.version.parts) == 1


def test_a_row_of_a_later_load_takes_the_place_of_the_earlier_one(tmp_path, extract) -> None:
    lake = tmp_path / "lake"
    first = ingest(lake, [extract("eo_a.csv")]).version
    # The digest orders the parts' names by chance: in both directions the later load must win.
    for number in range(4):
        later = ingest(lake, [extract(f"eo_later_{number}.csv", 1, 51, CITY=f"TOWN {number}")]).version
        with open_lake(lake) as snapshot:
            assert snapshot.sql("SELECT city FROM organizations WHERE file <> 'eo_a.csv' AND city LIKE 'TOWN%'")[
                "city"
            ].tolist() == [f"TOWN {number}"]
        found = next(file for file in later.tables if file.name == "organizations")
        assert (found.rows, found.superseded) == (first.rows("organizations"), 50 * (number + 1))


def test_an_older_return_period_does_not_take_the_place_of_a_newer_one(tmp_path, extract) -> None:
    lake = tmp_path / "lake"
    ingest(lake, [extract("eo_new.csv", TAX_PERIOD="202512", CITY="NEWER")])
    ingest(lake, [extract("eo_old.csv", TAX_PERIOD="201912", CITY="OLDER")])
    with open_lake(lake) as snapshot:
        assert snapshot.sql("SELECT count(*) AS n FROM organizations WHERE city = 'NEWER'")["n"].tolist() == [1]


def test_a_load_goes_on_from_the_version_in_use_and_not_from_what_was_left_behind(tmp_path, extract) -> None:
    from catalynx.lake import use

    lake = tmp_path / "lake"
    good = ingest(lake, [extract("eo_a.csv", 1, 101)]).version
    ingest(lake, [extract("eo_bad.csv", 101, 201)])
    use(lake, good.id)
    after = ingest(lake, [extract("eo_c.csv", 201, 301)]).version
    assert after.rows("organizations") == 200
    with open_lake(lake) as snapshot:
        assert sorted(snapshot.sql("SELECT DISTINCT file FROM organizations")["file"]) == ["eo_a.csv", "eo_c.csv"]


def test_tables_to_which_nothing_was_added_are_taken_over_as_they_are(small_lake, tmp_path) -> None:
    before = {file.name: file for file in versions(small_lake)[-1].tables}
    codes = tmp_path / "ntee_codes.csv"
    source = next((Path(__file__).parents[3] / "catalynx/sample/ntee").iterdir())
    codes.write_bytes(b"".join(source.read_bytes().splitlines(keepends=True)[:40]))
    after = {file.name: file for file in ingest(small_lake, [codes]).version.tables}
    assert {name for name in after if after[name] != before[name]} == {"ntee_codes"}
    assert after["ntee_codes"].superseded == 39
    verify(small_lake)


def test_a_refused_file_leaves_the_lake_as_it_was(small_lake, tmp_path, vermont_lines, whole) -> None:
    before = whole(small_lake)
    bad = tmp_path / "eo_bad.csv"
    bad.write_bytes(vermont_lines[0].replace(b",STATE,", b",PLACE,") + b"".join(vermont_lines[1:]))
    with pytest.raises(FileRefused, match=r"eo_bad\.csv is refused: its header lacks the columns STATE"):
        ingest(small_lake, [bad])
    unknown = tmp_path / "holiday.jpg"
    unknown.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(FileRefused, match=r"no reader recognises it; there are readers for .*irs_bmf"):
        ingest(small_lake, [unknown])
    with pytest.raises(FileRefused, match="there is no such file or folder"):
        ingest(small_lake, [tmp_path / "not there"])
    assert whole(small_lake) == before


def test_one_refused_among_several_is_reported_and_the_others_load(tmp_path, extract, vermont_lines) -> None:
    bad = tmp_path / "eo_bad.csv"
    bad.write_bytes(vermont_lines[0])
    done = ingest(tmp_path / "lake", [bad, extract("eo_good.csv")])
    assert [error.reason for error in done.refused] == ["it holds a header and no records"]
    assert done.version.rows("organizations") == 400
    verify(tmp_path / "lake")


def test_a_folder_in_which_nothing_is_recognised_is_refused_and_makes_no_version(tmp_path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "notes.txt").write_text("nothing of the kind")
    (folder / "more.txt").write_text("nor here")
    with pytest.raises(FileRefused, match=r"papers is refused: no reader recognises anything in it"):
        ingest(tmp_path / "lake", [folder])
    with pytest.raises(LakeEmpty, match="catalynx demo"):
        open_lake(tmp_path / "lake")


def test_a_bad_table_is_not_published(tmp_path, extract, monkeypatch, whole) -> None:
    from catalynx.sources import irs_bmf

    lake = tmp_path / "lake"
    ingest(lake, [extract("eo_a.csv")])
    before = whole(lake)
    honest = irs_bmf._block

    def bad(*arguments):
        batch = honest(*arguments)
        rows = batch.rows["organizations"]
        index = rows.schema.get_field_index("state")
        batch.rows["organizations"] = rows.set_column(index, "state", rows["city"])
        return batch

    monkeypatch.setattr(irs_bmf, "_block", bad)
    with pytest.raises(LakeError, match=r"organizations\.state breaks its rule .*Nothing was published"):
        ingest(lake, [extract("eo_b.csv", 1, 101)])
    assert whole(lake) == before


def test_a_full_disk_is_said_in_words(tmp_path, extract, monkeypatch) -> None:
    from catalynx.lake import parts

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parts, "make_durable", full)
    with pytest.raises(LakeError, match=r"is full. Nothing was published; make room"):
        ingest(tmp_path / "lake", [extract("eo_a.csv")])
    assert list((tmp_path / "lake/parts").iterdir()) == []


@pytest.mark.parametrize(
    "name", ['it\'s a "quote".csv', "new\nline.csv", "Öffentlich – 公益.csv", "semi;colon --.csv", "$name ?.csv"]
)
def test_hostile_file_names_go_whole_into_provenance_and_out_again(tmp_path, extract, name) -> None:
    folder = tmp_path / name.removesuffix(".csv")
    folder.mkdir()
    lake = folder / "lake"
    ingest(lake, [extract(name).rename(folder / name)])
    ingest(lake, [extract("eo_other.csv", 1, 51)])
    with open_lake(lake) as snapshot:
        found = snapshot.sql("SELECT file, count(*) AS n FROM organizations WHERE file = ? GROUP BY file", [name])
        assert found.to_dict("records") == [{"file": name, "n": 350}]
        assert snapshot.sql("SELECT count(*) AS n FROM giving")["n"].tolist() == [0]
    verify(lake)
