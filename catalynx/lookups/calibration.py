"""How far what was foretold in a profile's signed decisions was right, as far as outcomes are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalynx.decision.calibration import Calibration, Ratio
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace


def calibration_of(workspace: Workspace, profile: Profile) -> Calibration:
    """Compare a profile's outcomes with what its signed decisions foretold.

    An application that several decisions hold counts once, with the decision that its newest outcome was written down for.
    """
    from catalynx.decision.calibration import Foretold, calibrate

    records = workspace.records
    newest = {one.candidate_id: one for one in records.list_outcomes(profile.profile_id)}
    signed = {one.signed_id: one for one in records.list_signed(profile.profile_id)}
    found = []
    for outcome in newest.values():
        said = next(one for one in signed[outcome.signed_id].results["chosen"] if one["candidate_id"] == outcome.candidate_id)
        won = {"won": True, "declined": False}.get(outcome.turned_out)
        found.append(
            Foretold(
                said.get("effort_hours"), outcome.hours_spent, said.get("chance"), won, said.get("ask_usd"), outcome.amount_usd
            )
        )
    return calibrate(found)


def calibration_in_words(found: Calibration) -> list[str]:
    """Say what the calibration says, a sentence each for hours, wins and amounts."""
    wins = "No application has ended yet."
    if found.decided and found.won_low is not None and found.won_high is not None:
        wins = (
            f"{found.won} of {found.decided} applications that ended were won; in the long run that is a share of "
            f"{found.won_low:.0%} to {found.won_high:.0%}."
        )
    return [
        _said("Applications took", found.hours, "the hours that were foretold"), wins,
        _said("There were", found.wins, "the wins that chances, published or assumed, let expect"),
        _said("Grants were", found.amounts, "what was asked for"),
    ]  # fmt: skip


def _said(begin: str, ratio: Ratio, what: str) -> str:
    from catalynx.decision.calibration import LEAST

    if ratio.ratio is None or ratio.low is None or ratio.high is None:
        return f"{begin} unknown times {what}: {ratio.count} of at least {LEAST} applications tell both."
    return f"{begin} {ratio.ratio:.2f} times {what} ({ratio.low:.2f} to {ratio.high:.2f}, {ratio.count} applications)."
