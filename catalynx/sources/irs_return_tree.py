"""Bytes → XML tree → texts: parses a return without trusting it, and picks the fields that a table of paths names.

A table of paths becomes a tree of its own, and both trees are walked side by side: of each element only the children that
some path goes through are ever seen by Python. Thus most of a return costs no more than libxml2's parsing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from lxml import etree

MAX_RETURN_BYTES = 256 * 2**20
"""A return larger than this is not read. The largest published ones stay well below it."""

_NAMESPACE = "{http://www.irs.gov/efile}"
_CHUNK = 2**20
_WIDE = 40
_KNOWN_TAGS = 4096


class NotReadable(Exception):
    """The bytes are not a return that can be read; the reason is the message."""


class Branch:
    """The steps that paths take below one element."""

    __slots__ = ("_steps", "patterns")

    def __init__(self) -> None:
        self._steps: dict[str, Step] = {}
        self.patterns: tuple[str, ...] = ()

    def grow(self, name: str) -> Step:
        """Return the step to the child called `name`, made if it is new."""
        step = self._steps.get(name)
        if step is None:
            step = self._steps[name] = self._steps[_NAMESPACE + name] = Step(name)
            self.patterns += ("{*}" + name,)
        return step

    def step(self, tag: str) -> Step | None:
        """Return the step to a child by its tag, whatever namespace it is in; None when no path goes there."""
        step = self._steps.get(tag)
        if step is None and not tag.startswith(_NAMESPACE):
            step = self._steps.get(tag.rpartition("}")[2])
        return step


class Step:
    """What a path finds at one child: a field (with its rank among the field's paths), a repeated group, or more steps."""

    __slots__ = ("branch", "field", "group", "name", "rank")

    def __init__(self, name: str) -> None:
        self.name = name
        self.field: str | None = None
        self.rank = 0
        self.group: str | None = None
        self.branch: Branch | None = None


def branch_of(fields: Mapping[str, tuple[str, ...]], groups: Mapping[str, Iterable[str]] | None = None) -> Branch:
    """Make one tree of the paths of `fields` and of the repeated elements of `groups`."""
    root = Branch()
    for field, paths in fields.items():
        for rank, path in enumerate(paths):
            step = _reach(root, path)
            step.field, step.rank = field, rank
    for group, group_paths in (groups or {}).items():
        for path in group_paths:
            _reach(root, path).group = group
    return root


def _reach(root: Branch, path: str) -> Step:
    *above, last = path.split("/")
    branch = root
    for name in above:
        step = branch.grow(name)
        if step.branch is None:
            step.branch = Branch()
        branch = step.branch
    return branch.grow(last)


class Leaves(dict[str, str | None]):
    """Fields of a repeated element by the tags of their leaves, for elements in which a leaf's name alone says its field.

    Returns hold thousands of such elements, so each is read in one pass without following paths.
    """

    def __init__(self, fields: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._by_name: dict[str, str] = {}
        for field, paths in fields.items():
            for path in paths:
                name = path.rpartition("/")[2]
                if self._by_name.setdefault(name, field) != field:
                    raise ValueError(f"{name} is a leaf of both {field} and {self._by_name[name]}")

    def __missing__(self, tag: str) -> str | None:
        field = self._by_name.get(tag.rpartition("}")[2])
        if len(self) < _KNOWN_TAGS:
            self[tag] = field
        return field

    def texts(self, element: etree._Element) -> dict[str, str]:
        """Return the texts below `element` by field; of several, the first that is not blank."""
        found: dict[str, str] = {}
        for node in element.iter():
            field = self[node.tag]
            if field is not None and field not in found:
                text = node.text
                if text and (text := text.strip()):
                    found[field] = text
        return found


class Found:
    """What a walk found: texts by field, and the elements of repeated groups with their XPaths."""

    __slots__ = ("_ranks", "groups", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.groups: list[tuple[str, str, etree._Element]] = []
        self._ranks: dict[str, int] = {}

    def walk(self, element: etree._Element, branch: Branch, path: str = "") -> Found:
        """Collect what `branch` names below `element`, which stands at `path`."""
        counts: dict[str, int] = {}
        # Picking children by pattern pays for wide elements only: the patterns are prepared anew at each call.
        for child in element.iterchildren(*branch.patterns) if len(element) > _WIDE else element:
            step = branch.step(child.tag)
            if step is None:
                continue
            if step.field is not None:
                text = child.text
                if text:
                    self._keep(step.field, step.rank, text)
                continue
            count = counts[step.name] = counts.get(step.name, 0) + 1
            if step.group is not None:
                self.groups.append((step.group, f"{path}/{step.name}[{count}]", child))
            elif step.branch is not None:
                self.walk(child, step.branch, f"{path}/{step.name}" if count == 1 else f"{path}/{step.name}[{count}]")
        return self

    def _keep(self, field: str, rank: int, text: str) -> None:
        if field not in self.texts or rank < self._ranks[field]:
            text = text.strip()
            if text:
                self.texts[field], self._ranks[field] = text, rank


def parse(data: bytes) -> etree._Element:
    """Parse `data` and return its root, which is called ``Return``.

    Raises
    ------
    NotReadable
        It is empty, holds a DTD (so entities could be declared), is not well-formed, or is not a return.
    """
    # A DTD stands before the root, and searching a whole return for one would cost a tenth of its parsing.
    prolog = data[: max(data.find(b"Return"), 0) or None]
    if not prolog.strip():
        raise NotReadable("it is empty")
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise NotReadable("it holds a DTD, which no return does; a DTD can pull in other files or grow without bound")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False,
        remove_blank_text=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable(f"it is not well-formed XML ({error.msg})") from error
    # A DTD in UTF-16 escapes the search above.
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotReadable("it holds a DTD, which no return does; a DTD can pull in other files or grow without bound")
    name = local_name(root)
    if name != "Return":
        raise NotReadable(f"its root is {name[:80]}, not Return")
    return root


def local_name(element: etree._Element) -> str:
    """Return the name of `element` without its namespace."""
    return element.tag.rpartition("}")[2]


def read_bytes(stream: BinaryIO) -> bytes:
    """Read a whole return, and no more than `MAX_RETURN_BYTES`.

    Raises
    ------
    NotReadable
    """
    parts, size = [], 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > MAX_RETURN_BYTES:
            raise NotReadable(f"it holds more than {MAX_RETURN_BYTES:,} bytes")
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
