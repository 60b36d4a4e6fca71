"""``catalynx profile …``: the organisations that funders are weighed for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, find_profile, opening
from catalynx.cli.showing import Heading, count, print_json, print_table, say, warn

if TYPE_CHECKING:
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Profiles: make, change, show, list, import, export, delete.")

Name = Annotated[str, typer.Argument(metavar="PROFILE", help="Id, EIN, or a part of the name.")]


@app.command("list")
def list_profiles(
    context: typer.Context,
    search: Annotated[str, typer.Option(help="Words in name, EIN, place or focus areas.")] = "",
    page: Annotated[int, typer.Option(min=1, help="Which page of 50.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """List profiles.

    Example: catalynx profile list --search museum
    """
    from catalynx.figures import wording

    with opening(context).workspace() as workspace:
        found = workspace.records.list_profiles(search=search, page=page)
    if as_json:
        print_json({"total": found.total, "page": found.page, "profiles": [profile.fields() for profile in found.profiles]})
        return
    rows = [
        (p.profile_id, p.organization_name, wording.ein(p.ein), p.state or wording.UNKNOWN, wording.money(p.annual_revenue_usd))
        for p in found.profiles
    ]
    headings = [Heading("id"), Heading("name", words=True), Heading("EIN", spare=1), Heading("state", spare=2),
                Heading("revenue", right=True, spare=3)]  # fmt: skip
    print_table(count(found.total, "profile"), headings, rows)


@app.command()
def show(context: typer.Context, profile: Name, as_json: JsonOption = False) -> None:
    """Show a profile, as YAML or JSON.

    Example: catalynx profile show demo-shelburne-museum
    """
    from catalynx.records.exchange import profile_to_yaml

    with opening(context).workspace() as workspace:
        found = find_profile(workspace, profile)
    if as_json:
        print_json(found.fields())
    else:
        print(profile_to_yaml(found), end="")


@app.command()
def create(
    context: typer.Context,
    ein: Annotated[str | None, typer.Option(help="Fills in name, place, field and revenue from the lake.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the organisation, where it has no EIN in the lake.")] = None,
    state: Annotated[str | None, typer.Option(help="Two letters, such as VT.")] = None,
    mission: Annotated[str | None, typer.Option(help="What it is for, in a sentence or two.")] = None,
    ntee: Annotated[list[str] | None, typer.Option(help="NTEE code; may be given more than once.")] = None,
    ask_min: Annotated[float | None, typer.Option(help="Smallest grant worth asking for, USD.")] = None,
    ask_max: Annotated[float | None, typer.Option(help="Largest grant to ask for, USD.")] = None,
    hours: Annotated[float | None, typer.Option(help="Staff hours a month for applications.")] = None,
) -> None:
    """Make a profile, filled in from the lake by EIN or by hand.

    Example: catalynx profile create --ein 03-0179436 --mission "A museum of American art" --ask-max 50000 --hours 60
    """
    from catalynx.errors import BadParameter
    from catalynx.records.profile import make_profile
    from catalynx.workflows import profile_from_lake

    wishes = _given(ask_min_usd=ask_min, ask_max_usd=ask_max)
    capacity = _given(staff_hours_per_month=hours)
    fields = _given(organization_name=name, state=state, mission_statement=mission, ntee_codes=ntee or None,
                    funding_preferences=wishes or None, capacity=capacity or None)  # fmt: skip
    with opening(context).workspace() as workspace:
        if ein is None and name is None:
            raise BadParameter("--ein", ein, "given, or else --name")
        if ein:
            made = profile_from_lake(workspace, ein, **fields)
            _warn_of_same(workspace, made)
        else:
            made = make_profile({"profile_id": workspace.records.free_profile_id(str(name)), **fields})
        saved = workspace.records.save_profile(made)
    say(f"Made the profile {saved.profile_id} of {saved.organization_name}.")
    if saved.to_fill_in:
        say(saved.to_fill_in)
    say(f"Next: catalynx decide --profile {saved.profile_id}")


def _warn_of_same(workspace: Workspace, made: Profile) -> None:
    """Warn where there is a profile of this EIN already: commands that name the EIN then have to name an id."""
    from catalynx.figures import wording

    same = [
        known.profile_id for known in workspace.records.list_profiles(search=made.ein or "").profiles if known.ein == made.ein
    ]
    if same:
        warn(f"there is a profile with EIN {wording.ein(made.ein)} already: `catalynx profile show {same[0]}` shows it. "
             f"This makes another one; from now on give the id instead of the EIN.")  # fmt: skip


def _given(**options: object) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


@app.command("import")
def import_profile(context: typer.Context, file: Annotated[Path, typer.Argument(help="YAML or JSON.")]) -> None:
    """Read one profile or a list of them from a YAML or JSON file; one that is there is replaced when the file has its version.

    Example: catalynx profile import museum.yaml
    """
    from catalynx.records.importing import import_profiles

    with opening(context).workspace() as workspace:
        kept = import_profiles(workspace.records, _there(file), "json" if file.suffix.lower() == ".json" else "yaml")
    for saved in kept:
        say(f"Saved {saved.profile_id} ({saved.organization_name}), version {saved.version}.")


def _there(file: Path) -> Path:
    from catalynx.errors import NotFound

    if not file.is_file():
        raise NotFound("file", str(file), "Give a YAML or JSON file, such as `catalynx profile export` writes.")
    return file


@app.command("export")
def export_profile(
    context: typer.Context, profile: Name, file: Annotated[Path, typer.Argument(help="Ends with .yaml or .json.")]
) -> None:
    """Write a profile to a YAML or JSON file.

    Example: catalynx profile export demo-shelburne-museum museum.yaml
    """
    from catalynx.errors import BadParameter
    from catalynx.records.exchange import profile_to_json, profile_to_yaml

    write = {".json": profile_to_json, ".yaml": profile_to_yaml, ".yml": profile_to_yaml}.get(file.suffix.lower())
    if write is None or not file.absolute().parent.is_dir():
        raise BadParameter("FILE", str(file), "a file that ends with .yaml or .json, in a folder that is there")
    with opening(context).workspace() as workspace:
        found = find_profile(workspace, profile)
    file.write_text(write(found), encoding="utf-8")
    say(f"Wrote {file}.")


@app.command()
def delete(
    context: typer.Context,
    profile: Name,
    name: Annotated[str, typer.Option(prompt="Type the organisation's name to delete it for good", help="The name, to be sure.")],
) -> None:
    """Delete a profile for good, with its decisions, tracked opportunities, runs, jobs, reports and exports.

    Example: catalynx profile delete demo-shelburne-museum --name "Shelburne Museum"
    """
    from catalynx.cli.noting import ORIGIN, local_user
    from catalynx.errors import BadParameter
    from catalynx.purging import purge_profile

    with opening(context).workspace() as workspace:
        found = find_profile(workspace, profile)
        if name.strip().casefold() != found.organization_name.casefold():
            raise BadParameter("--name", name, f"the name of the profile, {found.organization_name!r}")
        removed = purge_profile(workspace, found.profile_id, by=local_user(), origin=ORIGIN)
    told = ", ".join((count(removed.reports, "report"), count(removed.exports, "export"), count(removed.jobs, "job")))
    say(f"Deleted {found.organization_name}, with {told}.")


@app.command()
def erased(context: typer.Context, file: Annotated[Path, typer.Argument(help="JSON; keep it beside every backup.")]) -> None:
    """Write the list of profiles that were deleted, by pseudonyms that say nothing, to keep beside backups.

    Example: catalynx profile erased erasures.json
    """
    from catalynx.errors import BadParameter
    from catalynx.records.erasure import erasures_to_json

    if not file.absolute().parent.is_dir():
        raise BadParameter("FILE", str(file), "a file in a folder that is there")
    with opening(context).workspace() as workspace:
        found = workspace.records.list_erasures()
    file.write_text(erasures_to_json(found), encoding="utf-8")
    say(f"Wrote {count(len(found), 'erasure')} to {file}.")


@app.command("erase-again")
def erase_again(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="What `catalynx profile erased` wrote after the backup was made.")] = None,
) -> None:
    """Delete again what a restored backup has brought back: profiles, with all that was made of them; before it is served.

    Example: catalynx profile erase-again erasures.json
    """
    from catalynx.cli.noting import ORIGIN, local_user
    from catalynx.purging import replay_purges
    from catalynx.records.erasure import erasures_from_json

    known = [] if file is None else erasures_from_json(_there(file).read_bytes())
    with opening(context).workspace() as workspace:
        removed = replay_purges(workspace, known, by=local_user(), origin=ORIGIN)
    told = ", ".join((count(removed.reports, "report"), count(removed.exports, "export"), count(removed.jobs, "job")))
    say(f"Deleted {count(removed.profiles, 'profile')} again, with {told}.")
