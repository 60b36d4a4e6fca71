"""``catalynx scenario …`` and ``catalynx portfolio``: what if, kept under a name, and what to work on then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.showing import Heading, clean, count, plain, print_json, print_list, print_table, records, say, warn
from catalynx.cli.wishing import ScenarioOption, SetOption, find_scenario, tried, wished

if TYPE_CHECKING:
    from catalynx.records.scenarios import Scenario
    from catalynx.what_if import WhatIf

AS_IT_IS = "as it is"
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What if: scenarios, kept, changed and compared.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of the scenario.")]
SecondsOption = Annotated[float, typer.Option("--seconds", min=0.1, max=600, help="How long the best plan is looked for.")]


def add_to(to: typer.Typer) -> None:
    """Add these commands to the application."""
    to.add_typer(app, name="scenario")
    to.command()(portfolio)


@app.command()
def create(context: typer.Context, name: NameArgument, profile: ProfileOption, said: SetOption = None) -> None:
    """Keep what is otherwise than usual under a name.

    Example: catalynx scenario create "No writer" --profile shelburne --set "leaves.grant writer=2027-03-01,40"
    """
    from catalynx.decision.wishes import Wish
    from catalynx.what_if import usual_staff
    from catalynx.workflows import rules_for

    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        wish = wished(said or [], Wish(), usual_staff(rules_for(workspace, who)))
        _say_kept(workspace.records.create_scenario(who.profile_id, name, wish.plain()))


@app.command("list")
def list_(context: typer.Context, profile: ProfileOption, as_json: JsonOption = False) -> None:
    """List the scenarios of a profile.

    Example: catalynx scenario list --profile shelburne
    """
    from catalynx.figures import wording

    with opening(context).workspace() as workspace:
        found = workspace.records.list_scenarios(find_profile(workspace, profile).profile_id)
    if as_json:
        print_json({"scenarios": [_told(one) for one in found]})
        return
    rows = [
        (one.name, str(one.version), wording.day(one.changed_at), one.changed_by, "the team" if one.shared else "its author",
         _in_words(one))
        for one in found
    ]  # fmt: skip
    headings = [Heading("name", words=True), Heading("version", right=True), Heading("changed"), Heading("by"),
                Heading("seen by"),
                Heading("otherwise than usual", words=True)]  # fmt: skip
    print_table(count(len(found), "scenario"), headings, rows)


@app.command()
def show(context: typer.Context, name: NameArgument, profile: ProfileOption, as_json: JsonOption = False) -> None:
    """Show what a scenario says, and every version of it.

    Example: catalynx scenario show "No writer" --profile shelburne --json
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        history = workspace.records.scenario_history(one.scenario_id)
    if as_json:
        print_json({**_told(one), "history": [_told(each) for each in history]})
        return
    say(f"{one.name}: {_in_words(one)}")
    print_list([(f"version {each.version}", f"{each.changed_at:%Y-%m-%d %H:%M}", each.changed_by, _in_words(each))
                for each in history])  # fmt: skip


@app.command()
def change(context: typer.Context, name: NameArgument, profile: ProfileOption, said: SetOption = None) -> None:
    """Let a scenario say something else, on top of what it says; what it said before stays in its history.

    Example: catalynx scenario change "No writer" --profile shelburne --set weight.mission=2
    """
    from catalynx.decision.wish_reading import wish_of
    from catalynx.what_if import usual_staff
    from catalynx.workflows import rules_for

    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        one = find_scenario(workspace, who, name)
        wish = wished(said or [], wish_of(one.wish), usual_staff(rules_for(workspace, who)))
        _say_kept(workspace.records.change_scenario(one.scenario_id, wish.plain(), expected_version=one.version))


@app.command()
def clone(
    context: typer.Context, name: NameArgument, new_name: Annotated[str, typer.Argument(metavar="NEW")], profile: ProfileOption
) -> None:
    """Keep what a scenario says under another name too.

    Example: catalynx scenario clone "No writer" "No writer, more hours" --profile shelburne
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        _say_kept(workspace.records.clone_scenario(one.scenario_id, new_name))


@app.command()
def rename(
    context: typer.Context, name: NameArgument, new_name: Annotated[str, typer.Argument(metavar="NEW")], profile: ProfileOption
) -> None:
    """Give a scenario another name.

    Example: catalynx scenario rename "No writer" "From March without a writer" --profile shelburne
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        _say_kept(workspace.records.rename_scenario(one.scenario_id, new_name))


@app.command()
def undo(context: typer.Context, name: NameArgument, profile: ProfileOption) -> None:
    """Take the last change of a scenario back; done again, the one before.

    Example: catalynx scenario undo "No writer" --profile shelburne
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        _say_kept(workspace.records.undo_scenario(one.scenario_id, expected_version=one.version))


@app.command()
def share(
    context: typer.Context,
    name: NameArgument,
    profile: ProfileOption,
    shared: Annotated[bool, typer.Option("--team/--author-alone", help="Who sees it.")] = True,
) -> None:
    """Show a scenario to the team, or to its author alone.

    Example: catalynx scenario share "No writer" --profile shelburne
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        _say_kept(workspace.records.share_scenario(one.scenario_id, shared))


@app.command()
def delete(context: typer.Context, name: NameArgument, profile: ProfileOption) -> None:
    """Delete a scenario with its history; what was signed on it keeps what it needs.

    Example: catalynx scenario delete "No writer" --profile shelburne
    """
    with opening(context).workspace() as workspace:
        one = find_scenario(workspace, find_profile(workspace, profile), name)
        workspace.records.delete_scenario(one.scenario_id)
    say(f"Deleted: {one.name}. It said: {_in_words(one)}")


@app.command()
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="FIRST", help=f"A scenario, or '{AS_IT_IS}'.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Another.")],
    profile: ProfileOption,
    as_of: AsOfOption = None,
    seconds: SecondsOption = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Compare the plans of two scenarios: what enters, what leaves, value, hours and risk.

    Example: catalynx scenario compare "as it is" "No writer" --profile shelburne
    """
    from catalynx.what_if import compare as compare_both

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        names = [None if name == AS_IT_IS else name for name in (first, second)]
        both = [tried(workspace, who, [], name, day, seconds) for name in names]
    found = compare_both(*both)
    if as_json:
        print_json(plain({"sentence": found.sentence, "enters": list(found.enters), "leaves": list(found.leaves),
                          "value": list(found.value), "hours": list(found.hours),
                          "worst_years_usd": list(found.worst_years_usd), "applications": records(found.rows)}))  # fmt: skip
        return
    cells = [
        (row["name"], *("—" if row[name] is None else f"{row[name]:,.0f}" for name in ("first_hours", "second_hours")))
        for row in records(found.rows)
    ]
    headings = [Heading("application", words=True), Heading(first, right=True), Heading(second, right=True)]
    print_table("Hours of each application", headings, cells)
    say(f"\n{found.sentence}")


def portfolio(
    context: typer.Context,
    profile: ProfileOption,
    said: SetOption = None,
    scenario: ScenarioOption = None,
    as_of: AsOfOption = None,
    seconds: SecondsOption = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Plan which applications to work on, when and by whom: the most worth within the hours, deadlines and limits.

    Example: catalynx portfolio --profile shelburne --set "staff.grant writer=60" --set "leaves.grant writer=2027-03-01"
    """
    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        found = tried(workspace, find_profile(workspace, profile), said or [], scenario, day, seconds)
    for candidate_id in found.forgotten:
        warn(f"{candidate_id} is named, but not among the candidates (any more)")
    if as_json:
        print_json(_plan_told(found))
        return
    _print_plan(found)


def _print_plan(found: WhatIf) -> None:
    from catalynx.figures import wording

    planned, plan = found.planned, found.planned.plan
    say(planned.sentence, style="bold")
    rows = [
        (clean(one["name"]), f"{one['hours']:,.0f}", wording.day(one["start"]), wording.day(one["finish"]),
         wording.day(one["deadline"]))
        for one in planned.applications.to_dict("records")
    ]  # fmt: skip
    headings = [Heading("application", words=True), Heading("hours", right=True), Heading("from"), Heading("until"),
                Heading("deadline")]  # fmt: skip
    if rows:
        print_table(f"\nAs of {wording.day(found.decided.rules.as_of)}", headings, rows)
    say(plan.told())
    unit = "points" if plan.aim == "points" else "dollars"
    for role, worth in plan.worth_of_one_more_hour.items():
        say(f"One more hour of {role} when it is scarcest would add {worth:,.2f} {unit}.")
    for one in plan.binding[:5]:
        say(f"Used up: {one.limit} ({one.used:,.0f} of {one.available:,.0f}).")
    for swap in plan.swaps[:3]:
        names = [", ".join(planned.names.get(each, each) for each in side) or "nothing" for side in (swap.leaves, swap.enters)]
        say(f"Next best: {names[1]} for {names[0]}, {swap.value_change:+,.1f} {unit}, {swap.hours_change:+,.0f} hours.")
    if plan.left_out:
        say(f"{count(len(plan.left_out), 'candidate')} could not be planned, such as "
            f"{'; '.join(f'{planned.names.get(key, key)}: {why}' for key, why in list(plan.left_out.items())[:2])}.")  # fmt: skip


def _plan_told(found: WhatIf) -> dict[str, Any]:
    from dataclasses import asdict

    plan = found.planned.plan
    told: dict[str, Any] = plain({
        **found.results(), "bound": plan.bound, "gap": plan.gap, "proven": plan.proven, "told": plan.told(),
        "hours_available": dict(plan.hours_available), "expected_usd": plan.expected_usd,
        "worst_years_usd": plan.worst_years_usd, "binding": [asdict(one) for one in plan.binding],
        "worth_of_one_more_hour": dict(plan.worth_of_one_more_hour), "swaps": [asdict(one) for one in plan.swaps],
        "left_out": dict(plan.left_out), "unknown_worth": list(plan.unknown_worth),
        "conflict": list(plan.conflict.limits) if plan.conflict else [], "wish": found.wish.plain(),
        "forgotten": list(found.forgotten),
    })  # fmt: skip
    return {**told, "schedule": records(plan.schedule)}


def _say_kept(one: Scenario) -> None:
    say(f"{one.name}, version {one.version}: {_in_words(one)}")


def _in_words(one: Scenario) -> str:
    import json

    told = "; ".join(f"{name}: {json.dumps(value) if not isinstance(value, str) else value}" for name, value in one.wish.items())
    return clean(told) or "nothing, all is as usual"


def _told(one: Scenario) -> dict[str, Any]:
    from dataclasses import asdict

    told: dict[str, Any] = plain(asdict(one))
    return told
