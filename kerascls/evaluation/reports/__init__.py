"""Numbers to text: tables on the screen, CSV, Markdown, JSON, history and plots."""

from kerascls.evaluation.reports.details import Details, details_of
from kerascls.evaluation.reports.differences import render_difference
from kerascls.evaluation.reports.errors import (
    errors_csv,
    row_losses,
    surprising_rows,
    write_errors,
)
from kerascls.evaluation.reports.history import (
    HISTORY_COLUMNS,
    append_history,
    history_rows,
    read_history,
)
from kerascls.evaluation.reports.html import report_html, write_report_html
from kerascls.evaluation.reports.plots import (
    plot_class_history,
    plot_confusion,
    plot_coverage,
    plot_history,
    plot_pairs,
    plot_precision_recall,
    plot_reliability,
    plot_scores,
    write_plots,
)
from kerascls.evaluation.reports.report import Report, majority_label, majority_scores
from kerascls.evaluation.reports.report_files import (
    report_csv,
    report_json,
    report_markdown,
    write_report,
)
from kerascls.evaluation.reports.rows import Row, report_rows, score_rows
from kerascls.evaluation.reports.rules import decision_line, rule_line
from kerascls.evaluation.reports.tables import (
    baseline_line,
    detail_lines,
    render_report,
    render_table,
)

__all__ = [
    "HISTORY_COLUMNS",
    "Details",
    "Report",
    "Row",
    "append_history",
    "baseline_line",
    "detail_lines",
    "decision_line",
    "details_of",
    "errors_csv",
    "history_rows",
    "majority_label",
    "majority_scores",
    "plot_class_history",
    "plot_confusion",
    "plot_coverage",
    "plot_history",
    "plot_pairs",
    "plot_precision_recall",
    "plot_reliability",
    "plot_scores",
    "read_history",
    "render_difference",
    "render_report",
    "render_table",
    "report_csv",
    "report_html",
    "report_json",
    "report_markdown",
    "report_rows",
    "row_losses",
    "rule_line",
    "score_rows",
    "surprising_rows",
    "write_errors",
    "write_plots",
    "write_report",
    "write_report_html",
]
