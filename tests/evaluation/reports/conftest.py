from report_cases import make_scored, report, scored, scores  # noqa: F401
