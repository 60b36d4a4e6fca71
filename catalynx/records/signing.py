"""Signed decisions, written once, with all that is needed to reckon them again; and how their applications turned out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalynx import __version__
from catalynx.errors import BadParameter, Conflict, NotFound
from catalynx.records.database import Database
from catalynx.records.desk_tables import TURNED_OUT, OutcomeRow, SignedDecisionRow
from catalynx.records.entries import entry
from catalynx.records.profiles import require_profile
from catalynx.records.storable import choice, day, number, plain, text

_WORDS_LENGTH = 20_000
_MOST_HOURS = 100_000.0


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """What was decided, and what it rests on.

    Attributes
    ----------
    title, why, dissent : what it is about, why, and what was said against it (empty when nothing was)
    holds : what it says, in words
    version : 1, or one more than the decision that it `replaces`
    inputs : ``profile`` (its fields and version as they were), ``rules`` and ``wish``
    results : the numbers that came of them
    """

    signed_id: str
    profile_id: str
    title: str
    why: str
    dissent: str
    holds: str
    signed_by: str
    signed_at: datetime
    version: int
    replaces: str | None
    lake_version: str
    package_version: str
    inputs: Mapping[str, Any]
    results: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one application; ``amount_usd`` is what was given, ``hours_spent`` what it really took. None is unknown."""

    signed_id: str
    candidate_id: str
    position: int
    turned_out: str
    on_day: date | None
    amount_usd: float | None
    hours_spent: float | None
    note: str
    recorded_at: datetime
    recorded_by: str


class Signing(Database):
    """The signed decisions' part of the records."""

    def sign_decision(
        self,
        profile_id: str,
        *,
        title: str,
        why: str,
        holds: str,
        inputs: Mapping[str, object],
        results: Mapping[str, object],
        lake_version: str,
        by: str,
        dissent: str = "",
        replaces: str | None = None,
        package_version: str = __version__,
    ) -> SignedDecision:
        """Sign a decision; it is never changed after that, only replaced by another.

        Raises
        ------
        NotFound
            There is no such profile, or it has no such decision to replace.
        Conflict
            The decision to replace was replaced already.
        BadParameter
        """
        row = SignedDecisionRow(
            signed_id=uuid4().hex,
            profile_id=profile_id,
            title=text("title", title, 200),
            why=text("why", why, _WORDS_LENGTH),
            dissent=text("dissent", dissent, _WORDS_LENGTH, empty=True),
            holds=text("holds", holds, _WORDS_LENGTH),
            signed_by=text("by", by, 200),
            signed_at=datetime.now(UTC),
            version=1,
            replaces=replaces,
            lake_version=text("lake_version", lake_version, 100),
            package_version=text("package_version", package_version, 50),
            inputs=plain("inputs", dict(inputs)),
            results=plain("results", dict(results)),
        )
        try:
            with self.writing() as session:
                require_profile(session, profile_id, hold=True)
                if replaces is not None:
                    row.version = _replaced(session, replaces, profile_id).version + 1
                session.add(row)
                session.flush()
                return entry(SignedDecision, row)
        except IntegrityError as error:
            raise Conflict(f"The decision {replaces!r} was replaced already. Replace the newer one.") from error

    def get_signed(self, signed_id: str) -> SignedDecision:
        """Return a signed decision, else raise `NotFound`."""
        with self.reading() as session:
            return entry(SignedDecision, _signed_row(session, signed_id))

    def list_signed(self, profile_id: str) -> list[SignedDecision]:
        """Return what was signed for a profile, newest first, what was replaced too."""
        query = select(SignedDecisionRow).where(SignedDecisionRow.profile_id == profile_id)
        order = (SignedDecisionRow.signed_at.desc(), SignedDecisionRow.signed_id)
        with self.reading() as session:
            require_profile(session, profile_id)
            return [entry(SignedDecision, row) for row in session.scalars(query.order_by(*order))]

    def record_outcome(
        self,
        signed_id: str,
        candidate_id: str,
        turned_out: str,
        *,
        on_day: date | str | None = None,
        amount_usd: float | None = None,
        hours_spent: float | None = None,
        note: str = "",
        by: str = "local",
    ) -> Outcome:
        """Write down what became of an application of a signed decision; what was written before stays, the newest counts.

        Raises
        ------
        NotFound
            There is no such decision.
        BadParameter
            The decision does not hold that candidate, an amount without ``won``, or a value that cannot be.
        """
        turned_out = choice("turned_out", turned_out, TURNED_OUT)
        amount = number("amount_usd", amount_usd)
        if amount is not None and turned_out != "won":
            raise BadParameter("amount_usd", amount_usd, "left out unless it was won: it is what the funder gave")
        with self.writing() as session:
            signed = _signed_row(session, signed_id, hold=True)
            held = {str(one["candidate_id"]) for one in signed.results.get("chosen", [])}
            if candidate_id not in held:
                raise BadParameter(
                    "candidate_id", candidate_id, f"one that the decision holds: {', '.join(sorted(held)) or 'none'}"
                )
            key = (OutcomeRow.signed_id == signed_id, OutcomeRow.candidate_id == candidate_id)
            last = session.scalar(select(func.max(OutcomeRow.position)).where(*key))
            row = OutcomeRow(
                signed_id=signed_id, candidate_id=candidate_id, position=(last or 0) + 1, turned_out=turned_out,
                on_day=day("on_day", on_day), amount_usd=amount, hours_spent=number("hours_spent", hours_spent, _MOST_HOURS),
                note=text("note", note, _WORDS_LENGTH, empty=True), recorded_at=datetime.now(UTC),
                recorded_by=text("by", by, 200),
            )  # fmt: skip
            session.add(row)
            session.flush()
            return entry(Outcome, row)

    def list_outcomes(self, profile_id: str, *, signed_id: str | None = None, newest: bool = False) -> list[Outcome]:
        """Return what became of a profile's applications, oldest first; with `newest` only what counts of each."""
        query = select(OutcomeRow).join(SignedDecisionRow, SignedDecisionRow.signed_id == OutcomeRow.signed_id)
        query = query.where(SignedDecisionRow.profile_id == profile_id)
        if signed_id is not None:
            query = query.where(OutcomeRow.signed_id == text("signed_id", signed_id, 32))
        order = (OutcomeRow.recorded_at, OutcomeRow.candidate_id, OutcomeRow.position)
        with self.reading() as session:
            require_profile(session, profile_id)
            found = [entry(Outcome, row) for row in session.scalars(query.order_by(*order))]
        return list({(one.signed_id, one.candidate_id): one for one in found}.values()) if newest else found


def _signed_row(session: Session, signed_id: str, *, hold: bool = False) -> SignedDecisionRow:
    known = isinstance(signed_id, str) and len(signed_id) == 32 and signed_id.isalnum() and signed_id.isascii()
    row = session.get(SignedDecisionRow, signed_id, with_for_update=hold) if known else None
    if row is None:
        raise NotFound("signed decision", signed_id, "List those of the profile to see their ids.")
    return row


def _replaced(session: Session, signed_id: str, profile_id: str) -> SignedDecisionRow:
    row = _signed_row(session, signed_id)
    if row.profile_id != profile_id:
        raise NotFound("signed decision", signed_id, "List those of the profile to see their ids.")
    return row
