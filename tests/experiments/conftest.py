from report_cases import report, scores  # noqa: F401
