"""The report of a search as one HTML file."""

from mlpkit.tuning.results.report.render import render_report

__all__ = ["render_report"]
