from report_cases import effects, make_scored, margins, report, scored, scores  # noqa: F401
