"""Tokens that are not ours are refused, whatever they are made to look like."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalynx.errors import NotAuthenticated
from catalynx.hub import Keys, Permission, Person, Tokens
from catalynx.records.store import open_records

ISSUER, AUDIENCE, NOW = "https://catalynx.example", "catalynx", 1_800_000_000
Sign = Callable[[bytes], bytes]


def segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def as_json(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


class Forge:
    """Makes tokens with our own key and session, each wrong in one thing."""

    def __init__(self, keys: Keys, session: str) -> None:
        self.keys = keys
        self.ours = keys.signing()
        self.header: dict[str, Any] = {"alg": "EdDSA", "kid": self.ours.kid, "typ": "at+jwt"}
        self.claims: dict[str, Any] = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": NOW, "nbf": NOW, "exp": NOW + 600, "jti": "0" * 32,
            "sid": session, "scope": "custom:catalynx:run custom:catalynx:view", "teams": ["arts"],
        }  # fmt: skip

    def raw(self, header: bytes, claims: bytes, sign: Sign | None = None) -> str:
        signed = f"{segment(header)}.{segment(claims)}"
        return f"{signed}.{segment((sign or self.ours.private.sign)(signed.encode()))}"

    def head(self, sign: Sign | None = None, **changes: Any) -> str:
        header = {name: value for name, value in {**self.header, **changes}.items() if value is not ...}
        return self.raw(as_json(header), as_json(self.claims), sign)

    def said(self, **changes: Any) -> str:
        claims = {name: value for name, value in {**self.claims, **changes}.items() if value is not ...}
        return self.raw(as_json(self.header), as_json(claims))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        keys = Keys(folder / "keys", lambda: NOW)
        tokens = Tokens(records, keys, issuer=ISSUER, audience=AUDIENCE, clock=lambda: NOW)
        ada = Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "s", "hub")
        pair = tokens.issue(ada)
        yield SimpleNamespace(tokens=tokens, forge=Forge(keys, pair.session), pair=pair)


def hmac_with(key: bytes, name: str = "sha256") -> Sign:
    return lambda signed: hmac.new(key, signed, name).digest()


def public_forms(forge: Forge) -> dict[str, bytes]:
    """The public key in every form in which a careless verifier could take it for a secret."""
    public = forge.ours.public
    encoding, kind = serialization.Encoding, serialization.PublicFormat
    jwk = forge.keys.jwks()["keys"][0]
    return {
        "raw": public.public_bytes_raw(),
        "pem": public.public_bytes(encoding.PEM, kind.SubjectPublicKeyInfo),
        "der": public.public_bytes(encoding.DER, kind.SubjectPublicKeyInfo),
        "ssh": public.public_bytes(encoding.OpenSSH, kind.OpenSSH),
        "x": jwk["x"].encode(),
        "jwk": json.dumps(jwk).encode(),
    }


def nothing(signed: bytes) -> bytes:
    return b""


def zeros(signed: bytes) -> bytes:
    return bytes(64)


STRANGER = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"somebody else").digest())
STRANGERS_JWK = {"kty": "OKP", "crv": "Ed25519", "x": segment(STRANGER.public_key().public_bytes_raw())}


def by_rsa(signed: bytes) -> bytes:
    return rsa.generate_private_key(65537, 2048).sign(signed, padding.PKCS1v15(), hashes.SHA256())


def by_curve(signed: bytes) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).sign(signed, ec.ECDSA(hashes.SHA256()))


ALGORITHMS: dict[str, Callable[[Forge], str]] = {
    **{
        f"alg {name!r}, {how}": lambda f, name=name, sign=sign: f.head(sign, alg=name)
        for name in ("none", "None", "NONE", "nOnE", "none ", "\u0000none", "", None, [], ["EdDSA"], 0, True)
        for how, sign in (("no signature", nothing), ("a signature of zeros", zeros))
    },
    "alg none, our own signature": lambda f: f.head(alg="none"),
    "no alg": lambda f: f.head(alg=...),
    **{
        f"{alg} with the public key as secret ({form})": lambda f, form=form, alg=alg, size=size: f.head(
            hmac_with(public_forms(f)[form], size), alg=alg
        )
        for form in ("raw", "pem", "der", "ssh", "x", "jwk")
        for alg, size in (("HS256", "sha256"), ("HS512", "sha512"))
    },
    "HS256 with an empty secret": lambda f: f.head(hmac_with(b""), alg="HS256"),
    "HS256 with the secret 'secret'": lambda f: f.head(hmac_with(b"secret"), alg="HS256"),
    "EdDSA that is really HS512 with the public key": lambda f: f.head(hmac_with(f.ours.public.public_bytes_raw(), "sha512")),
    "RS256 by a key of its own": lambda f: f.head(by_rsa, alg="RS256"),
    "ES256 by a key of its own": lambda f: f.head(by_curve, alg="ES256"),
    "another name for our algorithm": lambda f: f.head(alg="Ed25519"),
    "our algorithm in small letters": lambda f: f.head(alg="eddsa"),
    "signed by somebody else": lambda f: f.head(STRANGER.sign),
    "signature of zeros": lambda f: f.head(zeros),
    "no signature": lambda f: f.head(nothing),
}

HEADERS: dict[str, Callable[[Forge], str]] = {
    "no typ": lambda f: f.head(typ=...),
    **{f"typ {kind!r}": lambda f, kind=kind: f.head(typ=kind) for kind in ("JWT", "jwt", "AT+JWT", "rt+jwt", "at+jwt ", None, 1)},
    "no kid": lambda f: f.head(kid=...),
    **{
        f"kid {str(kid)[:40]!r}": lambda f, kid=kid: f.head(kid=kid)
        for kid in (
            "0123456789abcdef", "", "../../../dev/null", "/dev/null", "..%2f..%2fetc/passwd", "signing_keys.json",
            "x' UNION SELECT 'AA==' --", "' OR 1=1", "1; DROP TABLE sessions", "|cat /etc/passwd", "\u0000", "é" * 16, "a" * 300,
            None, 0, [], {}, ["0123456789abcdef"], "http://evil.example/key",
        )
    },
    "kid of somebody else's key": lambda f: f.head(STRANGER.sign, kid=hashlib.sha256(b"x").hexdigest()[:16]),
    "jwk brought along": lambda f: f.head(STRANGER.sign, jwk=STRANGERS_JWK),
    "our own jwk brought along": lambda f: f.head(jwk=f.keys.jwks()["keys"][0]),
    "jku": lambda f: f.head(STRANGER.sign, jku="https://evil.example/jwks"),
    "jku on our own": lambda f: f.head(jku="https://catalynx.example/api/auth/jwks"),
    "x5u": lambda f: f.head(STRANGER.sign, x5u="https://evil.example/cert.pem"),
    "x5c": lambda f: f.head(STRANGER.sign, x5c=["MIIB"]),
    "x5t": lambda f: f.head(x5t="AAAA"),
    "crit": lambda f: f.head(crit=["exp"]),
    "crit, and what it names": lambda f: f.head(crit=["http://evil.example/x"], **{"http://evil.example/x": True}),
    "crit, empty": lambda f: f.head(crit=[]),
    "b64 false": lambda f: f.head(b64=False, crit=["b64"]),
    "zip": lambda f: f.head(zip="DEF"),
    "enc": lambda f: f.head(enc="A256GCM"),
    "cty": lambda f: f.head(cty="JWT"),
    "a header more": lambda f: f.head(iss=ISSUER),
    "header with alg twice": lambda f: f.raw(
        as_json(f.header)[:-1] + b', "alg": "none"}', as_json(f.claims)
    ),
    "header with kid twice": lambda f: f.raw(b'{"kid": "0", ' + as_json(f.header)[1:], as_json(f.claims)),
    "header that is a list": lambda f: f.raw(b"[]", as_json(f.claims)),
    "header that is text": lambda f: f.raw(b'"EdDSA"', as_json(f.claims)),
    "header that is not UTF-8": lambda f: f.raw(b'{"alg": "EdDSA\xff"}', as_json(f.claims)),
    "header with a byte order mark": lambda f: f.raw(b"\xef\xbb\xbf" + as_json(f.header), as_json(f.claims)),
}  # fmt: skip

CLAIMS: dict[str, Callable[[Forge], str]] = {
    **{f"no {name}": lambda f, name=name: f.said(**{name: ...})
       for name in ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "sid", "scope", "teams")},
    **{f"{name} null": lambda f, name=name: f.said(**{name: None})
       for name in ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "sid", "scope")},
    "iss of somebody else": lambda f: f.said(iss="https://evil.example"),
    "iss with a slash more": lambda f: f.said(iss=ISSUER + "/"),
    "iss in a list": lambda f: f.said(iss=[ISSUER]),
    "aud of somebody else": lambda f: f.said(aud="other"),
    "aud in a list": lambda f: f.said(aud=[AUDIENCE]),
    "aud among others": lambda f: f.said(aud=["other", AUDIENCE]),
    "aud in capitals": lambda f: f.said(aud="CATALYNX"),
    "aud empty": lambda f: f.said(aud=""),
    "expired this second": lambda f: f.said(iat=NOW - 600, nbf=NOW - 600, exp=NOW),
    "expired long ago": lambda f: f.said(iat=NOW - 10**6, nbf=NOW - 10**6, exp=NOW - 10**6 + 600),
    "expired before 1970": lambda f: f.said(exp=-1),
    "exp as text": lambda f: f.said(exp=str(NOW + 600)),
    "exp as a fraction": lambda f: f.said(exp=NOW + 599.5),
    "exp true": lambda f: f.said(exp=True),
    "exp in a list": lambda f: f.said(exp=[NOW + 600]),
    "exp in a thousand years": lambda f: f.said(exp=NOW + 86_400 * 365_000),
    "exp ten minutes and a second away": lambda f: f.said(exp=NOW + 601),
    "exp of 2^63": lambda f: f.said(exp=2**63),
    "exp infinite": lambda f: f.raw(as_json(f.header), as_json({**f.claims, "exp": float("inf")})),
    "exp not a number": lambda f: f.raw(as_json(f.header), as_json({**f.claims, "exp": float("nan")})),
    "exp 1e999": lambda f: f.raw(as_json(f.header), as_json(f.claims).replace(str(NOW + 600).encode(), b"1e999")),
    "not valid yet": lambda f: f.said(nbf=NOW + 60),
    "issued in the future": lambda f: f.said(iat=NOW + 60, exp=NOW + 120),
    "sub of somebody else": lambda f: f.said(sub="grace"),
    "sub empty": lambda f: f.said(sub=""),
    "sub a number": lambda f: f.said(sub=1),
    "sub with a NUL": lambda f: f.said(sub="ada\u0000"),
    "sub in capitals": lambda f: f.said(sub="ADA"),
    "sub that is half a character": lambda f: f.said(sub="ada\ud800"),
    "session that is not there": lambda f: f.said(sid="f" * 32),
    "session as SQL": lambda f: f.said(sid="' OR 1=1 --"),
    "session too long": lambda f: f.said(sid=f.claims["sid"] + "0"),
    "session with a line end": lambda f: f.said(sid=f.claims["sid"] + "\n"),
    "stale role: more than the session has": lambda f: f.said(
        scope="custom:catalynx:admin custom:catalynx:run custom:catalynx:view"
    ),
    "stale role: another": lambda f: f.said(scope="custom:catalynx:admin"),
    "less than the session has": lambda f: f.said(scope="custom:catalynx:view"),
    "scope in a list": lambda f: f.said(scope=["custom:catalynx:view"]),
    "no scope at all": lambda f: f.said(scope=""),
    "every team": lambda f: f.said(teams=None),
    "another team": lambda f: f.said(teams=["arts", "parks"]),
    "teams as text": lambda f: f.said(teams="arts"),
    "teams as numbers": lambda f: f.said(teams=[1]),
    "a claim more": lambda f: f.said(is_admin=True),
    "sub twice": lambda f: f.raw(as_json(f.header), as_json(f.claims)[:-1] + b', "sub": "grace"}'),
    "exp twice": lambda f: f.raw(as_json(f.header), b'{"exp": 1, ' + as_json(f.claims)[1:]),
    "claims that are a list": lambda f: f.raw(as_json(f.header), b"[]"),
    "claims that are nothing": lambda f: f.raw(as_json(f.header), b"null"),
    "claims that are not JSON": lambda f: f.raw(as_json(f.header), b"{"),
    "claims that are not UTF-8": lambda f: f.raw(as_json(f.header), as_json(f.claims).replace(b"ada", b"ad\xff")),
    "claims in UTF-16": lambda f: f.raw(as_json(f.header), json.dumps(f.claims).encode("utf-16")),
    "claims nested deep": lambda f: f.raw(as_json(f.header), b'{"teams": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    "huge claims": lambda f: f.said(teams=["x" * 100] * 1_000),
    "claims of another token under a good signature": lambda f: ".".join(
        [f.said().split(".")[0], f.said(sub="grace").split(".")[1], f.said().split(".")[2]]
    ),
}  # fmt: skip

SHAPES: dict[str, Callable[[Forge], str]] = {
    "empty": lambda f: "",
    "a point": lambda f: ".",
    "two points": lambda f: "..",
    "a word": lambda f: "null",
    "two parts": lambda f: f.said().rpartition(".")[0],
    "four parts": lambda f: f.said() + ".AAAA",
    "five parts, as if encrypted": lambda f: "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA",
    "point at the end": lambda f: f.said() + ".",
    "space before": lambda f: " " + f.said(),
    "line end after": lambda f: f.said() + "\n",
    "NUL after": lambda f: f.said() + "\0",
    "padding": lambda f: f.said() + "==",
    "with + and /": lambda f: f.said()[:-3] + "+/A",
    "other way to write the same signature": lambda f: f.said()[:-1] + chr(ord(f.said()[-1]) + 1),
    "other way to write the same claims": lambda f: other_writing(f),
    "not ASCII": lambda f: f.said()[:-1] + "é",
    "half a character": lambda f: f.said()[:-1] + "\ud800",
    "as JSON": lambda f: json.dumps(dict(zip(("protected", "payload", "signature"), f.said().split("."), strict=True))),
    "a megabyte": lambda f: f.said() + "A" * 2**20,
    "a million points": lambda f: "." * 10**6,
    "cut": lambda f: f.said()[:-2],
    "the word Bearer before": lambda f: "Bearer " + f.said(),
}


def other_writing(forge: Forge) -> str:
    """Claims whose last letter holds unused bits, set: the same bytes, written in another way, and signed as written."""
    raw = as_json(forge.claims)
    while len(raw) % 3 != 1:
        raw += b" "
    claims = segment(raw)
    claims = claims[:-1] + chr(ord(claims[-1]) + 1)
    signed = f"{segment(as_json(forge.header))}.{claims}"
    return f"{signed}.{segment(forge.ours.private.sign(signed.encode()))}"


HOSTILE = {**ALGORITHMS, **HEADERS, **CLAIMS, **SHAPES}


def test_the_forge_makes_good_tokens_too(place: SimpleNamespace) -> None:
    assert place.tokens.verify(place.forge.said()).name == "ada"
    assert place.tokens.verify(place.forge.said(exp=NOW + 1)).session == place.pair.session
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_token_is_refused(place: SimpleNamespace, name: str) -> None:
    token = HOSTILE[name](place.forge)
    with pytest.raises(NotAuthenticated) as caught:
        place.tokens.verify(token)
    assert len(str(caught.value)) < 120
    assert place.tokens.verify(place.pair.access_token).name == "ada"


@pytest.mark.parametrize(
    "offered", ["", "cxr_", "cxs_" + "A" * 43, "cxr_" + "A" * 43, "cxr_" + "é" * 43, "cxr_" + "A" * 10**6, "' OR 1=1"]
)
def test_a_made_up_refresh_token_is_refused(place: SimpleNamespace, offered: str) -> None:
    with pytest.raises(NotAuthenticated):
        place.tokens.refresh(offered)
    with pytest.raises(NotAuthenticated):
        place.tokens.verify_secret(offered)
    assert place.tokens.verify(place.pair.access_token).name == "ada"


def test_tokens_of_one_kind_are_not_taken_for_another(place: SimpleNamespace) -> None:
    for ask, offered in (
        (place.tokens.verify, place.pair.refresh_token),
        (place.tokens.refresh, place.pair.access_token),
        (place.tokens.verify_secret, place.pair.refresh_token),
        (place.tokens.verify_secret, place.pair.access_token),
    ):
        with pytest.raises(NotAuthenticated):
            ask(offered)
