"""The tables of the lake that returns fill."""

from __future__ import annotations

from catalynx.columns.shared_columns import EIN_REQUIRED, PROVENANCE, place_of
from catalynx.columns.vocabulary import Column, Table, required

FILINGS = Table(
    "filings",
    "one IRS e-filed return; superseded and amended ones are kept and marked",
    ("return_id",),
    (
        required("return_id", "text", "EIN, form, period end and time stamp of the return"),
        EIN_REQUIRED,
        required("form", "text", "990, 990EZ, 990PF or 990T", pattern=r"990(EZ|PF|T)?"),
        Column("name", "text", "name of the filer (never the preparer's)"),
        *place_of("organization"),
        Column("tax_year", "integer", "calendar year in which the tax year begins", at_least=1990, at_most=2100),
        Column("period_begin", "date", "first day of the tax year"),
        Column("period_end", "date", "last day of the tax year"),
        Column("filed_at", "text", "ReturnTs, the moment the return was made, as written"),
        Column("schema_version", "text", "returnVersion attribute, e.g. 2014v5.0"),
        Column("amended", "flag", "the return says that it amends an earlier one"),
        required("canonical", "flag", "the latest return for this EIN, period end and form"),
        Column("mission", "text", "mission or most significant activity, as filed"),
        Column("total_revenue_usd", "usd", "990 Part I 12 / EZ 9 / PF Part I 12(a)"),
        Column("contributions_usd", "usd", "990 Part VIII 1h / EZ 1 / PF Part I 1(a)"),
        Column("government_grants_usd", "usd", "990 Part VIII 1e", "not reported; not zero"),
        Column("program_service_revenue_usd", "usd", "990 Part VIII 2g / EZ 2"),
        Column("investment_income_usd", "usd", "990 Part I 10 / EZ 4; can be negative"),
        Column("other_revenue_usd", "usd", "990 Part I 11; can be negative"),
        Column("total_expenses_usd", "usd", "990 Part IX 25A / EZ 17 / PF Part I 26(a)"),
        Column("program_expenses_usd", "usd", "990 Part IX 25B"),
        Column("administration_expenses_usd", "usd", "990 Part IX 25C"),
        Column("fundraising_expenses_usd", "usd", "990 Part IX 25D"),
        Column("depreciation_usd", "usd", "990 Part IX 22A"),
        Column("assets_usd", "usd", "total assets at year end, book value"),
        Column("assets_fmv_usd", "usd", "990-PF: fair market value of all assets at year end"),
        Column("liabilities_usd", "usd", "total liabilities at year end"),
        Column("net_assets_usd", "usd", "net assets at year end"),
        Column("unrestricted_net_assets_usd", "usd", "net assets without donor restrictions at year end"),
        Column("land_buildings_equipment_usd", "usd", "land, buildings and equipment at year end, net of depreciation"),
        Column("secured_debt_usd", "usd", "secured mortgages and notes payable at year end"),
        Column("cash_usd", "usd", "non-interest-bearing cash at year end"),
        Column("savings_usd", "usd", "savings and temporary cash investments at year end"),
        Column(
            "asset_lines_add_up", "flag", "990: the stated lines of Part X 1–15 make up line 16, so a blank one holds nothing"
        ),
        Column("liability_lines_add_up", "flag", "990: the same of Part X 17–25 and line 26"),
        Column("grants_paid_usd", "usd", "990 Part IX 1–3 / EZ 10 / PF Part I 25(d): grants paid"),
        Column("minimum_return_usd", "usd", "990-PF: minimum investment return"),
        Column("distributable_usd", "usd", "990-PF: distributable amount as adjusted"),
        Column("qualifying_distributions_usd", "usd", "990-PF: qualifying distributions"),
        Column(
            "preselected_only", "flag", "990-PF: gives only to preselected charities", "box not ticked; does not prove openness"
        ),
        Column("application_form", "text", "990-PF: form in which applications should be submitted", "none stated"),
        Column("application_deadlines", "text", "990-PF: submission deadlines, as filed", "none stated"),
        Column("application_restrictions", "text", "990-PF: restrictions on awards, as filed", "none stated"),
        *PROVENANCE,
    ),
    newest_by="filed_at",
)

PEOPLE = Table(
    "people",
    "one officer, director, trustee or key employee of a return: name and role only",
    ("return_id", "place"),
    (
        required("return_id", "text", "the return the person stands in"),
        EIN_REQUIRED,
        required("person_name", "text", "name as filed; used for shared directorships only, never scored"),
        Column("role", "text", "title as filed"),
        Column("hours_per_week", "number", "average hours a week, as filed", at_least=0, at_most=168),
        Column("tax_year", "integer", "tax year of the return", at_least=1990, at_most=2100),
        *PROVENANCE,
    ),
)
