"""Reports: notebooks with parameters, run by papermill, left as HTML, PDF, the executed notebook, and data files."""

from catalynx.reports.catalogue import Parameter, Report, check_parameters, report, reports
from catalynx.reports.exporting import write_csv, write_xlsx
from catalynx.reports.printing import chromium_path
from catalynx.reports.running import Made, made_reports, profiles_of_reports, remove_reports, run_report

__all__ = [
    "Made",
    "Parameter",
    "Report",
    "check_parameters",
    "chromium_path",
    "made_reports",
    "profiles_of_reports",
    "remove_reports",
    "report",
    "reports",
    "run_report",
    "write_csv",
    "write_xlsx",
]
