"""A file is read in one sitting and a function fits the screen."""

from house.sources import functions, name_of, written

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50


def test_no_file_is_longer_than_one_sitting() -> None:
    files = written(".py", ".ts", ".tsx", ".css", ".js", ".mjs", ".sql", ".sh", ".html")
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_every_function_fits_the_screen() -> None:
    lengths = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in written(".py")
        for node in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX} == {}
