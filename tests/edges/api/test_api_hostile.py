"""Hostile literals in every field of every request, on both databases: refused with the field's name, and never a fault of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from catalynx.api import make_api
from catalynx.api.document import openapi_of, operations
from catalynx.records.profile import make_profile
from catalynx.settings import load_settings

pytestmark = pytest.mark.xdist_group("api")

MARK = "@@hostile@@"
REFUSED = {
    "NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity", "1e999": "1e999", "2^63": str(2**63), "-2^63-1": str(-(2**63) - 1),
    "4,400 digits": "9" * 4_400, "lone surrogate": '"a\\ud800b"', "NUL": '"a\\u0000b"', "bell": '"a\\u0007b"',
    "depth 100": "[" * 100 + "]" * 100, "30,000 characters": json.dumps("x" * 30_000),
}  # fmt: skip
"""What no field takes."""
EITHER = {
    "null": "null", "true": "true", "-1": "-1", "0.5": "0.5", "2^62": str(2**62), "{}": "{}", "[]": "[]", "[null]": "[null]",
    "empty": '""', "blank": '" "', "CRLF": '"a\\r\\nSet-Cookie: x=1"', "markup": '"<img src=x onerror=alert(1)>"',
    "SQL": "\"' OR 1=1; DROP TABLE profiles --\"", "path": '"../../etc/passwd"', "formula": '"=1+1"', "format": '"{0.__class__}%s%n"',
    "right to left": '"\\u202e"', "emoji": '"\\ud83d\\ude00"', "a key": '{"a": 1}',
}  # fmt: skip
"""What some fields take and others refuse."""
IN_ADDRESS = (
    "%00", "%ff%fe", str(2**63), "-1", "0", "NaN", "1e999", "%0d%0aSet-Cookie:%20x=1", "..%2f..%2fetc%2fpasswd", "%F0%9F%98%80",
    "'%20OR%201=1%20--", "%3Cimg%20src=x%20onerror=alert(1)%3E", "a" * 2_000, "%20", "%25", "true", "[]", "%ed%a0%80",
)  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "accounts_make": {"name": "hostile", "role": "executive"},
    "auth_token": {"client": "x"},
    "auth_refresh": {"refresh_token": "x"},
    "discovery_discover": {},
    "discovery_discover_federal": {},
    "discovery_score": {},
    "discovery_decide": {"record": False},
    "exports_export": {"profile_id": "museum-of-arts", "table": "tracked"},
    "exports_report": {"profile_id": "museum-of-arts"},
    "finance_risks_by_limits": {},
    "lookups_draw": {"profile_id": "museum-of-arts", "chart_type": "class_counts"},
    "portfolio_plan": {"wish": {"staff": [{"who": "x", "hours": 9}]}, "seconds": 1},
    "portfolio_compare_two": {"first": "as it is", "second": "as it is", "seconds": 1},
    "profiles_make": {"organization_name": "Hostile"},
    "profiles_replace": {"organization_name": "Hostile"},
    "scenarios_make": {"name": "Hostile", "wish": {}},
    "scenarios_replace": {"name": "No writer", "wish": {}},
    "scenarios_clone": {"name": "Hostile"},
    "scenarios_share": {"shared": True},
    "signing_sign_plan": {"title": "Hostile", "why": "So.", "wish": {"staff": [{"who": "x", "hours": 9}]}},
    "signing_reckon_again": {},
    "signing_record": {"candidate_id": "program:45.301", "turned_out": "submitted"},
    "tracked_follow": {"candidate_id": "x", "kind": "program", "name": "x"},
    "tracked_change": {},
    "tracked_move": {"stage": "targets"},
}
"""Bodies that are good but for the field that is exchanged."""


FILES = {"imports_profiles", "imports_published"}
"""Operations that take files: what is refused of those, test_api_imports.py tells."""


def with_body() -> list[str]:
    document = openapi_of(make_api(load_settings(home="/nonexistent")))
    bodies = [(told["operationId"], told["requestBody"]) for _, _, told in operations(document) if "requestBody" in told]
    return [name for name, body in bodies if name not in FILES]


def test_every_body_is_tried() -> None:
    assert sorted(with_body()) == sorted(BODIES)


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where it stands behind a reference or beside null."""
    for one in (schema, *schema.get("anyOf", ())):
        if "$ref" in one:
            return document["components"]["schemas"][one["$ref"].rpartition("/")[2]]
    return schema


type Place = tuple[str, ...]


def places(document: dict[str, Any], schema: dict[str, Any], before: Place = ()) -> Iterator[tuple[Place, bool]]:
    """Every field of a body, those of objects in it too, and whether it takes a list."""
    for name, told in resolved(document, schema).get("properties", {}).items():
        yield (*before, name), any(one.get("type") == "array" for one in (told, *told.get("anyOf", ())))
        yield from places(document, told, (*before, name))


def exchanged(body: dict[str, Any], place: tuple[str, ...], literal: str, *, listed: bool = False) -> bytes:
    """The body with a literal in one place, written as it is."""
    changed = copy.deepcopy(body)
    inner = changed
    for name in place[:-1]:
        inner = inner.setdefault(name, {})
    inner[place[-1]] = [MARK] if listed else MARK
    return json.dumps(changed).replace(json.dumps(MARK), literal).encode()


def address(house, path: str, name: str) -> str:
    ids = {**house.ids["arts"], "session_id": "none", "account_id": "none", "ein": "030179436", "name": "x"}
    if name == "profiles_replace":
        ids["profile_id"] = "hostile-target"
    if name == "scenarios_share":
        ids["scenario_id"] = house.fresh_scenario(house.person("admin").name)
    return path.format(**ids)


@pytest.fixture(scope="module")
def hostile_house(small_house):
    small_house.records.save_profile(
        make_profile({"profile_id": "hostile-target", "organization_name": "Hostile", "team": "arts"})
    )
    return small_house


@pytest.mark.parametrize("name", sorted(BODIES))
def test_hostile_fields(hostile_house, name: str) -> None:
    house, document = hostile_house, hostile_house.document()
    path, method, told = next(one for one in operations(document) if one[2]["operationId"] == name)
    path = address(house, path, name)
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    found = dict(places(document, schema))
    assert found
    lists = {place for place, takes_list in found.items() if takes_list}
    wrong = []
    for place in [*found, ("is_admin",)]:
        for what, literal in {**REFUSED, **EITHER}.items():
            for listed in {False, place in lists}:
                body = exchanged(BODIES[name], place, literal, listed=listed)
                answer = house.ask("admin", method, path, content=body, headers={**JSON, "if-match": "*"})
                must = (400, 422) if what in REFUSED else (200, 201, 202, 400, 401, 404, 409, 412, 422)
                if answer.status_code not in must or (what in REFUSED and not names(answer, place)):
                    wrong.append((place, what, listed, answer.status_code, answer.text[:120]))
    assert wrong == []


JSON = {"content-type": "application/json"}


def names(answer, place: tuple[str, ...]) -> bool:
    """Whether the answer is a problem that names the field, or the body when it could not be read so far."""
    told = answer.json()
    fields = {error["field"] for error in told.get("errors", [])}
    return answer.headers["content-type"] == "application/problem+json" and any(
        field == "body" or place[0] in field or place[-1] in field for field in fields
    )


def test_hostile_addresses(hostile_house) -> None:
    house, wrong = hostile_house, []
    for path, method, told in operations(house.document()):
        name = told["operationId"]
        body = {} if name not in BODIES else {"json": BODIES[name]}
        whole = address(house, path, name)
        for parameter in told.get("parameters", []):
            for value in IN_ADDRESS:
                if parameter["in"] == "path":
                    known = quote(str({**house.ids["arts"]}.get(parameter["name"], "")))
                    asked = path.replace("{" + parameter["name"] + "}", value).format(
                        **{**house.ids["arts"], "session_id": "none", "account_id": "none", "ein": "030179436", "name": "x"}
                    )
                    if not known and method == "DELETE":
                        continue
                elif parameter["in"] == "query":
                    asked = f"{whole}?{needed(told, parameter['name'])}{parameter['name']}={value}"
                else:
                    continue
                answer = house.ask("executive", method, asked, **body)
                if answer.status_code >= 500 or "\r" in str(answer.headers):
                    wrong.append((method, asked[:100], answer.status_code, answer.text[:100]))
    assert wrong == []


def needed(told: dict[str, Any], but: str) -> str:
    """The parameters that must stand in the address beside the one that is tried."""
    goods = {"q": "museum", "candidate_id": "program:45.149", "to": "Earhart%20Foundation"}
    others = [one["name"] for one in told["parameters"] if one["in"] == "query" and one.get("required") and one["name"] != but]
    return "".join(f"{name}={goods[name]}&" for name in others)


@pytest.mark.parametrize("header", ["if-match", "if-none-match", "idempotency-key", "content-type", "accept", "content-length"])
@pytest.mark.parametrize("value", ["", "x" * 3_000, "\xff\xfe", '"', "*", "-1", '"99999999999999999999"'])
def test_hostile_headers(hostile_house, header: str, value: str) -> None:
    body = json.dumps({"organization_name": "Hostile"}).encode()
    for method, path in (("PUT", "/profiles/hostile-target"), ("GET", "/profiles/museum-of-arts"), ("POST", "/profiles")):
        headers = {**JSON, header: value.encode("latin-1")}
        answer = hostile_house.ask("admin", method, path, headers=headers, content=None if method == "GET" else body)
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"organization_name": "a", "organization_name": "b"}', 400, "organization_name"),
        (b'{"organization_name": "a"', 400, "body"),
        (b"\xff\xfe{}", 400, "body"),
        (b"[1]", 422, "body"),
        (b'"text"', 422, "body"),
        (b"null", 422, "body"),
        (b"", 422, "body"),
        (b'{"organization_name": "a", "is_admin": true}', 422, "is_admin"),
        (b'{"organization_name": "a", "version": 7}', 422, "version"),
        (b'{"organization_name": "a", "funding_preferences": {"kinds": ["alms"]}}', 422, "funding_preferences.kinds[0]"),
        (b'{"organization_name": "a", "\\u0000": 1}', 422, "a key of body"),
        (b'{"ein": "12"}', 422, "ein"),
        (b'{"a": ' + b"[" * 100_000, 400, "body"),
        (b"[" + b"0," * 200_000 + b"0]", 413, "body"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_cannot_be_used(small_house, body: bytes, status: int, field: str) -> None:
    answer = small_house.ask("analyst", "POST", "/profiles", content=body, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert field in {error["field"] for error in answer.json().get("errors", [])}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_only_json_is_taken(small_house, kind: str) -> None:
    answer = small_house.ask(
        "analyst", "POST", "/profiles", content=b'{"organization_name": "a"}', headers={"content-type": kind}
    )
    assert answer.status_code == 415


def test_large_bodies_are_refused_before_they_are_read(small_house) -> None:
    answer = small_house.ask("analyst", "POST", "/profiles", content=b" " * (2**20 + 1), headers=JSON)
    assert answer.status_code == 413

    async def drops():
        for _ in range(20):
            yield b" " * 2**16

    assert small_house.ask("analyst", "POST", "/profiles", content=drops(), headers=JSON).status_code == 413
