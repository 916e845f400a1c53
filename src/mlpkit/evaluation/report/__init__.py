"""A report of one run as one HTML file."""

from mlpkit.evaluation.report.data import HeldBack, ReportData
from mlpkit.evaluation.report.pictures import all_pictures
from mlpkit.evaluation.report.write import render_report, write_report

__all__ = ["HeldBack", "ReportData", "all_pictures", "render_report", "write_report"]
