"""A pytest plugin: the end of a run says which tests were skipped and why, so that nobody takes them for passed."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each reason, with the number of tests it kept from running."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("SKIPPED: not checked on this machine", red=True, bold=True)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:4} × {reason}", red=True)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    match report.longrepr:
        case (_, _, str(reason)):
            return reason.removeprefix("Skipped: ")
        case other:
            return str(other)
