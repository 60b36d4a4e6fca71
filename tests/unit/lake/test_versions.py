"""Versions: which is current, going back, clearing away, and finding damage."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from catalynx.errors import BadParameter, LakeDamaged, LakeEmpty, LakeError, NotFound
from catalynx.lake import ingest, open_lake, prune, use, verify, versions
from catalynx.lake.versions import writing


@pytest.fixture
def three(tmp_path, extract) -> tuple[Path, list[str]]:
    """A lake with three versions, and their ids, oldest first."""
    lake = tmp_path / "lake"
    return lake, [ingest(lake, [extract(f"eo_{n}.csv", 1 + 50 * n, 51 + 50 * n)]).version.id for n in range(3)]


def test_versions_are_listed_oldest_first_and_the_last_is_current(three) -> None:
    lake, ids = three
    assert [version.id for version in versions(lake)] == ids
    assert open_lake(lake).id == ids[-1]
    assert [version.rows("organizations") for version in versions(lake)] == [50, 100, 150]


def test_use_goes_back_and_forth(three) -> None:
    lake, ids = three
    assert use(lake, ids[0]).id == ids[0]
    with open_lake(lake) as snapshot:
        assert (snapshot.id, len(snapshot.table("organizations"))) == (ids[0], 50)
    use(lake, ids[2])
    assert open_lake(lake).id == ids[2]
    assert open_lake(lake, ids[1]).version.rows("organizations") == 100


@pytest.mark.parametrize("name", ["../../etc", "nope", "", ".", "..", "/etc", ".hidden"])
def test_a_version_that_is_not_there_is_named_with_those_that_are(three, name) -> None:
    lake, ids = three
    for call in (use, open_lake, verify):
        with pytest.raises(NotFound, match=ids[1]):
            call(lake, name)


def test_prune_keeps_the_newest_the_current_and_parts_that_are_needed(three) -> None:
    lake, ids = three
    use(lake, ids[0])
    assert prune(lake, keep=1) == [ids[1]]
    assert [version.id for version in versions(lake)] == [ids[0], ids[2]]
    assert {path.name for path in (lake / "parts").iterdir()} == {p for v in versions(lake) for p in v.parts}
    assert verify(lake).id == ids[0]
    with pytest.raises(BadParameter, match="keep is 0, but must be at least 1"):
        prune(lake, keep=0)


def test_prune_removes_parts_that_no_version_needs(three) -> None:
    lake, ids = three
    use(lake, ids[0])
    shutil.rmtree(lake / "versions" / ids[1])
    shutil.rmtree(lake / "versions" / ids[2])
    assert len(list((lake / "parts").iterdir())) == 3
    assert prune(lake) == []
    assert [path.name for path in (lake / "parts").iterdir()] == list(versions(lake)[0].parts)


def test_a_version_held_open_is_not_pruned_until_it_is_let_go(three) -> None:
    lake, ids = three
    snapshot = open_lake(lake, ids[0])
    assert prune(lake, keep=1) == [ids[1]]
    assert len(snapshot.table("organizations")) == 50
    snapshot.close()
    assert prune(lake, keep=1) == [ids[0]]


def test_a_snapshot_keeps_its_version_while_a_new_one_becomes_current(three, extract) -> None:
    lake, ids = three
    with open_lake(lake) as held:
        newest = ingest(lake, [extract("eo_more.csv", 301, 351)]).version
        assert (held.id, len(held.table("organizations"))) == (ids[2], 150)
        assert open_lake(lake).id == newest.id != ids[2]


def test_a_lake_that_may_only_be_read_can_be_read(three) -> None:
    lake, ids = three
    folder = lake / "versions" / ids[0]
    folder.chmod(0o500)
    (folder / ".in-use").chmod(0o400)
    try:
        assert len(open_lake(lake, ids[0]).table("organizations")) == 50
    finally:
        folder.chmod(0o700)


def test_an_unfinished_version_is_not_listed(three) -> None:
    lake, ids = three
    shutil.copytree(lake / "versions" / ids[0], lake / "versions" / f".{ids[0]}-99")
    assert [version.id for version in versions(lake)] == ids


def test_verify_says_that_all_is_well(small_lake) -> None:
    assert verify(small_lake) == versions(small_lake)[-1]


def test_verify_finds_a_single_flipped_bit_in_every_table_and_names_the_file(small_lake) -> None:
    folder = (small_lake / "current").resolve()
    files = sorted(folder.glob("*.parquet"))
    assert len(files) >= 5
    for path in files:
        whole = path.read_bytes()
        for place in sorted({0, 5, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1}):
            rotten = bytearray(whole)
            rotten[place] ^= 1 << place % 8
            path.write_bytes(rotten)
            with pytest.raises(LakeDamaged) as found:
                verify(small_lake)
            assert found.value.file == str(path)
            assert "catalynx lake use VERSION" in str(found.value)
        path.write_bytes(whole)
    verify(small_lake)


def test_a_damaged_part_is_found_joined_into_nothing_and_mended_by_reading_its_file_again(
    small_lake, small_files, tmp_path
) -> None:
    path = next((small_lake / "parts").glob("*/grants.parquet"))
    rotten = bytearray(path.read_bytes())
    rotten[len(rotten) // 2] ^= 1
    path.unlink()  # the table of the version is a link to it, and stays whole
    path.write_bytes(rotten)
    with pytest.raises(LakeDamaged, match=rf"{path} is damaged: its checksum .* `catalynx ingest` of .* reads it again"):
        verify(small_lake)
    changed = tmp_path / "irs_990"
    changed.mkdir()
    (changed / "again.xml").write_bytes(gzip.decompress((small_files / "irs_990/asu_foundation.xml.gz").read_bytes()) + b"\n")
    before = versions(small_lake)
    with pytest.raises(LakeDamaged, match=r"grants\.parquet is damaged"):
        ingest(small_lake, [changed])
    assert versions(small_lake) == before
    ingest(small_lake, [small_files])
    verify(small_lake)


def test_verify_finds_a_missing_and_a_truncated_file_and_an_unreadable_manifest(small_lake) -> None:
    folder = (small_lake / "current").resolve()
    path = folder / "grants.parquet"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:-10])
    with pytest.raises(
        LakeDamaged, match=rf"grants\.parquet is damaged: it has {len(whole) - 10:,} bytes and should have {len(whole):,}"
    ):
        verify(small_lake)
    path.unlink()
    with pytest.raises(LakeDamaged, match=r"grants\.parquet is damaged: it is missing"):
        verify(small_lake)
    with pytest.raises(LakeDamaged, match=r"grants\.parquet"):
        open_lake(small_lake)
    with pytest.raises(LakeDamaged, match=r"grants\.parquet"):
        use(small_lake, folder.name)
    (folder / "manifest.json").write_text("{")
    for call in (verify, open_lake, versions):
        with pytest.raises(LakeDamaged, match=r"manifest\.json is damaged: its manifest cannot be read"):
            call(small_lake)


def test_a_flipped_bit_met_while_reading_is_damage_and_not_an_error_of_the_database(small_lake) -> None:
    path = (small_lake / "current").resolve() / "organizations.parquet"
    whole = path.read_bytes()
    named: list[str] = []
    for place in (len(whole) - 9, len(whole) - 30, len(whole) // 2, 30, len(whole) // 3):
        rotten = bytearray(whole)
        rotten[place] ^= 255
        path.write_bytes(rotten)
        try:
            with open_lake(small_lake) as snapshot:
                snapshot.table("organizations")
        except LakeDamaged as error:
            named.append(error.file)
    assert len(named) >= 2
    assert set(named) == {str(path)}


def test_a_link_that_leads_nowhere_is_damage_and_no_link_is_an_empty_lake(small_lake) -> None:
    link = small_lake / "current"
    target = os.readlink(link)
    link.unlink()
    with pytest.raises(LakeEmpty, match="catalynx ingest PATH"):
        open_lake(small_lake)
    link.symlink_to(target + "0")
    with pytest.raises(LakeDamaged, match="which is not there"):
        open_lake(small_lake)


def test_a_lost_part_is_damage_and_nothing_is_published(small_lake, extract) -> None:
    part = next(path for path in (small_lake / "parts").iterdir() if path.name.startswith("irs_efile"))
    (part / "part.json").unlink()
    with pytest.raises(LakeDamaged, match=r"part\.json"):
        ingest(small_lake, [extract("eo_more.csv", 1, 51)])
    assert len(versions(small_lake)) == 1


def test_a_second_writer_is_sent_away(small_lake, extract, whole) -> None:
    more = extract("eo_more.csv", 1, 51)
    before = whole(small_lake)
    with writing(small_lake):
        for call in (lambda: ingest(small_lake, [more]), lambda: prune(small_lake)):
            with pytest.raises(LakeError, match=r"another process is changing .*Wait until it has finished"):
                call()
    assert whole(small_lake) == before
    assert not ingest(small_lake, [more]).parts[0].known
