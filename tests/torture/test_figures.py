"""What nodes count is summed over their processes, each of which counts from 0."""

from wasl.torture.figures import FORSAKEN, Figures, figures_of

PAGE = b"""# HELP wasl_sends what became of sends
wasl_sends_total{outcome="accepted"} 57.0
wasl_sends_total{outcome="interrupted"} 2.0
wasl_sends_created{outcome="interrupted"} 1.7e9
wasl_streams 4.0
wasl_seconds_bucket{le="1"} 3.0
wasl_seconds_count 3.0
"""


def test_a_page_is_read_without_its_buckets() -> None:
    assert set(figures_of(PAGE)) == {
        'wasl_sends_total{outcome="accepted"}',
        'wasl_sends_total{outcome="interrupted"}',
        'wasl_sends_created{outcome="interrupted"}',
        "wasl_streams",
        "wasl_seconds_count",
    }


def test_the_last_page_of_each_process_counts() -> None:
    figures = Figures()
    assert figures(*FORSAKEN) == 0
    figures.hear("node-0", 11, {})
    figures.hear("node-0", 11, figures_of(PAGE))
    figures.hear("node-0", 12, figures_of(PAGE))
    figures.hear("node-1", 11, {"wasl_streams": 1.0})
    assert (figures.processes, figures(*FORSAKEN), figures("wasl_sends"), figures("wasl_streams")) == (3, 4, 118, 9)
