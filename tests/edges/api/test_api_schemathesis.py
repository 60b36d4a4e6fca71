"""Requests made from the API's own document, good and bad ones: no fault of ours, and every answer is one that is documented.

``API_CASES=400 pytest tests/edges/api/test_api_schemathesis.py`` makes so many for each operation, and ``--junit-xml`` tells
how many were answered.
"""

from __future__ import annotations

import os

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from catalynx.api import make_api
from catalynx.api.document import openapi_of, operations
from catalynx.settings import load_settings

pytestmark = [pytest.mark.xdist_group("api"), pytest.mark.timeout(3_600 if "API_CASES" in os.environ else 180)]
CASES = int(os.environ.get("API_CASES", "3"))
SLOW = {
    "audit_check",
    "discovery_decide",
    "exports_export",
    "lookups_draw",
    "portfolio_plan",
    "portfolio_compare_two",
    "system_status",
}
"""Operations that do much work for each good request: a quarter of the cases."""

DOCUMENT = openapi_of(make_api(load_settings(home="/nonexistent")))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
NAMES = [(told["operationId"], path, method) for path, method, told in operations(DOCUMENT)]
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize(("name", "path", "method"), NAMES, ids=[name for name, _, _ in NAMES])
def test_made_requests(small_house, name: str, path: str, method: str, mode: GenerationMode, record_property) -> None:
    operation = SCHEMA[path][method]
    documented = {int(status) for status in operation.definition.raw["responses"]} | {414}
    wrong: list[tuple] = []
    answered = 0

    @settings(max_examples=max(2, CASES // 4) if name in SLOW else CASES, deadline=None, database=None, derandomize=True,
              phases=[Phase.generate], suppress_health_check=CHECKS)  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        nonlocal answered
        sent = case.as_transport_kwargs(base_url="http://catalynx.test/api")
        url = sent.pop("url").removeprefix("http://catalynx.test/api")
        kept = {
            part: sent[part] for part in ("params", "headers", "json", "data", "files", "cookies") if sent.get(part) is not None
        }
        if isinstance(kept.get("data"), (bytes, str)):
            kept["content"] = kept.pop("data")
        try:
            answer = small_house.ask("admin", sent["method"], url, **kept)
        except (UnicodeError, TypeError, ValueError):
            hypothesis.reject()  # the client itself cannot send it
        answered += 1
        if answer.status_code == 404 and ("%0A" in url or "%0D" in url):
            return  # an address with a line break does not lead to the API: what stands around it answers
        if answer.status_code not in documented:
            wrong.append((answer.status_code, url, str(kept)[:200], answer.text[:200]))
        elif answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
            wrong.append((answer.headers["content-type"], url))

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        # Nothing bad can be made for an operation that takes nothing.
        assert mode is GenerationMode.NEGATIVE
        assert not operation.definition.raw.get("parameters")
    record_property("cases", answered)
    assert wrong == []
