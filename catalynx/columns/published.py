"""The tables of the lake: what publishers say, and what it was linked to."""

from __future__ import annotations

from catalynx.columns.shared_columns import EIN_KNOWN, EIN_REQUIRED, PROVENANCE, place_of
from catalynx.columns.vocabulary import EIN, LISTING, STATE, Column, Table, required

ORGANIZATIONS = Table(
    "organizations",
    "one tax-exempt organisation of the IRS Business Master File",
    ("ein",),
    (
        EIN_REQUIRED,
        required("name", "text", "legal name as the IRS holds it"),
        Column("other_name", "text", "second name line (SORT_NAME): chapter, trade name", "none on file"),
        *place_of("organization"),
        Column("zip", "text", "five-digit ZIP code", "unknown, or abroad", pattern=r"\d{5}"),
        Column("country", "text", "US, or the overflow of a foreign address as filed"),
        Column("group_number", "text", "group exemption number", "not part of a group"),
        Column("subsection", "text", "section 501(c) paragraph, 03 = 501(c)(3), 92 = 4947(a)(1) trust"),
        Column("affiliation", "text", "1 central, 3 independent, 9 subordinate of a group …"),
        Column("foundation_code", "text", "04 private non-operating foundation, 15 publicly supported … (IRS table)"),
        Column("deductibility", "text", "1 gifts deductible, 2 not, 4 by treaty"),
        Column("status", "text", "01, 02, 12, 25 (IRS table)"),
        Column("filing_requirement", "text", "01 = 990 or 990-EZ, 02 = 990-N, 06 church, 00 none"),
        Column("files_990pf", "flag", "must file Form 990-PF"),
        Column("ntee_code", "text", "NTEE code as filed", "unknown; never Z by default"),
        Column("ntee_major", "text", "first letter of the NTEE code", "unknown", pattern=r"[A-Z]"),
        Column("ruling_month", "text", "YYYY-MM of the exemption ruling", "unknown (000000 in the file)", pattern=r"\d{4}-\d{2}"),
        Column(
            "tax_period_end",
            "text",
            "YYYY-MM in which the latest return's year ends",
            "no return on file",
            pattern=r"\d{4}-\d{2}",
        ),
        Column("assets_usd", "usd", "book value of assets at year end", "unknown"),
        Column("gross_receipts_usd", "usd", "INCOME_AMT: gross receipts, not revenue; can be negative", "unknown"),
        Column("revenue_usd", "usd", "total revenue of the latest return", "unknown; always missing for private foundations"),
        *PROVENANCE,
    ),
    newest_by="tax_period_end",
)

GRANTS = Table(
    "grants",
    "one reported grant of a funder that is not the federal government",
    ("grant_id",),
    (
        required("grant_id", "text", "hash of source, funder, recipient, amount, date and purpose, or the publisher's id"),
        Column("funder_ein", "text", "EIN of the funder", "not in the source", pattern=EIN),
        required("funder_name", "text", "name of the funder, as published"),
        Column("recipient_name", "text", "name of the recipient, as published", "withheld for private persons"),
        Column("recipient_ein", "text", "EIN of the recipient as the source gives it", "not in the source", pattern=EIN),
        *place_of("recipient"),
        Column("recipient_country", "text", "country of the recipient, as published"),
        required(
            "recipient_kind",
            "text",
            "organization, individual (never a prospect) or unknown",
            pattern="organization|individual|unknown",
        ),
        Column("amount_usd", "usd", "amount of the grant; can be negative (returned money)", "not stated"),
        required("status", "text", "paid, or approved (for later payment; never added to paid)", pattern="paid|approved"),
        Column(
            "year", "integer", "calendar year of the grant, or in which the return's tax year ends", at_least=1900, at_most=2100
        ),
        Column("date", "date", "day of the grant, or the first day of its period"),
        Column("date_precision", "text", "day, month, quarter, year or multi-year"),
        Column("purpose", "text", "purpose as published"),
        Column("cause_area", "text", "field of the grant as the publisher names it"),
        Column(
            "times_listed",
            "integer",
            "how often exactly this row stands in the source; above 1 it is a genuine repeat or double entry, "
            "and its amount is counted once",
            "once",
            at_least=1,
        ),
        *PROVENANCE,
    ),
)

AWARDS = Table(
    "awards",
    "one federal award to an organisation, or one program's money that an audited organisation spent in a year",
    ("award_id",),
    (
        required("award_id", "text", "publisher's id of the award or audit line"),
        Column("agency", "text", "agency that gave the award"),
        Column("program_name", "text", "name of the program as published"),
        Column("assistance_listing", "text", "Assistance Listing number NN.NNN", pattern=LISTING),
        Column("audit_id", "text", "the single audit the line stands in", "not from an audit"),
        Column("recipient_name", "text", "name of the recipient", "withheld for private persons; in `audits` for audit lines"),
        Column("recipient_ein", "text", "EIN of the recipient as the source gives it", pattern=EIN),
        *place_of("recipient"),
        required(
            "recipient_kind",
            "text",
            "organization, individual (never a prospect) or unknown",
            pattern="organization|individual|unknown",
        ),
        Column("recipient_type", "text", "type of organisation as the publisher names it"),
        Column("amount_usd", "usd", "money of the award, see `amount_kind`"),
        required("amount_kind", "text", "awarded, or expended in the audited year", pattern="awarded|expended"),
        Column("direct", "flag", "received from the federal government itself, not passed through"),
        Column("year", "integer", "fiscal year of the award or audit", at_least=1900, at_most=2100),
        Column("begin_date", "date", "first day of the award"),
        Column("end_date", "date", "last day of the award"),
        Column("title", "text", "title of the project"),
        Column("purpose", "text", "what the award supports"),
        *PROVENANCE,
    ),
)

PROGRAMS = Table(
    "programs",
    "one federal assistance program (Assistance Listing)",
    ("assistance_listing",),
    (
        required("assistance_listing", "text", "number NN.NNN", pattern=LISTING),
        required("title", "text", "title of the program"),
        Column("popular_name", "text", "popular name", "none"),
        Column("agency", "text", "department or agency"),
        Column("sub_agency", "text", "bureau", "none named"),
        Column("objective", "text", "what the program is for"),
        Column("applicant_types", "texts", "who may apply, as published"),
        Column("beneficiary_types", "texts", "who should benefit, as published"),
        Column("assistance_types", "texts", "kinds of assistance, as published"),
        Column("categories", "texts", "functional categories, as published"),
        Column("fiscal_year", "integer", "fiscal year of the page", at_least=1960, at_most=2100),
        Column("url", "text", "page of the program"),
        *PROVENANCE,
    ),
    newest_by="fiscal_year",
)

PROGRAM_OBLIGATIONS = Table(
    "program_obligations",
    "one program's obligations in one fiscal year",
    ("assistance_listing", "fiscal_year"),
    (
        required("assistance_listing", "text", "number NN.NNN", pattern=LISTING),
        required("fiscal_year", "integer", "federal fiscal year", at_least=1960, at_most=2100),
        Column("estimate_usd", "usd", "the agency's estimate", "not stated (0 in the file)"),
        Column("actual_usd", "usd", "the agency's actual", "not stated (0 in the file)"),
        Column("usaspending_usd", "usd", "what USAspending reports", "not stated"),
        *PROVENANCE,
    ),
)

PROGRAM_RESULTS = Table(
    "program_results",
    "one entry on what a program achieved: text that often says how many applied and how many were funded",
    ("assistance_listing", "fiscal_year", "place"),
    (
        required("assistance_listing", "text", "number NN.NNN", pattern=LISTING),
        Column("fiscal_year", "integer", "year the entry is about", at_least=1960, at_most=2100),
        required("text", "text", "the entry as published"),
        *PROVENANCE,
    ),
)

COMPETITIONS = Table(
    "competitions",
    "one competition of which an entry of `program_results` states both applications and awards",
    ("assistance_listing", "entry_year", "place", "number"),
    (
        required("assistance_listing", "text", "number NN.NNN", pattern=LISTING),
        Column("entry_year", "integer", "`fiscal_year` of the entry", at_least=1960, at_most=2100),
        required("number", "integer", "place among the competitions of the entry, from 1", at_least=1),
        Column(
            "fiscal_year",
            "integer",
            "year of the competition: the one its text names, else the entry's",
            at_least=1960,
            at_most=2100,
        ),
        required("year_stated", "flag", "the text names the year"),
        required("applications", "integer", "applications that came in, or were reviewed where only that is said", at_least=0),
        required("awards", "integer", "new awards that were made, or offered", at_least=0),
        required(
            "stage",
            "text",
            "actual; estimate where a count is expected, planned or told for every year",
            pattern="actual|estimate",
        ),
        required("sentence", "text", "the sentence that says so; where it takes two, both, with … for what lies between"),
        Column("doubt", "text", "why it is not counted, e.g. more awards than applications", "nothing speaks against it"),
        *PROVENANCE,
    ),
)

OPPORTUNITIES = Table(
    "opportunities",
    "one announced or forecast federal grant opportunity",
    ("opportunity_id",),
    (
        required("opportunity_id", "text", "opportunity number in capitals without blanks, else the Grants.gov id"),
        Column("opportunity_number", "text", "funding opportunity number"),
        required("title", "text", "title"),
        Column("agency", "text", "agency name"),
        Column("agency_code", "text", "agency code, e.g. HHS-NIH11"),
        required(
            "stage", "text", "posted, forecast, closed or archived when published", pattern="posted|forecast|closed|archived"
        ),
        Column("posted_date", "date", "day it was posted; estimated for forecasts"),
        Column("close_date", "date", "last day to apply; estimated for forecasts", "not stated or not readable"),
        Column("dates_estimated", "flag", "the dates are the agency's estimates"),
        Column("updated_date", "date", "day of the last change"),
        Column("instruments", "texts", "G grant, CA cooperative agreement, PC procurement, O other"),
        Column("categories", "texts", "funding category codes, e.g. HU, ED, ENV"),
        Column("applicant_types", "texts", "applicant type codes, 12 = nonprofit with 501(c)(3), 99 = unrestricted"),
        Column("assistance_listings", "texts", "Assistance Listing numbers"),
        Column("ceiling_usd", "usd", "largest award", "not stated (0 or 1 in the file)", at_least=0),
        Column("floor_usd", "usd", "smallest award", "not stated (0 or 1 in the file)", at_least=0),
        Column("total_funding_usd", "usd", "estimated funding of the whole program", "not stated", at_least=0),
        Column("expected_awards", "integer", "expected number of awards", "not stated", at_least=0),
        Column("cost_sharing", "flag", "cost sharing or matching is required"),
        Column("description", "text", "synopsis", "not in the file"),
        Column("eligibility_text", "text", "additional information on eligibility", "none"),
        Column("url", "text", "link to more", "none"),
        *PROVENANCE,
    ),
    newest_by="updated_date",
)

AUDITS = Table(
    "audits",
    "one single audit (Federal Audit Clearinghouse)",
    ("audit_id",),
    (
        required("audit_id", "text", "DBKEY-AUDITYEAR"),
        EIN_KNOWN,
        required("name", "text", "name of the audited organisation"),
        *place_of("organization"),
        required("audit_year", "integer", "audit year", at_least=1990, at_most=2100),
        Column("fiscal_year_end", "date", "last day of the audited year"),
        Column("entity_type", "text", "type of organisation as published"),
        Column("federal_expenditure_usd", "usd", "total federal awards expended"),
        Column("low_risk", "flag", "low-risk auditee"),
        Column("going_concern", "flag", "the auditor doubts that the organisation goes on"),
        Column("material_weakness", "flag", "material weakness in internal control (financial statements)"),
        Column("significant_deficiency", "flag", "reportable condition or significant deficiency (financial statements)"),
        Column("material_noncompliance", "flag", "material noncompliance"),
        *PROVENANCE,
    ),
)

AUDIT_FINDINGS = Table(
    "audit_findings",
    "one finding of a single audit on one award line",
    ("audit_id", "finding_id"),
    (
        required("audit_id", "text", "DBKEY-AUDITYEAR"),
        required("finding_id", "text", "publisher's id of the finding"),
        Column("award_id", "text", "the award line it is about"),
        Column("reference", "text", "reference number, e.g. 2019-001"),
        Column("material_weakness", "flag", "a material weakness"),
        Column("significant_deficiency", "flag", "a significant deficiency"),
        Column("questioned_costs", "flag", "questions costs"),
        Column("repeat", "flag", "repeats a finding of an earlier year"),
        *PROVENANCE,
    ),
)

NTEE_CODES = Table(
    "ntee_codes",
    "one NTEE code",
    ("ntee_code",),
    (
        required("ntee_code", "text", "code"),
        required("ntee_major", "text", "major group, one letter", pattern=r"[A-Z]"),
        required("description", "text", "what the code means"),
        *PROVENANCE,
    ),
)

ENTITY_LINKS = Table(
    "entity_links",
    "one distinct recipient (name and place) of grants and awards, and the organisation it was resolved to",
    ("recipient_key",),
    (
        required("recipient_key", "text", "normalised name | state, or `ein:` and the EIN that the source gives"),
        required("recipient_name", "text", "the name as it stands most often"),
        Column("recipient_state", "text", "state as published", pattern=STATE),
        required(
            "status",
            "text",
            "resolved, unresolved (not sure enough) or given (the source has the EIN)",
            pattern="resolved|unresolved|given",
        ),
        Column("ein", "text", "EIN of the organisation", "unresolved", pattern=EIN),
        Column("score", "number", "similarity of the best match, 0–1", "nothing similar", at_least=0, at_most=1),
        Column("runner_up_ein", "text", "EIN of the second best match", "no second match", pattern=EIN),
        Column("runner_up_score", "number", "similarity of the second best match, 0–1", "no second match", at_least=0, at_most=1),
        Column("reason", "text", "why it was resolved, or why not"),
    ),
)

GIVING = Table(
    "giving",
    "one grant or award with its recipient resolved: `grants` of canonical returns and `awards`; sorted by state, field and year",
    ("gift_id",),
    (
        required("gift_id", "text", "grant_id or award_id"),
        required("track", "text", "foundation or federal", pattern="foundation|federal"),
        required(
            "funder_key",
            "text",
            "`ein:` and the funder's EIN, else its name in capitals; for federal money the listing or agency",
        ),
        required("funder_name", "text", "name of the funder or federal program"),
        Column("funder_ein", "text", "EIN of the funder", pattern=EIN),
        Column("assistance_listing", "text", "federal program", "not federal, or not stated", pattern=LISTING),
        Column("recipient_key", "text", "see entity_links", "private person or unnamed"),
        Column("recipient_name", "text", "name of the recipient", "withheld for private persons"),
        Column("recipient_ein", "text", "EIN given or resolved", "unresolved", pattern=EIN),
        required("recipient_kind", "text", "organization, individual or unknown", pattern="organization|individual|unknown"),
        Column("recipient_state", "text", "state of the resolved organisation, else as published", pattern=STATE),
        Column("ntee_major", "text", "field of the resolved organisation", pattern=r"[A-Z]"),
        required("status", "text", "paid, approved, awarded or expended", pattern="paid|approved|awarded|expended"),
        Column("year", "integer", "year of the gift", at_least=1900, at_most=2100),
        Column("amount_usd", "usd", "amount"),
    ),
)

SET_ASIDE = Table(
    "set_aside",
    "one record, or one field of a published record, that could not be read",
    ("file", "place", "field", "reason"),
    (
        *PROVENANCE,
        required("table_name", "text", "the table it would have gone to"),
        Column(
            "field", "text", "the field that was left unknown; the record itself is published", "the whole record was set aside"
        ),
        required("reason", "text", "why"),
        Column("raw_text", "text", "what stands there, cut to 500 characters; contact details removed"),
    ),
)
