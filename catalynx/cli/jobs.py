"""``catalynx jobs …``: work in the background: what waits, how far it is, stop it; and the worker that does it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import Heading, count, print_json, print_list, print_table, say

if TYPE_CHECKING:
    from catalynx.records.entries import Job

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Background jobs: list, show, cancel, and work on them.")

JobId = Annotated[str, typer.Argument(metavar="JOB", help="Id, as `catalynx jobs list` prints it.")]


@app.command("list")
def list_jobs(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed or cancelled.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List jobs, newest first.

    Example: catalynx jobs list --state running
    """
    from catalynx.jobs import Jobs

    with Jobs(opening(context).settings()) as jobs:
        found = jobs.list(state=state, limit=limit)
    if as_json:
        print_json([_plain(job) for job in found])
        return
    rows = [
        (job.job_id, job.kind, job.state, _progress(job), f"{job.asked_at:%Y-%m-%d %H:%M}", job.asked_by, job.profile_id or "")
        for job in found
    ]
    headings = [
        Heading("id"), Heading("kind"), Heading("state"), Heading("progress", words=True), Heading("asked (UTC)", spare=1),
        Heading("by", spare=2), Heading("profile", spare=3),
    ]  # fmt: skip
    print_table(count(len(found), "job"), headings, rows)


@app.command()
def show(context: typer.Context, job: JobId, as_json: JsonOption = False) -> None:
    """Show a job: what was asked, how far it is, and what it left.

    Example: catalynx jobs show 0123456789abcdef0123456789abcdef
    """
    from catalynx.jobs import Jobs

    settings = opening(context).settings()
    with Jobs(settings) as jobs:
        found = jobs.get(job)
    if as_json:
        print_json(_plain(found))
        return
    asked = ", ".join(f"{name} {value}" for name, value in found.parameters.items())
    lines = [("job", f"{found.kind}: {asked}"), ("state", f"{found.state}; {_progress(found)}"), ("asked by", found.asked_by)]
    if found.error:
        lines.append(("error", found.error))
    print_list([*lines, *(("left", str(settings.home / output)) for output in found.outputs)])


@app.command()
def cancel(context: typer.Context, job: JobId) -> None:
    """Stop a job, and remove what it has left so far.

    Example: catalynx jobs cancel 0123456789abcdef0123456789abcdef
    """
    from catalynx.jobs import Jobs

    with opening(context).workspace() as workspace, Jobs(workspace.settings, workspace.records) as jobs:
        found = jobs.cancel(job)
    if found.state == "running":
        say(f"The job {found.job_id} is being stopped.")
    elif found.state == "cancelled":
        say(f"The job {found.job_id} is cancelled.")
    else:
        say(f"The job {found.job_id} had ended before ({found.state}).")


@app.command()
def work(
    context: typer.Context,
    at_once: Annotated[
        int | None, typer.Option(min=1, max=64, help="Jobs side by side; else CATALYNX_JOBS_AT_ONCE, else 1.")
    ] = None,
) -> None:
    """Work on jobs until Ctrl-C. `catalynx serve` does so itself; run this beside a service, on as many machines as needed.

    Example: catalynx jobs work --at-once 2
    """
    from catalynx.jobs import Worker
    from catalynx.purging import finish_purges

    entrance = opening(context)
    with entrance.workspace() as workspace:
        finish_purges(workspace)
    worker = Worker(entrance.settings(), at_once=at_once)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ask_to_stop())
    say("Working on jobs. Ctrl-C ends it; a job that runs then is begun anew by the next worker.")
    worker.run()
    say("Ended.")


def _progress(job: Job) -> str:
    if job.ended or job.state == "queued":
        return job.what
    return f"{job.what} ({job.done} of {job.total})" if job.total else job.what


def _plain(job: Job) -> dict[str, object]:
    from dataclasses import asdict

    hidden = {"worker", "alive_at", "idempotency_key"}
    return {name: value for name, value in asdict(job).items() if name not in hidden}
