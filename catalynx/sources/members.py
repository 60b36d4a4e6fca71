"""Files as they come: a plain file, a folder, a zip, a tar or a gz, seen as a stream of members.

Nothing is unpacked to disk. Every byte that comes out of an archive is metered, so that a small
archive cannot fill the machine; names that point outside the archive are refused.
"""

from __future__ import annotations

import gzip
import io
import lzma
import shutil
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from catalynx.errors import FileRefused

HEAD_BYTES = 8192
UNPACKING_ERRORS = (
    EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
"""What the standard library raises when an archive is cut, flipped, encrypted, or packed in a way that it does not know."""

_KEPT_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of an archive before it is taken for a bomb.

    ``max_ratio`` (bytes out per byte in) counts only beyond ``ratio_from_bytes``: short repetitive files pack well.
    The densest real publication known (Grants.gov's extract) is below 20.
    """

    max_member_bytes: int = 16 * 2**30
    max_ratio: float = 200.0
    ratio_from_bytes: int = 16 * 2**20


@dataclass(slots=True)
class Member:
    """One readable file: plain, or inside an archive.

    Attributes
    ----------
    file : how the file is named to people: ``name`` or ``archive!member``, relative to what was handed in
    size : bytes when open, as far as known; None in a gz
    path : where it lies, for readers that look for a file beside it; None inside an archive
    """

    file: str
    size: int | None
    _open: Callable[[], BinaryIO] = field(repr=False)
    _head: bytes | None = field(default=None, repr=False)
    path: Path | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The last part of the file's name, lower case, without ``.gz``."""
        return PurePosixPath(self.file.rsplit("!", 1)[-1]).name.lower().removesuffix(".gz")

    def open(self) -> BinaryIO:
        """Open for reading from the start; the caller closes it."""
        return self._open()

    def head(self) -> bytes:
        """Return the first `HEAD_BYTES` bytes; they are read once."""
        if self._head is None:
            with self.open() as stream:
                self._head = stream.read(HEAD_BYTES)
        return self._head

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Give a real path, for readers that need one (SQLite); a temporary copy that is removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="catalynx-") as folder:
            path = Path(folder) / "member"
            with self.open() as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, 2**20)
            yield path


class _Metered(io.RawIOBase):
    """A stream out of an archive that stops where no honest file would go on."""

    def __init__(self, stream: BinaryIO, file: str, packed_bytes: int, limits: Limits, declared: int | None) -> None:
        self._stream, self._file, self._limits, self._declared = stream, file, limits, declared
        self._packed_bytes, self._bytes = max(packed_bytes, 1), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        try:
            data = self._stream.read(len(buffer))
        except UNPACKING_ERRORS as error:
            raise FileRefused(self._file, f"it cannot be unpacked ({error})") from error
        self._bytes += len(data)
        self._check()
        buffer[: len(data)] = data
        return len(data)

    def _check(self) -> None:
        limits = self._limits
        if self._declared is not None and self._bytes > self._declared:
            raise FileRefused(self._file, f"it says it holds {self._declared:,} bytes and holds more")
        if self._bytes > limits.max_member_bytes:
            raise FileRefused(self._file, f"it holds more than {limits.max_member_bytes:,} bytes")
        if self._bytes > limits.ratio_from_bytes and self._bytes > limits.max_ratio * self._packed_bytes:
            raise FileRefused(
                self._file, f"{self._packed_bytes:,} packed bytes opened to over {self._bytes:,}, as a zip bomb does"
            )

    def close(self) -> None:
        self._stream.close()
        super().close()


def members(path: Path, *, limits: Limits = Limits()) -> Iterator[Member]:
    """Yield every readable file in `path`: a file, a folder (in order of names), a zip, a tar(.gz) or a gz.

    A member of an archive is to be read before the next one is asked for.

    Raises
    ------
    FileRefused
        `path` does not exist, is empty or no archive though its name says so, or points outside itself.
    """
    path = Path(path)
    if not path.exists():
        raise FileRefused(path, "there is no such file or folder")
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
            if file.is_symlink() and not file.resolve().is_relative_to(path.resolve()):
                raise FileRefused(file, "it is a link that points out of the folder")
            yield from _file_members(file, str(file.relative_to(path)), limits)
        return
    yield from _file_members(path, path.name, limits)


def _file_members(path: Path, label: str, limits: Limits) -> Iterator[Member]:
    if path.stat().st_size == 0:
        raise FileRefused(path, "it is empty")
    with path.open("rb") as stream:
        magic = stream.read(4)
    name = path.name.lower()
    if magic.startswith(b"PK"):
        yield from _zip_members(path, label, limits)
    elif magic.startswith(b"\x1f\x8b") and name.endswith((".tar.gz", ".tgz")):
        yield from _tar_members(path, label, limits)
    elif magic.startswith(b"\x1f\x8b"):
        yield Member(label, None, lambda: _gz_stream(path, label, limits), path=path)
    elif name.endswith(".tar"):
        yield from _tar_members(path, label, limits)
    elif name.endswith((".zip", ".gz", ".tgz")):
        raise FileRefused(path, f"its name says {path.suffix}, its content does not")
    else:
        yield Member(label, path.stat().st_size, lambda: path.open("rb"), path=path)


def _gz_stream(path: Path, label: str, limits: Limits) -> BinaryIO:
    raw = _Metered(gzip.open(path, "rb"), label, path.stat().st_size, limits, None)  # type: ignore[arg-type]
    return io.BufferedReader(raw, 2**17)


def _zip_members(path: Path, label: str, limits: Limits) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except UNPACKING_ERRORS as error:
        raise FileRefused(path, f"it is not a readable zip ({error})") from error

    def opener(info: zipfile.ZipInfo, file: str) -> Callable[[], BinaryIO]:
        def open_member() -> BinaryIO:
            try:
                stream = archive.open(info)
            except UNPACKING_ERRORS as error:
                raise FileRefused(file, f"it cannot be unpacked ({error})") from error
            return io.BufferedReader(_Metered(stream, file, info.compress_size, limits, info.file_size), 2**17)  # type: ignore[arg-type]

        return open_member

    with archive:
        for info in archive.infolist():
            _refuse_outside(path, info.filename)
            if not info.is_dir():
                file = f"{label}!{info.filename}"
                yield Member(file, info.file_size, opener(info, file))


def _tar_members(path: Path, label: str, limits: Limits) -> Iterator[Member]:
    packed = path.stat().st_size
    try:
        with tarfile.open(path, "r:*") as archive:
            unpacked = 0
            for info in archive:
                _refuse_outside(path, info.name)
                if info.issym() or info.islnk():
                    raise FileRefused(path, f"its member {info.name} is a link")
                if not info.isfile():
                    continue
                unpacked += info.size
                if unpacked > limits.ratio_from_bytes and unpacked > limits.max_ratio * packed:
                    raise FileRefused(path, f"{packed:,} packed bytes say they open to over {unpacked:,}, as a bomb does")
                yield _tar_member(archive, info, f"{label}!{info.name}", packed, limits)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, OSError) as error:
        raise FileRefused(path, f"it is not a readable tar ({error})") from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, file: str, packed: int, limits: Limits) -> Member:
    content: bytes | None = None

    def open_member() -> BinaryIO:
        nonlocal content
        if content is not None:
            return io.BytesIO(content)
        stream = archive.extractfile(info)
        if stream is None:
            raise FileRefused(file, "it cannot be unpacked")
        metered = io.BufferedReader(_Metered(stream, file, packed, limits, info.size), 2**17)  # type: ignore[arg-type]
        if info.size > _KEPT_BYTES:
            return metered
        # To go back in a packed tar is to unpack it again from its start, so what is small is kept for a second look.
        with metered:
            content = metered.read()
        return io.BytesIO(content)

    return Member(file, info.size, open_member)


def _refuse_outside(archive: Path, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or (parts.parts and parts.parts[0].endswith(":")):
        raise FileRefused(archive, f"its member {name!r} points outside the archive")
