"""Sessions and their tokens: issued, refreshed, revoked at once, and never used twice."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from catalynx.errors import BadParameter, Conflict, NotAllowed, NotAuthenticated, NotFound, SettingsError
from catalynx.hub import Keys, Permission, Person, Tokens
from catalynx.hub.keys import FILE, LIFE_AFTER_SECONDS
from catalynx.records.models import Base
from catalynx.records.store import Records, open_records

DAY = 86_400.0


def test_a_token_says_who_it_is_and_what_they_may(tokens: Tokens, ada: Person) -> None:
    pair = tokens.issue(ada, client="Firefox")
    person = tokens.verify(pair.access_token)
    assert (person.name, person.permissions, person.teams, person.via) == ("ada", ada.permissions, ada.teams, "token")
    assert person.session == pair.session
    assert (pair.expires_in, pair.refresh_expires_in) == (600, 12 * 3_600)
    (listed,) = tokens.sessions("ada")
    assert (listed.session_id, listed.client) == (pair.session, "Firefox")
    assert tokens.sessions("grace") == []


def test_every_team_stays_every_team(tokens: Tokens) -> None:
    local = Person("local", frozenset(Permission), None, "s", "local")
    assert tokens.verify(tokens.issue(local).access_token).teams is None


def test_nobody_without_a_permission_gets_one(tokens: Tokens) -> None:
    person = tokens.verify(tokens.issue(Person("eve", frozenset(), frozenset(), "s", "hub")).access_token)
    assert (person.permissions, person.teams) == (frozenset(), frozenset())


def test_access_ends_after_ten_minutes(tokens: Tokens, ada: Person, clock: Any) -> None:
    pair = tokens.issue(ada)
    clock.now += 599
    assert tokens.verify(pair.access_token).name == "ada"
    clock.now += 1
    with pytest.raises(NotAuthenticated, match="expired"):
        tokens.verify(pair.access_token)
    assert tokens.verify(tokens.refresh(pair.refresh_token).access_token).name == "ada"


def test_a_refresh_token_that_is_used_twice_ends_the_session(tokens: Tokens, ada: Person, records: Records) -> None:
    first = tokens.issue(ada)
    second = tokens.refresh(first.refresh_token)
    third = tokens.refresh(second.refresh_token)
    assert tokens.verify(third.access_token).name == "ada"
    other = tokens.issue(ada)
    with pytest.raises(NotAuthenticated):
        tokens.refresh(first.refresh_token)
    for pair in (first, second, third):
        with pytest.raises(NotAuthenticated):
            tokens.verify(pair.access_token)
        with pytest.raises(NotAuthenticated):
            tokens.refresh(pair.refresh_token)
    assert tokens.verify(other.access_token).name == "ada", "another session of the same person stays"
    (noted,) = [one for one in records.list_audit() if one.action == "refresh token replayed"]
    assert (noted.actor, noted.target, noted.allowed) == ("ada", first.session, False)


def test_of_two_that_refresh_at_once_one_wins_and_the_session_ends(tokens: Tokens, ada: Person) -> None:
    pair = tokens.issue(ada)
    together = threading.Barrier(4)

    def refresh(_: int) -> str | None:
        together.wait(10)
        try:
            return tokens.refresh(pair.refresh_token).access_token
        except NotAuthenticated:
            return None

    with ThreadPoolExecutor(4) as pool:
        won = [token for token in pool.map(refresh, range(4)) if token]
    assert len(won) == 1
    with pytest.raises(NotAuthenticated):
        tokens.verify(won[0])


def test_a_refresh_token_waits_twelve_hours_and_a_session_lasts_a_week(tokens: Tokens, ada: Person, clock: Any) -> None:
    pair = tokens.issue(ada)
    clock.now += 12 * 3_600
    with pytest.raises(NotAuthenticated):
        tokens.refresh(pair.refresh_token)
    pair = tokens.issue(ada)
    for _ in range(14):
        clock.now += DAY / 2 - 60
        pair = tokens.refresh(pair.refresh_token)
    assert pair.refresh_expires_in < 1_000
    clock.now += DAY / 2
    with pytest.raises(NotAuthenticated):
        tokens.refresh(pair.refresh_token)
    with pytest.raises(NotAuthenticated):
        tokens.verify(pair.access_token)


def test_ending_a_session_works_at_once_and_within_a_second_elsewhere(
    tokens: Tokens, records: Records, keys: Keys, clock: Any, ada: Person
) -> None:
    elsewhere = Tokens(records, keys, issuer="https://catalynx.example", audience="catalynx", clock=clock)
    pair, kept = tokens.issue(ada), tokens.issue(ada)
    assert elsewhere.verify(pair.access_token).name == "ada"
    assert tokens.end(pair.session, by="ada") is True
    with pytest.raises(NotAuthenticated, match="ended"):
        tokens.verify(pair.access_token)
    clock.now += 0.99
    with pytest.raises(NotAuthenticated, match="ended"):
        elsewhere.verify(pair.access_token)
    with pytest.raises(NotAuthenticated):
        elsewhere.refresh(pair.refresh_token)
    assert tokens.verify(kept.access_token).name == "ada"
    assert tokens.end(pair.session, by="ada") is False
    assert [one.session_id for one in tokens.sessions()] == [kept.session]
    assert tokens.end_all("ada", by="grace") == 1
    with pytest.raises(NotAuthenticated):
        tokens.verify(kept.access_token)
    assert [one.action for one in records.list_audit()] == ["begin session"] * 2 + ["end session", "end all sessions"]


@pytest.mark.parametrize("session", ["", "x" * 32, "' OR 1=1", "é" * 32, "0" * 31])
def test_ending_what_is_not_there_ends_nothing(tokens: Tokens, ada: Person, session: str) -> None:
    pair = tokens.issue(ada)
    assert tokens.end(session, by="ada") is False
    assert tokens.verify(pair.access_token).name == "ada"


def test_a_role_that_was_taken_away_is_gone_at_once(tokens: Tokens, ada: Person, records: Records) -> None:
    pair = tokens.issue(ada)
    assert tokens.narrow("ada", ada.permissions, ada.teams, by="hub") == 0
    assert tokens.narrow("ada", frozenset(Permission), None, by="hub") == 0
    assert tokens.verify(pair.access_token).permissions == ada.permissions, "nobody gets more by it"
    assert tokens.narrow("ada", {Permission.VIEW}, {"arts", "parks"}, by="hub") == 1
    with pytest.raises(NotAuthenticated, match="changed"):
        tokens.verify(pair.access_token)
    pair = tokens.refresh(pair.refresh_token)
    person = tokens.verify(pair.access_token)
    assert (person.permissions, person.teams) == (frozenset({Permission.VIEW}), frozenset({"arts"}))
    assert tokens.narrow("ada", {Permission.VIEW}, {"parks"}, by="hub") == 1
    assert tokens.verify(tokens.refresh(pair.refresh_token).access_token).teams == frozenset()
    assert [one.action for one in records.list_audit()] == ["begin session", "roles changed", "roles changed"]


def test_every_team_becomes_the_teams_that_are_left(tokens: Tokens) -> None:
    pair = tokens.issue(Person("ada", frozenset(Permission), None, "s", "hub"))
    assert tokens.narrow("ada", frozenset(Permission), {"arts"}, by="hub") == 1
    assert tokens.verify(tokens.refresh(pair.refresh_token).access_token).teams == frozenset({"arts"})


def test_roles_are_asked_again_where_they_are_given(records: Records, keys: Keys, clock: Any, ada: Person) -> None:
    known: dict[str, Person] = {"ada": ada}
    asked: list[str] = []

    def standing(name: str) -> Person | None:
        asked.append(name)
        return known.get(name)

    tokens = Tokens(records, keys, issuer="i", audience="a", clock=clock, standing=standing)
    pair = tokens.issue(ada)
    for _ in range(3):
        assert tokens.verify(pair.access_token).permissions == ada.permissions
    assert asked == ["ada"]
    assert tokens.is_known(pair.access_token)
    clock.now += 5
    assert not tokens.is_known(pair.access_token)
    known["ada"] = Person("ada", frozenset({Permission.VIEW}), frozenset({"arts", "parks"}), "s", "hub")
    with pytest.raises(NotAuthenticated, match="changed"):
        tokens.verify(pair.access_token)
    pair = tokens.refresh(pair.refresh_token)
    assert tokens.verify(pair.access_token).permissions == {Permission.VIEW}
    del known["ada"]
    clock.now += 5
    with pytest.raises(NotAuthenticated):
        tokens.verify(pair.access_token)
    with pytest.raises(NotAuthenticated):
        tokens.refresh(pair.refresh_token)
    assert tokens.sessions() == []


def test_who_is_gone_cannot_refresh(records: Records, keys: Keys, clock: Any, ada: Person) -> None:
    tokens = Tokens(records, keys, issuer="i", audience="a", clock=clock, standing=lambda name: None)
    pair = tokens.issue(ada)
    with pytest.raises(NotAuthenticated):
        tokens.refresh(pair.refresh_token)


def test_a_token_does_not_begin_another_session(tokens: Tokens, ada: Person, grace: Person) -> None:
    with pytest.raises(NotAllowed, match="another session"):
        tokens.issue(tokens.verify(tokens.issue(ada).access_token))
    made = tokens.make_service_account("nightly", {Permission.VIEW}, {"arts"}, life=timedelta(days=1), by=grace)
    with pytest.raises(NotAllowed):
        tokens.issue(tokens.verify(tokens.issue(tokens.verify_secret(made.secret)).access_token))


def test_a_service_account_comes_in_with_its_secret(tokens: Tokens, grace: Person, records: Records, clock: Any) -> None:
    made = tokens.make_service_account("nightly", {Permission.VIEW}, {"arts"}, life=timedelta(days=30), by=grace)
    person = tokens.verify_secret(made.secret)
    assert (person.name, person.permissions, person.teams) == (
        "service:nightly",
        frozenset({Permission.VIEW}),
        frozenset({"arts"}),
    )
    assert person.via == "service"
    token = tokens.issue(person).access_token
    assert tokens.verify(token).name == "service:nightly"
    assert [one.name for one in tokens.service_accounts()] == ["nightly"]
    with pytest.raises(Conflict, match="nightly"):
        tokens.make_service_account("nightly", {Permission.VIEW}, {"arts"}, life=timedelta(days=30), by=grace)
    tokens.revoke_service_account(made.account.account_id, by="grace")
    for ask, offered in ((tokens.verify_secret, made.secret), (tokens.verify, token)):
        with pytest.raises(NotAuthenticated):
            ask(offered)
    with pytest.raises(NotAuthenticated):
        tokens.issue(person)
    with pytest.raises(NotFound):
        tokens.revoke_service_account("nosuch", by="grace")
    assert [one.action for one in records.list_audit()] == [
        "make service account", "begin session", "revoke service account"
    ]  # fmt: skip


def test_a_service_account_expires_with_its_tokens(tokens: Tokens, grace: Person, clock: Any) -> None:
    made = tokens.make_service_account("short", {Permission.VIEW}, {"arts"}, life=timedelta(minutes=5), by=grace)
    pair = tokens.issue(tokens.verify_secret(made.secret))
    assert pair.expires_in == pair.refresh_expires_in == 300
    clock.now += 300
    for ask, offered in (
        (tokens.verify_secret, made.secret),
        (tokens.verify, pair.access_token),
        (tokens.refresh, pair.refresh_token),
    ):
        with pytest.raises(NotAuthenticated):
            ask(offered)


@pytest.mark.parametrize("name", ["", "-x", "a b", "é", "a" * 81, "a\n", "service:x", "<b>"])
def test_a_service_account_needs_a_plain_name(tokens: Tokens, grace: Person, name: str) -> None:
    with pytest.raises(BadParameter, match="name"):
        tokens.make_service_account(name, {Permission.VIEW}, {"arts"}, life=timedelta(days=1), by=grace)


def test_nobody_gives_away_more_than_they_have(tokens: Tokens, ada: Person, grace: Person) -> None:
    with pytest.raises(NotAllowed):
        tokens.make_service_account("x", {Permission.VIEW}, {"arts"}, life=timedelta(days=1), by=ada)
    with pytest.raises(NotAllowed, match="team"):
        tokens.make_service_account("x", {Permission.VIEW}, {"trees"}, life=timedelta(days=1), by=grace)
    narrow = Person("hedy", frozenset({Permission.ADMIN}), None, "s", "token")
    with pytest.raises(NotAllowed):
        tokens.make_service_account("x", {Permission.RUN}, {"arts"}, life=timedelta(days=1), by=narrow)
    for life in (timedelta(0), timedelta(days=-1), timedelta(days=367)):
        with pytest.raises(BadParameter, match="life"):
            tokens.make_service_account("x", {Permission.VIEW}, {"arts"}, life=life, by=grace)
    for scopes, teams in ((set(), {"arts"}), ({Permission.VIEW}, set())):
        with pytest.raises(BadParameter):
            tokens.make_service_account("x", scopes, teams, life=timedelta(days=1), by=grace)
    assert tokens.service_accounts() == []


def test_no_secret_is_in_the_database(tokens: Tokens, ada: Person, grace: Person, records: Records) -> None:
    pair = tokens.issue(ada)
    again = tokens.refresh(pair.refresh_token)
    made = tokens.make_service_account("nightly", {Permission.VIEW}, {"arts"}, life=timedelta(days=30), by=grace)
    with records.reading() as session:
        rows = "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select()))
    assert pair.session in rows
    for secret in (pair.access_token, pair.refresh_token, again.access_token, again.refresh_token, made.secret):
        assert secret not in rows
        assert secret[4:] not in rows


def test_old_sessions_are_swept_away(tokens: Tokens, ada: Person, records: Records, clock: Any) -> None:
    tokens.issue(ada)
    clock.now += 38 * DAY
    tokens.issue(ada)
    with records.reading() as session:
        for table in ("sessions", "refresh_tokens"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1


def test_keys_are_for_their_owner_alone(keys: Keys, tmp_path: Path) -> None:
    keys.signing()
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / FILE).stat().st_mode) == 0o600
    (tmp_path / "keys" / FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        Keys(tmp_path / "keys").signing()


@pytest.mark.parametrize("content", [b"", b"{}x", b"[{}]", b'[{"kid": "a", "made_at": 1, "replaced_at": null, "private": "AA"}]'])
def test_a_file_without_keys_is_refused_and_not_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="does not hold signing keys"):
        Keys(tmp_path).signing()
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="CATALYNX_HOME"):
        Keys(tmp_path / "file" / "keys").signing()


def test_keys_change_without_down_time(
    tokens: Tokens, records: Records, keys: Keys, tmp_path: Path, clock: Any, ada: Person
) -> None:
    elsewhere = Tokens(
        records, Keys(tmp_path / "keys", clock), issuer="https://catalynx.example", audience="catalynx", clock=clock
    )
    before = tokens.issue(ada)
    assert elsewhere.verify(before.access_token).name == "ada"
    first = keys.signing().kid
    second = keys.rotate()
    after = tokens.issue(ada)
    for pair in (before, after):
        for verifier in (tokens, elsewhere):
            assert verifier.verify(pair.access_token).name == "ada"
    assert {one["kid"] for one in tokens.jwks()["keys"]} == {first, second}
    assert all(one.keys() == {"kty", "crv", "use", "alg", "kid", "x"} for one in tokens.jwks()["keys"]), "public halves alone"
    clock.now += LIFE_AFTER_SECONDS + 1
    assert [one["kid"] for one in elsewhere.jwks()["keys"]] == [second]
    keys.rotate()
    assert first not in (tmp_path / "keys" / FILE).read_text()


def test_a_key_that_was_taken_away_verifies_no_more(tokens: Tokens, ada: Person, tmp_path: Path) -> None:
    pair = tokens.issue(ada)
    assert tokens.verify(pair.access_token).name == "ada"
    (tmp_path / "keys" / FILE).unlink()
    with pytest.raises(NotAuthenticated):
        tokens.verify(pair.access_token)


def test_those_who_start_together_get_one_key(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from catalynx.hub import Keys; print(Keys(Path(sys.argv[1])).signing().kid)"
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "keys")], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({one.communicate(timeout=60)[0] for one in started}) == 1
    assert len(json.loads((tmp_path / "keys" / FILE).read_text())) == 1


def test_the_key_set_verifies_our_tokens_elsewhere(tokens: Tokens, ada: Person) -> None:
    import jwt

    pair = tokens.issue(ada)
    known = jwt.PyJWKSet.from_dict(tokens.jwks())
    header = jwt.get_unverified_header(pair.access_token)
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    said = jwt.decode(pair.access_token, known[header["kid"]].key, ["EdDSA"], audience="catalynx", options=options)
    assert said["sub"] == "ada"


def test_sessions_outlive_the_process(records_url: str, keys: Keys, clock: Any, ada: Person) -> None:
    pairs = []
    for _ in range(2):
        with open_records(records_url) as records:
            tokens = Tokens(records, keys, issuer="i", audience="a", clock=clock)
            pairs.append(tokens.issue(ada) if not pairs else tokens.refresh(pairs[0].refresh_token))
            assert tokens.verify(pairs[0].access_token).name == "ada"
