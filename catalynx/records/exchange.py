"""Profiles as text: JSON and YAML, out and in again without a change."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from typing import Any, Literal

import yaml

from catalynx.errors import BadParameter, InvalidProfile
from catalynx.records.profile import Profile, make_profile

TEXT_LIMIT = 256 * 1024
"""Characters; the largest profile there can be is well below."""

type TextFormat = Literal["json", "yaml"]


def profile_to_json(profile: Profile) -> str:
    """Return `profile` as JSON, indented, with every field."""
    return json.dumps(profile.fields(), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def profile_to_yaml(profile: Profile) -> str:
    """Return `profile` as YAML with every field, in the order in which people think of them."""
    return yaml.dump(profile.fields(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def profile_from_text(text: str | bytes, format: TextFormat) -> Profile:
    """Make a profile of JSON or YAML text, such as `profile_to_json` and `profile_to_yaml` give.

    YAML is read as data alone: no tags, no anchors and aliases, and plain words stay text except ``true``, ``false``,
    ``null`` and numbers, so that an EIN keeps its leading zeros. A key may stand once.

    Raises
    ------
    InvalidProfile
        Names each field, or the line, with the problem and the value.
    """
    readers = {"json": _read_json, "yaml": _read_yaml}
    if format not in readers:
        raise BadParameter("format", format, "json or yaml")
    if len(text) > TEXT_LIMIT:
        raise InvalidProfile([("text", f"is longer than {TEXT_LIMIT:,} characters", f"{len(text):,}")])
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidProfile([("text", "is not UTF-8; save it as UTF-8", text[error.start : error.start + 10])]) from None
    try:
        fields = readers[format](text)
    except RecursionError:
        raise InvalidProfile([("text", "is nested too deep", text[:40])]) from None
    if not isinstance(fields, dict):
        raise InvalidProfile([("text", f"must be a {format.upper()} mapping of fields to values", fields)])
    return make_profile(fields)


def _read_json(text: str) -> object:
    def no_constant(name: str) -> None:
        raise ValueError(f"{name} is not a number that can be kept")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            raise ValueError(f"{next(name for name in names if names.count(name) > 1)} stands twice")
        return fields

    try:
        return json.loads(text, parse_constant=no_constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1 : error.lineno]
        raise InvalidProfile([(f"line {error.lineno}", f"is not JSON: {error.msg}", "".join(line))]) from None
    except ValueError as error:
        raise InvalidProfile([("text", "is not JSON that can be used", str(error))]) from None


def _read_yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader, made narrower
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}" if mark else "text"
        raise InvalidProfile([(line, "is not YAML that can be used", error.problem or error.context)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidProfile([("text", "is not YAML that can be used", str(error))]) from None


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  filled below, with less than YAML 1.1 guesses

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not accepted", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(problem=f"the tag {event.tag} is not accepted", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

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


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|-?\.inf|\.nan)", list("-.0123456789")),
):
    for _kind in (_Loader, _Dumper):  # what is read as something else than text must be quoted when it is text
        _kind.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first)
