"""A workspace in which every text that people or publishers can write is a canary of its own; all of it is constructed.

The columns come from the models of the records, the fields of a profile and the tables of the lake: one that is new is filled
without a word here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, CheckConstraint, String, Text, insert

from catalynx.columns import TABLES, arrow_schema
from catalynx.records.models import Base, UtcDateTime
from catalynx.records.profile import Profile, make_profile
from catalynx.records.store import open_records
from catalynx.settings import Settings, load_settings
from dashboards.workspace import WorkspaceWorkbench

AS_OF = date(2024, 2, 9)
PROFILE_ID, OWN_EIN = "constructed-canary", "030179423"
FIRED = "canaryFired"
OUTSIDE = "canary.invalid"
READ = re.compile(r"[cC](\d+)z(<img src=x|%3Cimg)?")
"""A canary as it was written, or as it stands in a link."""

SHORTEST, SHORT, LONG = 16, 64, 400
"""Lengths from which on a canary can be seen, can act, and tries every way."""


class Canaries:
    """Gives each column a canary with a number of its own, and knows whose is whose."""

    def __init__(self) -> None:
        self.owners: list[str] = []

    def of(self, owner: str, length: int | None = None) -> str | None:
        """Return the canary of a column with room for `length` characters; None where no canary fits."""
        if owner not in self.owners:
            self.owners.append(owner)
        number = self.owners.index(owner)
        tiny = f"c{number}z<img src=x>"
        short = f'c{number}z<img src=x onerror="{FIRED}={number}">'
        ways = (
            f"""{short}"' onmouseover='{FIRED}={number}' onfocus="{FIRED}={number}" autofocus><svg onload={FIRED}={number}>"""
            f"</script><script>{FIRED}={number}</script></style><style>*{{background:url(http://{OUTSIDE}/{number})}}</style>"
            f"{{{{7*7}}}}${{7*7}} [a](javascript:{FIRED}={number}) ![b](http://{OUTSIDE}/{number}.png) "
            f"<a href='javascript:{FIRED}={number}'>c</a> `d` $$e$$ <!--"
        )
        fitting = [text for text in (ways, short, tiny) if length is None or len(text) <= length]
        return fitting[0] if fitting else None


CLOSED = {
    **dict.fromkeys(("funder_ein", "recipient_ein", "ein", "runner_up_ein"), "123456789"), "state": "VT", "recipient_state": "VT", "assistance_listing": "45.164", "zip": "05482", "ntee_major": "A",
     "ruling_month": "2001-01", "tax_period_end": "2023-12", "form": "990PF"}  # fmt: skip
"""Columns with a pattern that no canary fits: what stands in them."""

CODED: dict[str, list[dict[str, object]]] = {
    "organizations": [{}, {"ein": "987654321", "foundation_code": "04", "assets_usd": 5e6}],
    "giving": [{}, {"track": "federal", "status": "awarded", "funder_key": "45.164"}],
    "opportunities": [{}, {"applicant_types": ["99"], "instruments": ["G"], "posted_date": date(2024, 1, 5)}],
}  # fmt: skip
"""Tables in which a row with codes is needed beside that of canaries, so that it is asked for."""


def lake_rows(canaries: Canaries) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Fill every column of every table."""
    plain = {"integer": 2023, "number": 0.5, "usd": 50_000.0, "flag": False, "date": date(2024, 4, 1)}
    for name, table in TABLES.items():
        rows = []
        for changed in CODED.get(name, [{}]):
            row: dict[str, object] = {}
            for column in table.columns:
                if column.kind in plain:
                    row[column.name] = plain[column.kind]
                    continue
                value = CLOSED.get(column.name) if column.pattern else canaries.of(f"lake.{name}.{column.name}")
                value = column.pattern.split("|")[0] if value is None and column.pattern else value
                assert column.pattern is None or re.fullmatch(column.pattern, str(value)), (
                    f"say in CLOSED what {name}.{column.name} holds"
                )
                row[column.name] = [value] if column.kind == "texts" else value
            key = table.key[0]
            extra = {key: f"{row[key]}{len(rows)}"} if rows and key not in changed and "<" in str(row[key]) else {}
            rows.append({**row, "canonical": True, **extra, **changed} if "canonical" in row else {**row, **extra, **changed})
        yield name, rows


def write_lake(lake: Path, canaries: Canaries) -> None:
    """Write a version of a lake that holds nothing but canaries."""
    import pyarrow as pa

    from catalynx.lake.parquet import digest, write
    from catalynx.lake.versions import TableFile, Version, save, use

    folder = lake / "versions" / "20240209T000000-canaries"
    folder.mkdir(parents=True)
    files = []
    for name, rows in lake_rows(canaries):
        path, schema = folder / f"{name}.parquet", arrow_schema(name)
        write(path, schema, [pa.Table.from_pylist(rows, schema)])
        files.append(TableFile(name, len(rows), 0, path.stat().st_size, digest(path)))
    save(Version(folder.name, "2024-02-09T00:00:00+00:00", "constructed", (), tuple(files)), folder)
    use(lake, folder.name)


def profile_of(canaries: Canaries) -> Profile:
    """Fill every field of a profile that takes free text."""
    closed = {"profile_id": PROFILE_ID, "ein": OWN_EIN, "state": "VT", "ntee_codes": ["A50"], "geographic_scope": ["VT"]}
    given: dict[str, object] = dict(closed)
    limits = {"team": 100, "organization_name": 300, "city": 100, "mission_statement": 4_000, "focus_areas": 200}
    schema = Profile.model_json_schema()
    for name, about in schema["properties"].items():
        kinds = json.dumps([about, *(schema["$defs"][one] for one in re.findall(r"#/\$defs/(\w+)", json.dumps(about)))])
        if name in closed or '"string"' not in kinds or "date-time" in kinds or '"object"' in kinds:
            continue
        assert name in limits, f"{name} is a text of profiles: say here how long it may be, or what stands in it"
        canary = canaries.of(f"profile.{name}", limits[name])
        given[name] = [canary] if about.get("type") == "array" else canary
    return make_profile({**given, "is_501c3": True, "funding_preferences": {"ask_min_usd": 1_000, "ask_max_usd": 100_000},
                         "capacity": {"staff_hours_per_month": 500}})  # fmt: skip


MADE_BY_OTHERS = {"profiles", "audit", "audit_head"}
"""Tables whose rows are chained or derived: they are filled by the functions that write them."""
REQUIRED: dict[str, list[dict[str, object]]] = {
    "jobs": [{"job_id": f"job{number}", "kind": "report", "state": state, "idempotency_key": str(number), "cancel_asked": False,
              "profile_id": PROFILE_ID, "finished_at": datetime(2024, 2, 9, tzinfo=UTC) if state == "failed" else None}
             for number, state in enumerate(("failed", "running", "queued"))],
}  # fmt: skip
"""Values by which the pages find a row."""


def fill_records(settings: Settings, canaries: Canaries) -> None:
    """Fill every text column of every table of the records."""
    with open_records(settings.records_url) as records:
        records.save_profile(profile_of(canaries))
        known = {"profiles.profile_id": PROFILE_ID}
        with records.writing() as session:
            for table in Base.metadata.sorted_tables:
                for given in [] if table.name in MADE_BY_OTHERS else REQUIRED.get(table.name, [{}]):
                    row = {
                        column.name: given.get(column.name, _value(table, column, known, canaries)) for column in table.columns
                    }
                    known |= {f"{table.name}.{name}": value for name, value in row.items() if f"{table.name}.{name}" not in known}
                    session.execute(insert(table).values(row))
        audited = {column.name: canaries.of(f"audit.{column.name}", column.type.length) for column in Base.metadata.tables["audit"].columns
                   if isinstance(column.type, String | Text) and column.name != "chain_hash"}  # fmt: skip
        detail = canaries.of("audit.detail", LONG)
        records.audit(**audited, detail={str(canaries.of("audit.detail", SHORT)): detail, "list": [detail]})
        records.audit(**audited, allowed=False)


def _value(table: Any, column: Any, known: dict[str, Any], canaries: Canaries) -> object:
    for key in column.foreign_keys:
        return known[key.target_fullname]
    allowed = [
        one for one in table.constraints if isinstance(one, CheckConstraint) and str(one.sqltext).startswith(f"{column.name} IN")
    ]
    if allowed:
        return re.findall(r"'(\w+)'", str(allowed[0].sqltext))[0]
    owner = f"{table.name}.{column.name}"
    if isinstance(column.type, JSON):
        canary = canaries.of(owner)
        mapped = next(one.class_ for one in Base.registry.mappers if one.local_table is table)
        return [canary] if "list" in str(mapped.__annotations__[column.name]) else {"report": canary, canary: canary}
    if isinstance(column.type, String | Text):
        return canaries.of(owner, column.type.length)
    if isinstance(column.type, UtcDateTime):
        return datetime(2024, 2, 9, tzinfo=UTC)
    return {date: AS_OF, bool: True, int: 1, float: 0.5}[column.type.python_type]


REPORT = "constructed_words"


def write_report(folder: Path, canaries: Canaries) -> None:
    """Write a report whose title, parameters and outputs are canaries."""
    kept = canaries.of("report.title", SHORT)
    asked, meaning = canaries.of("report.default", SHORT), canaries.of("report.meaning", SHORT)
    source = f"profile: str = ''  # its profile\nsay: str = {asked!r}  # {meaning}"
    code = "from catalynx.reports import paper\nfrom pathlib import Path\nPath('profile_id.txt').write_text(profile)\npaper.lead(say, say)"
    cells = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": f"# `{kept}`"}] + [
        {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": tags}, "execution_count": None, "outputs": [], "source": text}
        for number, (text, tags) in enumerate([(source, ["parameters"]), (code, [])], 1)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{REPORT}.ipynb").write_text(json.dumps(notebook))


@dataclass
class House:
    """The workspace full of canaries, and where each was seen as text."""

    settings: Settings
    canaries: Canaries
    workbench: WorkspaceWorkbench
    origin: str = ""
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def look(self, page: Any, where: str) -> None:
        """Look at a page: nothing of a canary ran or became part of it, and what can be read is read."""
        look_at(page, self, where)

    def saw(self, text: str, where: str) -> None:
        """Note the canaries in `text`: each stands there as it was written."""
        for found in READ.finditer(text):
            owner = self.canaries.owners[int(found[1])]
            assert found[2], f"the canary of {owner} lost its tag on {where}: {text[found.start() :][:80]!r}"
            self.seen[re.split(r"[ #?]", where)[0]].add(owner)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Fill a workspace, and make every report of it."""
    folder, canaries = tmp_path_factory.mktemp("canaries"), Canaries()
    shipped = load_settings(home=folder / "home").notebooks / "reports"
    (folder / "notebooks/reports").mkdir(parents=True)
    for notebook in shipped.glob("*.ipynb"):
        (folder / "notebooks/reports" / notebook.name).write_bytes(notebook.read_bytes())
    write_report(folder / "notebooks/reports", canaries)
    settings = load_settings(home=folder / "home", notebooks=folder / "notebooks")
    write_lake(settings.lake, canaries)
    fill_records(settings, canaries)
    (settings.home / "as_of.txt").write_text(AS_OF.isoformat())
    workbench = WorkspaceWorkbench(settings)
    yield House(settings, canaries, workbench)
    workbench.close()


TEXTS = """() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === 3) { found.push(node.data); return; }
    if (node.nodeType !== 1 && node.nodeType !== 11) { return; }
    if (["STYLE", "SCRIPT"].includes(node.nodeName)) { return; }
    for (const one of node.attributes || []) { found.push(one.value); }
    if (node.shadowRoot) { walk(node.shadowRoot); }
    node.childNodes.forEach(walk);
  };
  walk(document.documentElement);
  return found.join("\\n") + "\\n" + document.title;
}"""
BAD = """() => {
  const bad = [];
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) { walk(one.shadowRoot); }
      const outside = [...one.attributes].some((a) => ["src", "href", "action", "style", "data"].includes(a.name)
        && /canary\\.invalid|^\\s*javascript:/i.test(a.value) && !a.value.startsWith("#"));
      const handler = [...one.attributes].some((a) => a.name.startsWith("on"));
      const foreign = one.nodeName === "IMG" && one.getAttribute("src") === "x" || one.nodeName.toLowerCase() === "svg" && one.hasAttribute("onload");
      if (outside || handler || foreign) { bad.push(one.outerHTML.slice(0, 200)); }
    }
  };
  walk(document);
  return bad;
}"""


def look_at(page: Any, house: House, where: str) -> None:
    """Nothing of a canary ran, became part of the page, or was worked out; what can be read is read."""
    assert page.evaluate(f"typeof window.{FIRED}") == "undefined", f"a canary ran on {where}"
    assert page.evaluate(BAD) == [], f"a canary became part of {where}"
    text = page.evaluate(TEXTS)
    assert "{{7*7}}" in text or "{{49" not in text
    assert not re.search(r"(?<![\d,.])49\$", text), f"a template was worked out on {where}"
    house.saw(text, where)
