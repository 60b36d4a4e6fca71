"""Whether the lines of a balance sheet that a return states add up to its total: then a line left blank holds nothing.

Filers leave lines of Part X blank where they have nothing to say there. A blank alone is unknown; but where what is stated
makes up the whole total, nothing is left for it. Paths as in `irs_return_xpaths`, from the same sources.
"""

from __future__ import annotations

from catalynx.sources import irs_return_text as text
from catalynx.sources.irs_return_xpaths import Paths

_ASSETS = {
    "pledges": ("PledgesAndGrantsReceivableGrp", "PledgesAndGrantsReceivable"),
    "receivables": ("AccountsReceivableGrp", "AccountsReceivable"),
    "from_officers": ("ReceivablesFromOfficersEtcGrp", "ReceivablesFromOfficersEtc"),
    "from_disqualified": ("RcvblFromDisqualifiedPrsnGrp", "ReceivablesFromDisqualPersons"),
    "notes": ("OthNotesLoansReceivableNetGrp", "OtherNotesLoansReceivableNet"),
    "inventories": ("InventoriesForSaleOrUseGrp", "InventoriesForSaleOrUse"),
    "prepaid": ("PrepaidExpensesDefrdChargesGrp", "PrepaidExpensesDeferredCharges"),
    "traded_securities": ("InvestmentsPubTradedSecGrp", "InvestmentsPubTradedSecurities"),
    "other_securities": ("InvestmentsOtherSecuritiesGrp", "InvestmentsOtherSecurities"),
    "program_investments": ("InvestmentsProgramRelatedGrp", "InvestmentsProgramRelated"),
    "intangibles": ("IntangibleAssetsGrp", "IntangibleAssets"),
    "other_assets": ("OtherAssetsTotalGrp", "OtherAssetsTotal"),
}
_LIABILITIES = {
    "payables": ("AccountsPayableAccrExpnssGrp", "AccountsPayableAccruedExpenses"),
    "grants_payable": ("GrantsPayableGrp", "GrantsPayable"),
    "deferred_revenue": ("DeferredRevenueGrp", "DeferredRevenue"),
    "tax_exempt_bonds": ("TaxExemptBondLiabilitiesGrp", "TaxExemptBondLiabilities"),
    "escrow": ("EscrowAccountLiabilityGrp", "EscrowAccountLiability"),
    "to_officers": ("LoansFromOfficersDirectorsGrp", "LoansFromOfficersDirectors"),
    "unsecured_notes": ("UnsecuredNotesLoansPayableGrp", "UnsecuredNotesLoansPayable"),
    "other_liabilities": ("OtherLiabilitiesGrp", "OtherLiabilities"),
}
LINES: Paths = {
    name: (f"{now}/EOYAmt", f"{before}/EOY") for name, (now, before) in {**_ASSETS, **_LIABILITIES}.items()
}  # fmt: skip
"""Under ``Return/ReturnData/IRS990``: Part X 3–9, 11–15, 17–22, 24, 25, column B. The others are fields of a filing."""

_SUMS = {
    "asset_lines_add_up": ("assets_usd", ("cash_usd", "savings_usd", "land_buildings_equipment_usd", *_ASSETS)),
    "liability_lines_add_up": ("liabilities_usd", ("secured_debt_usd", *_LIABILITIES)),
}


def sums(found: dict[str, str]) -> dict[str, bool]:
    """Say of a Form 990 whether its asset and its liability lines add up; a side without a total is left out."""
    said: dict[str, bool] = {}
    for column, (total, lines) in _SUMS.items():
        whole = text.amount(found.get(total, ""))
        if whole is None:
            continue
        stated = [text.amount(found[line]) for line in lines if line in found]
        said[column] = None not in stated and sum(amount for amount in stated if amount is not None) == whole
    return said
