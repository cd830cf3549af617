"""The closing line of bin/test tells the truth, also about a runner that died."""

from pathlib import Path

import pytest

import tally

CASES = {
    "passed": "<testcase/>",
    "failed": "<testcase><failure/></testcase>",
    "broke": "<testcase><error/></testcase>",
    "skipped": "<testcase><skipped/></testcase>",
}


def report(folder: Path, name: str, *cases: str) -> str:
    path = folder / f"{name}.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(CASES[case] for case in cases)}</testsuite></testsuites>")
    return str(path)


def test_it_adds_up_what_every_runner_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [report(tmp_path, "python", "passed", "passed", "skipped"), report(tmp_path, "dashboard", "passed")]
    assert tally.main(paths) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed, 1 skipped\n"


def test_a_failure_and_a_broken_fixture_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tally.main([report(tmp_path, "python", "passed", "failed", "broke")]) == 1
    assert capsys.readouterr().out == "1 passed, 2 failed, 0 skipped\n"


@pytest.mark.parametrize("cases", [(), ("skipped",)])
def test_a_runner_that_ran_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cases: tuple[str, ...]
) -> None:
    assert tally.main([report(tmp_path, "python", "passed"), report(tmp_path, "dashboard", *cases)]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 passed, 1 failed")


def test_a_runner_that_died_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tally.main([report(tmp_path, "python", "passed"), str(tmp_path / "dashboard.xml")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"
