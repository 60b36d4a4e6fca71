"""The tables about ties: people on several boards, funders that share grantees, central funders, and the ways to a funder."""

from __future__ import annotations

from catalynx.columns.vocabulary import EIN, Column, Table, required

_funder = (
    required("candidate_id", "text", "foundation:…, as among the candidates"),
    required("funder_name", "text", "name of the funder"),
    Column("funder_ein", "text", "EIN of the funder", "not in the source", pattern=EIN),
)
_evidence = required("evidence", "text", "JSON: the table and the conditions that give the rows behind it")
_sure = (
    Column(
        "sure", "number", "score that both seats are one person's, 0–1; see docs/network.md", "a grant", at_least=0, at_most=1
    ),
    Column("sure_class", "text", "certain or likely", "a grant", pattern="certain|likely"),
)

SHARED_PEOPLE = Table(
    "shared_people",
    "one officer, director or trustee of the profile's organisation or of a peer who sits on another board as well",
    ("person_name", "of_key", "other_key"),
    (
        required("person_name", "text", "name, as the latest return has it"),
        required("of", "text", "you, or peer: an organisation of your field and state", pattern="you|peer"),
        required("of_key", "text", "`ein:` and the EIN of that organisation"),
        required("of_name", "text", "name of that organisation"),
        Column("of_role", "text", "role there, in the latest return"),
        Column("of_first_year", "integer", "first tax year of a return that lists the person there"),
        Column("of_last_year", "integer", "last tax year of a return that lists the person there"),
        required("other", "text", "what the other organisation is", pattern="funder|peer|other"),
        required("other_key", "text", "`ein:` and the EIN of the other organisation"),
        required("other_name", "text", "name of the other organisation"),
        Column("other_role", "text", "role in the other organisation, in the latest return"),
        Column("other_first_year", "integer", "first tax year of a return that lists the person there"),
        Column("other_last_year", "integer", "last tax year of a return that lists the person there"),
        *_sure,
        _evidence,
    ),
)

COFUNDERS = Table(
    "cofunders",
    "one foundation that shares grantees with foundations that gave to the profile's organisation",
    ("candidate_id",),
    (
        *_funder,
        required("tie", "number", "1 − Π(1 − cosine of its grantees and one of your funders'), 0–1", at_least=0, at_most=1),
        required("shared_count", "integer", "its grantees, other than you, that another of your funders supports", at_least=0),
        required("through_count", "integer", "how many of your funders it shares grantees with", at_least=0),
        required("grantees_count", "integer", "its grantees on record, other than you", at_least=0),
        Column(
            "shared_names", "texts", "up to three of the shared grantees: those of most of your funders, then the most particular"
        ),
        required("gave_to_you", "flag", "it gave to you already"),
        _evidence,
    ),
)

CENTRAL_FUNDERS = Table(
    "central_funders",
    "one foundation by its place among all whose grants are on record",
    ("candidate_id",),
    (
        *_funder,
        required("rank", "integer", "1 is the most central", at_least=1),
        required("pagerank", "number", "share of a random walk from funder to grantee to funder", at_least=0, at_most=1),
        required("grantees_count", "integer", "its grantees on record (degree)", at_least=0),
        required("cofunders_count", "integer", "other funders that share a grantee with it", at_least=0),
        required("gave_to_you", "flag", "it gave to you already"),
        _evidence,
    ),
)

NETWORK_PATHS = Table(
    "network_paths",
    "one step of one of the shortest ways from the profile's organisation to a funder",
    ("path", "step"),
    (
        required("path", "integer", "which of the ways of that length", at_least=1),
        required("step", "integer", "which step of it, from the profile's organisation on", at_least=1),
        required("from_key", "text", "`ein:` and the EIN, or as in `giving`"),
        required("from_name", "text", "the organisation that the step leaves"),
        required("to_key", "text", "`ein:` and the EIN, or as in `giving`"),
        required("to_name", "text", "the organisation that it reaches"),
        required("by", "text", "a person on both boards, or a grant", pattern="person|grant"),
        Column("person_name", "text", "who sits on both boards", "a grant"),
        Column("from_role", "text", "the person's role in the first organisation", "a grant, or no role filed"),
        Column("to_role", "text", "the person's role in the second organisation", "a grant, or no role filed"),
        Column("giver_key", "text", "which of both gave", "a person"),
        Column("grants_count", "integer", "grants on record between both", "a person", at_least=1),
        Column("first_year", "integer", "first year on record: of the grants, or of the seats"),
        Column("last_year", "integer", "last year on record: of the grants, or of the seats"),
        *_sure,
        required("sentence", "text", "the step in plain words"),
        _evidence,
    ),
)

ALL = (SHARED_PEOPLE, COFUNDERS, CENTRAL_FUNDERS, NETWORK_PATHS)
