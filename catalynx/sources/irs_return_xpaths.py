"""Where the fields of IRS e-file returns stand: one table of paths for each form, for all schema versions since 2009.

A path is relative to the element named above it and has no namespaces. Where a field has several paths, the first that
holds a text counts; names since schema 2013 and older ones never meet in one return. Some older names are misspelt in
the schema itself (``AppicationSubmissionInfo``), and some newer ones too (``NoDonorRstrNetAssestsEOYAmt``).

Sources: the IRS 990 e-file Master Concordance (Open Data Commons Attribution License, ODC-By 1.0; Nonprofit Open Data
Collective; see ``catalynx/sample/LICENSES/irs-efile-master-concordance-ODC-By-1.0.md``) for the header, the forms 990 and 990-EZ,
Schedule I and Part XV of the 990-PF; the metadata of irsx (MIT) for the 990-PF since 2013; the IRS's own stylesheet of
the 990-PF of 2010 for its names before 2013. ``docs/returns.md`` lists what was seen in real returns and what was not.
"""

from __future__ import annotations

from collections.abc import Mapping

Paths = Mapping[str, tuple[str, ...]]


def _address(*wrappers: str) -> Paths:
    """Paths of city, state and country; only US addresses have a state, only foreign ones a country."""
    return {
        "city": tuple(f"{name}/{city}" for name in wrappers for city in ("CityNm", "City")),
        "state": tuple(f"{name}/{state}" for name in wrappers for state in ("StateAbbreviationCd", "State")),
        "country": tuple(f"{name}/{country}" for name in wrappers for country in ("CountryCd", "Country")),
    }


def _name(column: str, *wrappers: str) -> Paths:
    """Paths of the two lines of a business name."""
    return {
        f"{column}_{line}": tuple(f"{name}/BusinessNameLine{line}{end}" for name in wrappers for end in ("Txt", ""))
        for line in (1, 2)
    }  # fmt: skip


HEADER: Paths = {
    "filed_at": ("ReturnTs", "Timestamp"),
    "form": ("ReturnTypeCd", "ReturnType"),
    "period_begin": ("TaxPeriodBeginDt", "TaxPeriodBeginDate"),
    "period_end": ("TaxPeriodEndDt", "TaxPeriodEndDate"),
    "tax_year": ("TaxYr", "TaxYear"),
    "ein": ("Filer/EIN",),
    **_name("name", "Filer/BusinessName", "Filer/Name"),
    **_address("Filer/USAddress", "Filer/ForeignAddress"),
}
"""Under ``Return/ReturnHeader``. Only ``Filer`` names the filer; the first business name in a header is the preparer's."""

FORM_990: Paths = {
    "amended": ("AmendedReturnInd", "AmendedReturn"),
    "mission": ("MissionDesc", "MissionDescription", "ActivityOrMissionDesc", "ActivityOrMissionDescription"),
    "total_revenue_usd": ("CYTotalRevenueAmt", "TotalRevenueCurrentYear", "TotalRevenueGrp/TotalRevenueColumnAmt",
                          "TotalRevenue/TotalRevenueColumn"),
    "contributions_usd": ("TotalContributionsAmt", "TotalContributions"),
    "government_grants_usd": ("GovernmentGrantsAmt", "GovernmentGrants"),
    "program_service_revenue_usd": ("TotalProgramServiceRevenueAmt", "TotalProgramServiceRevenue"),
    "investment_income_usd": ("CYInvestmentIncomeAmt", "InvestmentIncomeCurrentYear"),
    "other_revenue_usd": ("CYOtherRevenueAmt", "OtherRevenueCurrentYear"),
    "total_expenses_usd": ("TotalFunctionalExpensesGrp/TotalAmt", "TotalFunctionalExpenses/Total"),
    "program_expenses_usd": ("TotalFunctionalExpensesGrp/ProgramServicesAmt", "TotalFunctionalExpenses/ProgramServices"),
    "administration_expenses_usd": ("TotalFunctionalExpensesGrp/ManagementAndGeneralAmt",
                                    "TotalFunctionalExpenses/ManagementAndGeneral"),
    "fundraising_expenses_usd": ("TotalFunctionalExpensesGrp/FundraisingAmt", "TotalFunctionalExpenses/Fundraising"),
    "depreciation_usd": ("DepreciationDepletionGrp/TotalAmt", "DepreciationDepletion/Total", "DepreciationDepletionEtc/Total"),
    "assets_usd": ("TotalAssetsGrp/EOYAmt", "TotalAssets/EOY", "TotalAssetsEOYAmt", "TotalAssetsEOY"),
    "liabilities_usd": ("TotalLiabilitiesGrp/EOYAmt", "TotalLiabilities/EOY", "TotalLiabilitiesEOYAmt", "TotalLiabilitiesEOY"),
    "net_assets_usd": ("TotalNetAssetsFundBalanceGrp/EOYAmt", "TotalNetAssetsFundBalances/EOY", "NetAssetsOrFundBalancesEOYAmt",
                       "NetAssetsOrFundBalancesEOY"),
    "unrestricted_net_assets_usd": ("NoDonorRestrictionNetAssetsGrp/EOYAmt", "UnrestrictedNetAssetsGrp/EOYAmt",
                                    "UnrestrictedNetAssets/EOY"),
    "land_buildings_equipment_usd": ("LandBldgEquipBasisNetGrp/EOYAmt", "LandBuildingsEquipmentBasisNet/EOY"),
    "secured_debt_usd": ("MortgNotesPyblScrdInvstPropGrp/EOYAmt", "MortNotesPyblSecuredInvestProp/EOY"),
    "cash_usd": ("CashNonInterestBearingGrp/EOYAmt", "CashNonInterestBearing/EOY"),
    "savings_usd": ("SavingsAndTempCashInvstGrp/EOYAmt", "SavingsAndTempCashInvestments/EOY"),
    "grants_to_organizations_usd": ("GrantsToDomesticOrgsGrp/TotalAmt", "GrantsToDomesticOrgs/Total"),
    "grants_to_individuals_usd": ("GrantsToDomesticIndividualsGrp/TotalAmt", "GrantsToDomesticIndividuals/Total"),
    "grants_abroad_usd": ("ForeignGrantsGrp/TotalAmt", "ForeignGrants/Total"),
}  # fmt: skip
"""Under ``Return/ReturnData/IRS990``. ``grants_paid_usd`` is the sum of the three last, where one of them is stated."""

FORM_990EZ: Paths = {
    "amended": ("AmendedReturnInd", "AmendedReturn"),
    "mission": ("PrimaryExemptPurposeTxt", "PrimaryExemptPurpose"),
    "total_revenue_usd": ("TotalRevenueAmt", "TotalRevenue"),
    "contributions_usd": ("ContributionsGiftsGrantsEtcAmt", "ContributionsGiftsGrantsEtc"),
    "program_service_revenue_usd": ("ProgramServiceRevenueAmt", "ProgramServiceRevenue"),
    "investment_income_usd": ("InvestmentIncomeAmt", "InvestmentIncome"),
    "total_expenses_usd": ("TotalExpensesAmt", "TotalExpenses"),
    "assets_usd": ("Form990TotalAssetsGrp/EOYAmt", "TotalAssetsGrp/EOYAmt", "TotalAssets/EOY"),
    "liabilities_usd": ("SumOfTotalLiabilitiesGrp/EOYAmt", "TotalLiabilitiesGrp/EOYAmt", "SumOfTotalLiabilities/EOY",
                        "TotalLiabilities/EOY"),
    "net_assets_usd": ("NetAssetsOrFundBalancesEOYAmt", "NetAssetsOrFundBalancesEOY", "NetAssetsOrFundBalancesGrp/EOYAmt",
                       "NetAssetsOrFundBalances/EOY"),
    "land_buildings_equipment_usd": ("LandAndBuildingsGrp/EOYAmt", "LandAndBuildings/EOY"),
    "grants_paid_usd": ("GrantsAndSimilarAmountsPaidAmt", "GrantsAndSimilarAmountsPaid"),
}  # fmt: skip
"""Under ``Return/ReturnData/IRS990EZ``. Its line 22 (cash, savings and investments in one) is neither cash nor savings."""

_SHEET, _OLD_SHEET, _PART_I = "Form990PFBalanceSheetsGrp", "BalanceSheets", "AnalysisOfRevenueAndExpenses"
_SUPPLEMENTS = ("SupplementaryInformationGrp", "SupplementaryInformation", "SupplementaryInfomation")
_APPLICATIONS = tuple(
    f"{part}/{group}" for part in _SUPPLEMENTS for group in ("ApplicationSubmissionInfoGrp", "AppicationSubmissionInfo")
)

FORM_990PF: Paths = {
    "amended": ("AmendedReturnInd", "AmendedReturn"),
    "total_revenue_usd": (f"{_PART_I}/TotalRevAndExpnssAmt", f"{_PART_I}/TotalRevenueAndExpenses"),
    "contributions_usd": (f"{_PART_I}/ContriRcvdRevAndExpnssAmt", f"{_PART_I}/ContriReceivedRevAndExpnss"),
    "total_expenses_usd": (f"{_PART_I}/TotalExpensesRevAndExpnssAmt", f"{_PART_I}/TotalExpensesRevAndExpnss"),
    "grants_paid_usd": (f"{_PART_I}/ContriPaidDsbrsChrtblAmt", f"{_PART_I}/ContriGiftsPaidDsbrsChrtblPrps"),
    "assets_usd": (f"{_SHEET}/TotalAssetsEOYAmt", f"{_OLD_SHEET}/TotalAssetsEOY"),
    "assets_fmv_usd": ("FMVAssetsEOYAmt", "FMVAssetsEOY", f"{_SHEET}/TotalAssetsEOYFMVAmt", f"{_OLD_SHEET}/TotalAssetsEOYFMV"),
    "liabilities_usd": (f"{_SHEET}/TotalLiabilitiesEOYAmt", f"{_OLD_SHEET}/TotalLiabilitiesEOY"),
    "net_assets_usd": (f"{_SHEET}/TotNetAstOrFundBalancesEOYAmt", f"{_OLD_SHEET}/TotalNetAssetsEOY"),
    "unrestricted_net_assets_usd": (f"{_SHEET}/NoDonorRstrNetAssestsEOYAmt", f"{_SHEET}/UnrestrictedEOYAmt",
                                    f"{_OLD_SHEET}/UnrestrictedEOY"),
    "land_buildings_equipment_usd": (f"{_SHEET}/LandEOYAmt", f"{_OLD_SHEET}/LandBuildingAndEquipmentEOY"),
    "secured_debt_usd": (f"{_SHEET}/MortgagesAndNotesPayableEOYAmt", f"{_OLD_SHEET}/MortgagesAndNotesPayableEOY"),
    "cash_usd": (f"{_SHEET}/CashEOYAmt", f"{_OLD_SHEET}/CashEOY"),
    "savings_usd": (f"{_SHEET}/SavAndTempCashInvstEOYAmt", f"{_OLD_SHEET}/SavingsAndTempCashInvstEOY"),
    "minimum_return_usd": ("MinimumInvestmentReturnGrp/MinimumInvestmentReturnAmt",
                           "MinimumInvestmentReturn/MinimumInvestmentReturn"),
    "distributable_usd": ("DistributableAmountGrp/DistributableAsAdjustedAmt",
                          "DistributableAmount/DistributableAmountAsAdjusted"),
    "qualifying_distributions_usd": ("PFQualifyingDistributionsGrp/QualifyingDistributionsAmt",
                                     "QualifyingDistriPartXIIGrp/QualifyingDistributionsAmt",
                                     "QualifyingDistributions/QualifyingDistributions"),
    "preselected_only": tuple(
        f"{part}/{name}" for part in _SUPPLEMENTS for name in ("OnlyContriToPreselectedInd", "OnlyContributesToPreselected")
    ),
    "application_form": tuple(
        f"{group}/{name}" for group in _APPLICATIONS for name in ("FormAndInfoAndMaterialsTxt", "FormAndInfoAndMaterials")
    ),
    "application_deadlines": tuple(
        f"{group}/{name}" for group in _APPLICATIONS for name in ("SubmissionDeadlinesTxt", "SubmissionDeadlines")
    ),
    "application_restrictions": tuple(
        f"{group}/{name}" for group in _APPLICATIONS for name in ("RestrictionsOnAwardsTxt", "RestrictionsOnAwards")
    ),
}  # fmt: skip
"""Under ``Return/ReturnData/IRS990PF``. Of the group on applications only these three texts are read: no name, address,
e-mail or phone of the person who receives them."""

FORM_990T: Paths = {"amended": ("AmendedReturnInd", "AmendedReturn")}
"""Under ``Return/ReturnData/IRS990T``: the header and the amended box are all that is read."""

FORMS: Mapping[str, Paths] = {"990": FORM_990, "990EZ": FORM_990EZ, "990PF": FORM_990PF, "990T": FORM_990T}
"""Fields by form; the element of a form is ``IRS`` and its name."""

PEOPLE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "990": ("Form990PartVIISectionAGrp", "Form990PartVIISectionA"),
    "990EZ": ("OfficerDirectorTrusteeEmplGrp", "OfficerDirectorTrusteeKeyEmpl"),
    "990PF": (
        "OfficerDirTrstKeyEmplInfoGrp/OfficerDirTrstKeyEmplGrp",
        "OfcrDirTrusteesKeyEmployeeInfo/OfcrDirTrusteesOrKeyEmployee",
    ),
    "990T": (),
}
"""Repeated elements, one a person, by form."""

PERSON: Paths = {
    "person_name": ("PersonNm", "NamePerson", "PersonName", "Name/NamePerson"),
    **_name("business", "BusinessName", "NameBusiness", "Name/NameBusiness"),
    "role": ("TitleTxt", "Title"),
    "hours_per_week": ("AverageHoursPerWeekRt", "AverageHrsPerWkDevotedToPosRt", "AverageHoursPerWeek",
                       "AvgHoursPerWkDevotedToPosition"),
    "director": ("IndividualTrusteeOrDirectorInd", "IndividualTrusteeOrDirector"),
    "institution": ("InstitutionalTrusteeInd", "InstitutionalTrustee"),
    "officer": ("OfficerInd", "Officer"),
    "key_employee": ("KeyEmployeeInd", "KeyEmployee"),
    "highest_paid": ("HighestCompensatedEmployeeInd", "HighestCompensatedEmployee"),
    "former": ("FormerOfcrDirectorTrusteeInd", "Former"),
}  # fmt: skip
"""Under one element of `PEOPLE_GROUPS`. Pay and addresses are not read."""

PAID_GROUPS = tuple(
    f"{part}/{group}" for part in _SUPPLEMENTS for group in ("GrantOrContributionPdDurYrGrp", "GrantOrContriPaidDuringYear")
)
APPROVED_GROUPS = tuple(
    f"{part}/{group}" for part in _SUPPLEMENTS for group in ("GrantOrContriApprvForFutGrp", "GrantOrContriApprovedForFuture")
)
"""Repeated elements of the 990-PF, one a grant: paid during the year, and approved for future payment."""

SCHEDULE_I_GROUPS = ("RecipientTable", "Form990ScheduleIPartII/RecipientTable")
"""Repeated elements under ``Return/ReturnData/IRS990ScheduleI``, one a recipient of more than $5,000."""

GRANT: Paths = {
    **_name("business", "RecipientBusinessName", "RecipientNameBusiness"),
    "person": ("RecipientPersonNm", "RecipientPersonName"),
    "foundation_status": ("RecipientFoundationStatusTxt", "RecipientFoundationStatusCd", "RecipientFoundationStatus"),
    "ein": ("RecipientEIN", "EINOfRecipient"),
    **_address("RecipientUSAddress", "RecipientForeignAddress", "USAddress", "ForeignAddress", "AddressUS", "AddressForeign"),
    "purpose": ("GrantOrContributionPurposeTxt", "PurposeOfGrantOrContribution", "PurposeOfGrantTxt", "PurposeOfGrant"),
    "amount": ("Amt", "Amount", "CashGrantAmt", "AmountOfCashGrant"),
    "noncash": ("NonCashAssistanceAmt", "AmountOfNonCashAssistance"),
}  # fmt: skip
"""Under one element of `PAID_GROUPS`, `APPROVED_GROUPS` or `SCHEDULE_I_GROUPS`."""
