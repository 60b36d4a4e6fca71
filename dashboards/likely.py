"""How likely money from a candidate is, in words; and where no model was trained, the way to one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import CatalynxError
from catalynx.hub import Permission
from dashboards.fragments import fragment, pane, show
from dashboards.shell import error_state
from dashboards.widgets import button

if TYPE_CHECKING:
    from catalynx.lookups.likelihood import HowLikely
    from catalynx.records.entries import Job
    from dashboards.pages import Visit

QUESTION: Final = "How likely is it?"
NAME: Final = "The model of chances"
LOOK_AGAIN_MS: Final = 1_000


class Likely:
    """What is known of one candidate at a time. Who may run jobs can have a model trained, and sees how far that is."""

    def __init__(self, visit: Visit) -> None:
        import panel as pn

        self._visit = visit
        self._says, self._job = pane(fragment("empty.html")), pane(fragment("empty.html"))
        self._train = button("Train the model")
        self._train.param.update(width=160, visible=False)
        self._train.on_click(self._ask)
        self.body = pn.Column(self._says, self._train, self._job, sizing_mode="stretch_width", margin=0)
        self._shown: tuple[str, str] | None = None
        self._timer: Any = None

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self._train.visible = False
        for target in (self._says, self._job):
            show(target, fragment("empty.html"))

    async def open(self, candidate_id: str, link: str) -> None:
        """Show how likely money from a candidate is; `link` leads to the rows behind its base rate."""
        self._shown = (candidate_id, link)
        self._train.visible = False
        show(self._job, fragment("empty.html"))
        show(self._says, fragment("skeleton.html", words="Reckoning how likely it is: the first time takes a few seconds…"))
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        try:
            found = await asyncio.to_thread(workbench.likelihood, profile_id, candidate_id)
        except CatalynxError as error:
            if self._shown == (candidate_id, link):
                show(self._says, error_state(error))
            return
        if self._shown == (candidate_id, link):
            await self._show(found, link)

    async def _show(self, found: HowLikely, link: str) -> None:
        may_train = found.way_out is not None and self._visit.person.may(Permission.RUN)
        show(self._says, fragment("likely.html", found=found, link=link, question=QUESTION, may_train=may_train))
        if may_train:
            self._train.visible = True
            await self._look()

    async def _ask(self, event: Any) -> None:
        self._train.disabled = True
        try:
            await asyncio.to_thread(self._visit.workbench.train_likelihood, self._visit.person.name, origin=self._visit.origin)
        except CatalynxError as error:
            self._train.disabled = False
            show(self._job, error_state(error))
            return
        await self._look()

    async def _look(self) -> None:
        """Show how far the newest job is, and look again while it runs; what it made is shown at once."""
        import panel as pn

        timer = self._timer
        try:
            job = await asyncio.to_thread(self._visit.workbench.training, self._visit.person.name)
        except CatalynxError as error:
            show(self._job, error_state(error))
            job = None
        running = job is not None and not job.ended
        self._train.disabled = running
        if job is not None and (running or timer is not None):
            show(self._job, _job_says(job))
        if running and timer is None:
            self._timer = pn.state.add_periodic_callback(self._look, LOOK_AGAIN_MS)  # type: ignore[arg-type]
        elif not running and timer is not None and timer is self._timer:
            self._timer = None
            if job is not None and job.state == "done" and self._shown is not None:
                await self.open(*self._shown)
            timer.stop()  # last: it ends the very task that runs this


def _job_says(job: Job) -> Any:
    return fragment("job.html", job=job, name=NAME) if not job.ended or job.state == "failed" else fragment("empty.html")
