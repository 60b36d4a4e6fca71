"""Files as they come: folders and archives, and archives that were made to hurt."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources.members import HEAD_BYTES, Limits, Member, members

TEXT = b"EIN,NAME\n010180687,WINDSOR IMPROVEMENT CORPORATION\n"


def read(path: Path, limits: Limits = Limits()) -> dict[str, bytes]:
    found = {}
    for member in members(path, limits=limits):
        with member.open() as stream:
            found[member.file] = stream.read()
    return found


def zipped(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, contents: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def test_a_plain_file_is_one_member(tmp_path) -> None:
    (tmp_path / "EO_VT.CSV").write_bytes(TEXT)
    (member,) = members(tmp_path / "EO_VT.CSV")
    assert (member.file, member.name, member.size) == ("EO_VT.CSV", "eo_vt.csv", len(TEXT))
    assert read(tmp_path / "EO_VT.CSV") == {"EO_VT.CSV": TEXT}


def test_a_folder_gives_its_files_in_order_of_names_and_opens_archives_in_it(tmp_path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "deep.csv").write_bytes(TEXT)
    (tmp_path / ".hidden").write_bytes(TEXT)
    (tmp_path / "c.csv").write_bytes(TEXT)
    zipped(tmp_path / "a.zip", {"x/one.csv": TEXT, "two.csv": TEXT})
    assert list(read(tmp_path)) == ["a.zip!x/one.csv", "a.zip!two.csv", "b/deep.csv", "c.csv"]


def test_an_empty_folder_has_no_members(tmp_path) -> None:
    assert read(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("x.zip", lambda path: zipped(path, {"in/x.csv": TEXT, "in/": b""})),
        ("x.tar.gz", lambda path: tarred(path, {"in/x.csv": TEXT})),
        ("x.tgz", lambda path: tarred(path, {"in/x.csv": TEXT})),
        ("x.tar", lambda path: tarred(path, {"in/x.csv": TEXT}, "w")),
        ("x.bin", lambda path: zipped(path, {"in/x.csv": TEXT})),
    ],
)
def test_members_of_archives_are_named_and_read(tmp_path, name, pack: Callable[[Path], Path]) -> None:
    assert read(pack(tmp_path / name)) == {f"{name}!in/x.csv": TEXT}


def test_a_gz_is_one_member_named_without_its_suffix(tmp_path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(TEXT))
    (member,) = members(tmp_path / "x.csv.gz")
    assert (member.file, member.name, member.size) == ("x.csv.gz", "x.csv", None)
    assert read(tmp_path / "x.csv.gz") == {"x.csv.gz": TEXT}


def test_a_member_may_be_opened_again_after_a_look_at_its_head(tmp_path) -> None:
    content = TEXT * 1000
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(content))
    zipped(tmp_path / "x.zip", {"x.csv": content})
    tarred(tmp_path / "x.tar.gz", {"x.csv": content, "y.csv": content})
    for path in sorted(tmp_path.iterdir()):
        for member in members(path):
            assert member.head() == content[:HEAD_BYTES]
            with member.open() as stream:
                assert stream.read() == content


def test_a_member_on_disk_is_a_copy_that_is_gone_afterwards(tmp_path) -> None:
    for member in members(zipped(tmp_path / "x.zip", {"x.db": TEXT})):
        with member.on_disk() as path:
            assert path.read_bytes() == TEXT
        assert not path.exists()


@pytest.mark.parametrize("name", ["../x.csv", "a/../../x.csv", "/etc/x.csv", "..\\x.csv", "C:\\x.csv"])
@pytest.mark.parametrize(("suffix", "pack"), [(".zip", zipped), (".tar.gz", tarred)])
def test_names_that_point_outside_are_refused(tmp_path, name, suffix, pack) -> None:
    with pytest.raises(FileRefused, match="points outside the archive"):
        read(pack(tmp_path / f"x{suffix}", {name: TEXT}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_in_a_tar_are_refused(tmp_path, kind) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("x.csv")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(FileRefused, match=r"x\.csv is a link"):
        read(tmp_path / "x.tar.gz")


def test_devices_and_folders_in_a_tar_are_passed_over(tmp_path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, kind in (("folder", tarfile.DIRTYPE), ("fifo", tarfile.FIFOTYPE), ("null", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            archive.addfile(info)
    assert read(tmp_path / "x.tar") == {}


def test_a_link_out_of_a_folder_is_refused_and_one_inside_is_read(tmp_path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.csv").write_bytes(TEXT)
    (tmp_path / "in" / "y.csv").symlink_to("x.csv")
    assert read(tmp_path / "in") == {"x.csv": TEXT, "y.csv": TEXT}
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "in" / "z.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(FileRefused, match="points out of the folder"):
        read(tmp_path / "in")


@pytest.fixture(scope="module")
def zeros() -> bytes:
    return bytes(200 * 2**20)


def _drain(path: Path) -> int:
    count = 0
    for member in members(path):
        with member.open() as stream:
            while data := stream.read(2**20):
                count += len(data)
    return count


@pytest.mark.parametrize("suffix", [".zip", ".gz", ".tar.gz"])
def test_a_bomb_is_refused_long_before_it_is_open(tmp_path, zeros, suffix) -> None:
    path = tmp_path / f"bomb{suffix}"
    if suffix == ".gz":
        path.write_bytes(gzip.compress(zeros, 6))
    else:
        (zipped if suffix == ".zip" else tarred)(path, {"zeros.csv": zeros})
    assert path.stat().st_size < 300_000
    with pytest.raises(FileRefused, match="bomb"):
        _drain(path)


def test_short_repetitive_files_are_no_bombs(tmp_path) -> None:
    content = bytes(10 * 2**20)
    assert read(zipped(tmp_path / "x.zip", {"x.csv": content})) == {"x.zip!x.csv": content}


def test_no_member_may_be_larger_than_the_limit(tmp_path) -> None:
    with pytest.raises(FileRefused, match="holds more than 20 bytes"):
        read(zipped(tmp_path / "x.zip", {"x.csv": TEXT}), Limits(max_member_bytes=20))


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path) -> None:
    path = zipped(tmp_path / "x.zip", {"x.csv": TEXT * 100})
    honest, lie = struct.pack("<L", len(TEXT) * 100), struct.pack("<L", 10)
    content = path.read_bytes()
    assert content.count(honest) == 2
    path.write_bytes(content.replace(honest, lie))
    with pytest.raises(FileRefused, match="cannot be unpacked"):
        read(path)


def test_an_encrypted_member_is_refused(tmp_path) -> None:
    path = zipped(tmp_path / "x.zip", {"x.csv": TEXT})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(FileRefused, match="password required"):
        read(path)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("x.zip", lambda path: zipped(path, {"x.csv": TEXT * 50})),
        ("x.tar.gz", lambda path: tarred(path, {"x.csv": TEXT * 50})),
        ("x.csv.gz", lambda path: path.write_bytes(gzip.compress(TEXT * 50))),
    ],
)
def test_half_an_archive_is_refused(tmp_path, name, pack) -> None:
    path = tmp_path / name
    pack(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FileRefused, match=name.replace(".", r"\.")):
        read(path)


@pytest.mark.parametrize("name", ["x.zip", "x.gz", "x.tar.gz", "x.tgz", "x.tar"])
def test_a_name_that_says_archive_over_other_content_is_refused(tmp_path, name) -> None:
    (tmp_path / name).write_bytes(TEXT)
    with pytest.raises(FileRefused):
        read(tmp_path / name)


def test_what_is_empty_or_not_there_is_refused(tmp_path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileRefused, match="it is empty"):
        read(tmp_path / "empty.csv")
    with pytest.raises(FileRefused, match="no such file or folder"):
        read(tmp_path / "missing.csv")


def test_a_member_says_what_it_is(tmp_path) -> None:
    member = Member("NEH.zip!Folder/Grants.XML.gz", None, io.BytesIO)
    assert member.name == "grants.xml"


def _packed(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        if suffix == ".gz":
            return gzip.compress(TEXT * 20)
        (zipped if suffix == ".zip" else tarred)(path, {"a/x.csv": TEXT * 20, "y.csv": TEXT})
        return path.read_bytes()


PACKED = {suffix: _packed(suffix) for suffix in (".zip", ".tar.gz", ".gz")} | {
    ".tar": gzip.decompress(_packed(".tar.gz")),
}


@settings(max_examples=400, deadline=None)
@given(
    suffix=st.sampled_from(sorted(PACKED)),
    changes=st.lists(st.tuples(st.integers(0, 2**16), st.binary(min_size=1, max_size=3)), min_size=1, max_size=6),
)
def test_fuzz_gives_members_or_a_refusal(suffix, changes) -> None:
    content = bytearray(PACKED[suffix])
    for position, new in changes:
        start = position % len(content)
        content[start : start + len(new)] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        path.write_bytes(bytes(content))
        try:
            found = read(path)
        except FileRefused:
            return
        assert sum(map(len, found.values())) <= 16 * 2**20
