"""A report as one HTML page that opens offline."""

from kerascls.evaluation.reports.html.page import report_html, write_report_html

__all__ = ["report_html", "write_report_html"]
