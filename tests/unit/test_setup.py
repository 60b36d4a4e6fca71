"""The lock, pyproject.toml and environment.yml tell the same story, and a skipped test fails where it must."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy/requirements.lock"

ON_CONDA = {
    "duckdb": ("python-duckdb",),
    "jupyterhub": ("jupyterhub-base",),
    "psycopg[binary]": ("psycopg", "psycopg-c"),
    "redis": ("redis-py",),
    "uvicorn[standard]": ("uvicorn-standard",),
}
"""Name on PyPI → names on conda-forge, where they differ."""

MACHINES = [
    {"python_full_version": f"3.{minor}.1", "python_version": f"3.{minor}", "sys_platform": platform, "platform_system": system}
    for minor in (12, 13)
    for platform, system in (("linux", "Linux"), ("darwin", "Darwin"))
]


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def named(*, without: str = "") -> list[Requirement]:
    """Everything that pyproject.toml names: to run, to test, to build; but not the group `without`."""
    table = project()
    extras = table["project"]["optional-dependencies"].values()
    groups = [names for group, names in table["dependency-groups"].items() if group != without]
    lists = [table["project"]["dependencies"], *extras, *groups]
    return [Requirement(text) for names in lists for text in names]


def locked() -> list[Requirement]:
    return [Requirement(line.rstrip(" \\")) for line in LOCK.read_text().splitlines() if "==" in line]


def full_name(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return canonicalize_name(requirement.name) + extras


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: f"{machine['python_version']}-{machine['sys_platform']}")
def test_lock_satisfies_pyproject(machine: dict[str, str]) -> None:
    versions = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in locked()
        if pin.marker is None or pin.marker.evaluate(machine)
    }
    missing = [str(wanted) for wanted in named() if canonicalize_name(wanted.name) not in versions]
    assert missing == [], "run `make lock`"
    outside = [
        f"{wanted} has {found}"
        for wanted in named()
        if not wanted.specifier.contains(found := versions[canonicalize_name(wanted.name)], prereleases=True)
    ]
    assert outside == [], "run `make lock`"


@pytest.mark.parametrize("lock", [LOCK, ROOT / "deploy/uv.lock"], ids=lambda path: path.name)
def test_lock_has_hashes_and_names_no_host(lock: Path) -> None:
    pins = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert pins
    assert [pin.split("\n")[0] for pin in pins if not re.search(r"--hash=sha256:[0-9a-f]{64}", pin)] == []
    assert [line for line in lock.read_text().splitlines() if "://" in line or line.startswith("-")] == []


def test_conda_names_the_same_dependencies() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    from_pip = [Requirement(text) for entry in entries if isinstance(entry, dict) for text in entry["pip"]]
    conda = {
        canonicalize_name(name): SpecifierSet(spec)
        for name, _, spec in (text.partition(" ") for text in entries if isinstance(text, str))
    }
    assert conda.pop("python") == SpecifierSet(project()["project"]["requires-python"])
    assert conda.pop("pip") == SpecifierSet()

    by_pip = {canonicalize_name(one.name) for one in from_pip}
    expected = {
        name: wanted.specifier
        for wanted in named(without="client")
        if canonicalize_name(wanted.name) not in by_pip
        for name in ON_CONDA.get(full_name(wanted), (full_name(wanted),))
    }
    assert conda == expected
    assert {str(one) for one in from_pip} == {
        str(one) for one in named(without="client") if canonicalize_name(one.name) in by_pip
    }


def test_names_that_differ_on_conda_are_still_used() -> None:
    assert set(ON_CONDA) <= {full_name(wanted) for wanted in named()}


def test_wheel_holds_package_sample_notebooks_and_dashboards(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {re.sub(r"^catalynx-[^/]+\.data/data/", "", name) for name in archive.namelist()}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    package = {name for name in listed if name.startswith("catalynx/") and (ROOT / name).is_file()}
    pages = {
        f"share/catalynx/{name}" for name in listed if name.startswith(("notebooks/", "dashboards/")) and (ROOT / name).is_file()
    }
    assert {"catalynx/__init__.py", "catalynx/sample/README.md"} <= package
    assert package - held == set()
    assert pages - held == set()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)
    assert not any("__pycache__" in name or ".ipynb_checkpoints" in name for name in held)


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (targets,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\w+) +\S", listed, re.M)) == set(targets.split())


def run_a_skipped_test(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests/conftest.py", folder / "tests/conftest.py")
    (folder / "tests/test_one.py").write_text(
        "import pytest\ndef test_runs(): pass\n@pytest.mark.skip(reason='no oven here')\ndef test_bakes(): pass\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )


@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "false"}, 0), ({"CI": "true"}, 1)])
def test_what_was_skipped_is_named_and_fails_in_ci(tmp_path: Path, environment: dict[str, str], code: int) -> None:
    done = run_a_skipped_test(tmp_path, **environment)
    assert done.returncode == code, done.stdout
    assert "tests/test_one.py::test_bakes: no oven here" in "\n".join(done.stdout.splitlines()[-4:])
