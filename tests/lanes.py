"""A pytest plugin: with `-n 2` the slow tests run one after the other in one process, the rest file by file in another.

A slow test measures, freezes and kills, so no second one may do so beside it; and the files keep what they set up once.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what belongs together, and let the long lane begin first."""
    if not config.pluginmanager.hasplugin("dsession") and not hasattr(config, "workerinput"):
        return
    items.sort(key=lambda item: not _is_slow(item))
    for item in items:
        item.add_marker(pytest.mark.xdist_group("slow" if _is_slow(item) else str(item.path)))


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None
