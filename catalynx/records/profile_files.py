"""Files of profiles, read one after another: however large a file is, one profile of it is in memory at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Hashable, Iterator
from typing import Any, BinaryIO, Final, Literal

import yaml
from yaml.composer import Composer

from catalynx.errors import BadParameter, InvalidProfile

TEXT_LIMIT: Final = 256 * 1024
"""Characters of one profile; the largest there can be is well below."""
_PIECE: Final = 64 * 1024
_BLANK: Final = " \t\r\n"
_QUOTED: Final = 40

type TextFormat = Literal["json", "yaml"]


def fields_of_profiles(stream: BinaryIO, format: TextFormat, *, several: bool = True) -> Iterator[object]:
    """Yield the fields of each profile in a file: it holds one, or, where `several` may be, a list of them or documents of YAML.

    YAML is read as data alone: no tags, no anchors and aliases, and plain words stay text except ``true``, ``false``,
    ``null`` and numbers, so that an EIN keeps its leading zeros. A key may stand once.

    Raises
    ------
    InvalidProfile
        From where on it cannot be read; names the line.
    """
    readers: dict[str, Callable[[io.TextIOWrapper, bool], Iterator[object]]] = {"json": _of_json, "yaml": _of_yaml}
    if format not in readers:
        raise BadParameter("format", format, "json or yaml")
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        yield from readers[format](text, several)
    except RecursionError:
        raise InvalidProfile([("text", "is nested too deep", "…")]) from None
    except UnicodeDecodeError as error:
        wrong = error.object[error.start : error.start + 10]
        raise InvalidProfile([("text", "is not UTF-8; save it as UTF-8", wrong)]) from None
    finally:
        text.detach()  # whoever opened the stream closes it


class _Text:
    """The text of a stream, a window of it at a time."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.window, self.at, self._lines, self._ended = "", 0, 0, False

    def fill(self, least: int) -> bool:
        """Have at least so many characters ahead, or all that are left; return whether there is any."""
        if len(self.window) - self.at >= least or self._ended:
            return self.at < len(self.window)
        self._lines += self.window.count("\n", 0, self.at)
        pieces, have = [self.window[self.at :]], len(self.window) - self.at
        while have < least and not self._ended:
            piece = self._stream.read(_PIECE)
            self._ended = not piece
            pieces.append(piece)
            have += len(piece)
        self.window, self.at = "".join(pieces), 0
        return bool(self.window)

    def next_sign(self) -> str:
        """Go to the next character that is not blank, and return it; empty at the end."""
        while self.fill(1):
            while self.at < len(self.window):
                if self.window[self.at] not in _BLANK:
                    return self.window[self.at]
                self.at += 1
        return ""

    def line(self, place: int) -> tuple[int, str]:
        """Return the number of the line in which a place of the window is, and what stands in it."""
        begin = self.window.rfind("\n", 0, place) + 1
        return self._lines + self.window.count("\n", 0, place) + 1, self.window[begin : place + _QUOTED].partition("\n")[0]


def _of_json(stream: io.TextIOWrapper, several: bool) -> Iterator[object]:
    text, decoder = _Text(stream), json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_once)
    if text.next_sign() != "[" or not several:
        yield _json_value(text, decoder)
    else:
        text.at += 1
        if text.next_sign() == "]":
            text.at += 1
        else:
            yield _json_value(text, decoder)
            while text.next_sign() == ",":
                text.at += 1
                text.next_sign()
                yield _json_value(text, decoder)
            if text.next_sign() != "]":
                raise _no_json(text, "Expecting ',' or ']'", text.at)
            text.at += 1
    if text.next_sign():
        raise _no_json(text, "Extra data", text.at)


def _json_value(text: _Text, decoder: json.JSONDecoder) -> object:
    text.fill(TEXT_LIMIT + 1)
    begin = text.at
    try:
        value, text.at = decoder.raw_decode(text.window, begin)
    except json.JSONDecodeError as error:
        # It ends in the middle of a value, which an endless string does from where it starts.
        cut = error.pos >= begin + TEXT_LIMIT - _PIECE or error.msg.startswith("Unterminated")
        if cut and len(text.window) - begin > TEXT_LIMIT:
            raise _too_long() from None
        raise _no_json(text, error.msg, error.pos) from None
    except ValueError as error:
        raise InvalidProfile([("text", "is not JSON that can be used", str(error))]) from None
    if text.at - begin > TEXT_LIMIT:
        raise _too_long()
    return value


def _too_long() -> InvalidProfile:
    return InvalidProfile([("text", f"is longer than {TEXT_LIMIT:,} characters", "…")])


def _no_json(text: _Text, why: str, place: int) -> InvalidProfile:
    number, line = text.line(place)
    return InvalidProfile([(f"line {number}", f"is not JSON: {why}", line)])


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number that can be kept")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} stands twice")
    return fields


def _of_yaml(stream: io.TextIOWrapper, several: bool) -> Iterator[object]:
    try:
        loader = _Loader(_Metered(stream))
        try:
            if several:
                yield from loader.profiles()
            elif (only := loader.get_single_node()) is not None:
                yield loader.construct_document(only)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}" if mark else "text"
        raise InvalidProfile([(line, "is not YAML that can be used", error.problem or error.context)]) from None
    except UnicodeDecodeError:
        raise
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidProfile([("text", "is not YAML that can be used", str(error))]) from None


class _Metered:
    """A text of which so much may be read for one profile, however the parser goes about it."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream, self.read_since = stream, 0

    def read(self, size: int = -1, /) -> str:
        if self.read_since > TEXT_LIMIT + 4 * _PIECE:
            raise _too_long()
        piece = self._stream.read(size)
        self.read_since += len(piece)
        return piece


class _Loader(Composer, yaml.CSafeLoader):
    """The library's safe loader, made narrower, over its parser in C, which is ten times as quick."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  filled below, with less than YAML 1.1 guesses

    def __init__(self, stream: _Metered) -> None:
        self._metered = stream
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)

    def profiles(self) -> Iterator[object]:
        self.get_event()
        while not self.check_event(yaml.StreamEndEvent):
            self.get_event()
            if self.check_event(yaml.SequenceStartEvent):
                self._plain(self.get_event())
                while not self.check_event(yaml.SequenceEndEvent):
                    yield self._value()
                self.get_event()
            else:
                yield self._value()
            self.get_event()

    def _value(self) -> object:
        self._metered.read_since = 0
        first: Any = self.peek_event()
        began = first.start_mark.index
        node = self.compose_node(None, None)
        if node.end_mark.index - began > TEXT_LIMIT:
            raise _too_long()
        return self.construct_document(node)

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._plain(self.peek_event())
        return super().compose_node(parent, index)

    def _plain(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not accepted", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(problem=f"the tag {event.tag} is not accepted", problem_mark=event.start_mark)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="the name of a field must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
            key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


class ProfileDumper(yaml.SafeDumper):
    """Writes what `fields_of_profiles` reads."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out where it stands."""
        return True


def _text(dumper: ProfileDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


ProfileDumper.add_representer(str, _text)
for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|-?\.inf|\.nan)", list("-.0123456789")),
):
    for _kind in (_Loader, ProfileDumper):  # what is read as something else than text must be quoted when it is text
        _kind.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first)
