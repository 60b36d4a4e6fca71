"""A client generated from the API's document makes, reads, finds and scores, with types of its own."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.xdist_group("api")
PACKAGE = "constructed_client"


class ToTheHouse(httpx.BaseTransport):
    """Carries what the client sends to the API of the tests."""

    def __init__(self, house: Any) -> None:
        self.house = house

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix("/api")
        headers = {name: value for name, value in request.headers.items() if name in ("content-type", "if-match", "accept")}
        answer = self.house.ask("analyst", request.method, path, headers=headers, content=request.read())
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture(scope="module")
def made(house, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModuleType]:
    """Gives modules of the generated package."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(json.dumps(house.document()))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none",
               "--output-path", str(folder / PACKAGE)]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    # That it does not read zips is said of the export; what it could not model it would leave out.
    assert done.returncode == 0, done.stdout + done.stderr
    assert "removal of" not in done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}" if name else PACKAGE)
    sys.path.remove(str(folder))


@pytest.fixture
def client(made: Callable[[str], ModuleType], house) -> Any:
    wired = httpx.Client(base_url="http://catalynx.test/api", transport=ToTheHouse(house))
    return made("").Client(base_url="http://catalynx.test/api").set_httpx_client(wired)


def test_every_operation_has_a_function(made: Callable[[str], ModuleType], house) -> None:
    folder = Path(made("").__file__).parent / "api"
    functions = {path.stem for path in folder.glob("*/*.py")} - {"__init__"}
    named = {told["operationId"] for methods in house.document()["paths"].values() for told in methods.values()}
    assert functions == named


def test_it_makes_reads_and_finds_a_profile(made: Callable[[str], ModuleType], client: Any) -> None:
    fields = made("models").ProfileFields(organization_name="Generated Client's Museum", state="VT")
    kept = made("api.profiles.profiles_make").sync(client=client, body=fields)
    assert (kept.organization_name, kept.state, kept.version) == ("Generated Client's Museum", "VT", 1)
    again = made("api.profiles.profiles_read").sync(kept.profile_id, client=client)
    assert again == kept
    found = made("api.profiles.profiles_list_profiles").sync(client=client, q="generated")
    assert [one.profile_id for one in found.profiles] == [kept.profile_id]


def test_a_refusal_has_a_type_too(made: Callable[[str], ModuleType], client: Any) -> None:
    answer = made("api.profiles.profiles_read").sync_detailed("nobody-has-this", client=client)
    assert answer.status_code == 404
    assert answer.parsed.detail == "There is no such profile."
