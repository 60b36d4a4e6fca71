"""``catalynx decision …``: signing what was decided, reckoning it again, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.scenarios import SecondsOption
from catalynx.cli.showing import Heading, clean, count, err, plain, print_json, print_list, print_table, say
from catalynx.cli.wishing import ScenarioOption, SetOption, tried

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalynx.replaying import Difference

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Sign decisions, reckon them again, say what became of them.")
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the decision, as `catalynx decision list` shows it.")]
REPLAY_DIFFERS = 1


@app.command()
def sign(
    context: typer.Context,
    profile: ProfileOption,
    title: Annotated[str, typer.Option("--title", help="What it is about.")],
    why: Annotated[str, typer.Option("--why", help="Why so.")],
    by: Annotated[str, typer.Option("--by", help="Who signs.")] = "local",
    dissent: Annotated[str, typer.Option("--dissent", help="What was said against it, and by whom.")] = "",
    replaces: Annotated[str | None, typer.Option("--replaces", help="Id of the decision that it takes the place of.")] = None,
    said: SetOption = None,
    scenario: ScenarioOption = None,
    as_of: AsOfOption = None,
    seconds: SecondsOption = 10.0,
) -> None:
    """Sign the plan of a scenario, with everything that is needed to reckon it again. It is never changed, only replaced.

    Example: catalynx decision sign --profile shelburne --scenario "No writer" --title Spring --why "Two deadlines" --by Ada
    """
    from catalynx.what_if import sign as sign_plan

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        found = tried(workspace, find_profile(workspace, profile), said or [], scenario, day, seconds)
        kept = sign_plan(workspace.records, found, title=title, why=why, by=by, dissent=dissent, replaces=replaces)
    say(f"Signed by {kept.signed_by}: {kept.holds}")
    say(f"Reckon it again with: catalynx decision replay {kept.signed_id}")


@app.command("list")
def list_(context: typer.Context, profile: ProfileOption, as_json: JsonOption = False) -> None:
    """List the signed decisions of a profile, newest first.

    Example: catalynx decision list --profile shelburne
    """
    from catalynx.figures import wording

    with opening(context).workspace() as workspace:
        found = workspace.records.list_signed(find_profile(workspace, profile).profile_id)
    if as_json:
        print_json({"decisions": [_told(one) for one in found]})
        return
    rows = [(one.signed_id, wording.day(one.signed_at), one.signed_by, one.title, one.holds) for one in found]
    headings = [Heading("id"), Heading("signed"), Heading("by"), Heading("title", words=True), Heading("holds", words=True)]
    print_table(count(len(found), "signed decision"), headings, rows)


@app.command()
def show(context: typer.Context, signed_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show a signed decision: what, who, why, what was said against it, and what became of it.

    Example: catalynx decision show 4f1c…
    """
    with opening(context).workspace() as workspace:
        one = workspace.records.get_signed(signed_id)
        outcomes = workspace.records.list_outcomes(one.profile_id, signed_id=signed_id)
    if as_json:
        print_json({**_told(one), "outcomes": [_told(each) for each in outcomes]})
        return
    print_list([
        ("title", one.title), ("holds", one.holds), ("why", one.why), ("dissent", one.dissent or "none"),
        ("signed", f"{one.signed_at:%Y-%m-%d %H:%M} by {one.signed_by}, version {one.version}"),
        ("lake version", one.lake_version), ("Catalynx", one.package_version),
        *((each.candidate_id, f"{each.turned_out}, written down by {each.recorded_by}") for each in outcomes),
    ])  # fmt: skip


@app.command()
def replay(
    context: typer.Context,
    signed_id: IdArgument,
    today: Annotated[bool, typer.Option("--today", help="With the profile and the data as they are now.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Reckon a signed decision again: the same numbers, or exactly which input and which number is another (exit code 1).

    A plan whose search was ended by time may be another in another run; what differs of it is told apart.

    Example: catalynx decision replay 4f1c…
    """
    from catalynx.replaying import replay as again

    with opening(context).workspace() as workspace, err.status("reckoning again"):
        found = again(workspace, signed_id, today=today)
    if as_json:
        print_json(plain({
            "same": found.same, "verdict": found.verdict, "sentence": found.sentence, "changed": list(found.changed),
            "count": found.count, "differences": [_told(one) for one in found.differences], "ended": found.ended or None,
            "plan_count": found.plan_count, "plan_differences": [_told(one) for one in found.plan_differences],
        }))  # fmt: skip
    else:
        say(found.sentence)
        _print_differences(count(found.count, "difference"), found.differences)
        _print_differences(
            f"{count(found.plan_count, 'difference')} that another search may find otherwise", found.plan_differences
        )
    if not found.same:
        raise typer.Exit(REPLAY_DIFFERS)


@app.command()
def outcome(
    context: typer.Context,
    signed_id: IdArgument,
    candidate_id: Annotated[str, typer.Argument(metavar="CANDIDATE", help="One that the decision holds.")],
    turned_out: Annotated[str, typer.Argument(metavar="OUTCOME", help="submitted, won, declined or withdrawn.")],
    on: Annotated[str | None, typer.Option("--on", help="The day.")] = None,
    amount: Annotated[float | None, typer.Option("--amount", help="USD that the funder gave.")] = None,
    hours: Annotated[float | None, typer.Option("--hours", help="Hours that it really took.")] = None,
    note: Annotated[str, typer.Option("--note", help="What else is to be said.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who writes it down.")] = "local",
) -> None:
    """Write down what became of an application; what was written before stays, the newest counts.

    Example: catalynx decision outcome 4f1c… foundation:030179423 won --amount 5000 --hours 46
    """
    with opening(context).workspace() as workspace:
        kept = workspace.records.record_outcome(
            signed_id, candidate_id, turned_out, on_day=on, amount_usd=amount, hours_spent=hours, note=note, by=by
        )
    say(f"{kept.candidate_id}: {kept.turned_out}.")


@app.command()
def calibration(context: typer.Context, profile: ProfileOption, as_json: JsonOption = False) -> None:
    """Show how far hours, chances and amounts were right, as far as outcomes are written down.

    Example: catalynx decision calibration --profile shelburne
    """
    from catalynx.lookups.calibration import calibration_in_words, calibration_of

    with opening(context).workspace() as workspace:
        found = calibration_of(workspace, find_profile(workspace, profile))
    if as_json:
        print_json(_told(found))
        return
    for sentence in calibration_in_words(found):
        say(sentence)


def _print_differences(title: str, found: Sequence[Difference]) -> None:
    rows = [(one.where, _short(one.signed), _short(one.now)) for one in found]
    if rows:
        print_table(title, [Heading("where"), Heading("signed"), Heading("now")], rows)


def _told(one: Any) -> dict[str, Any]:
    from dataclasses import asdict

    told: dict[str, Any] = plain(asdict(one))
    return told


def _short(value: object) -> str:
    return "nothing" if value is None else clean(f"{value:.6g}" if isinstance(value, float) else str(value)[:80])
