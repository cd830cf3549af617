"""What the machines on a real database share."""

from collections.abc import Iterator

import pytest

from machines.installation import Installation, an_installation


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with an_installation() as found:
        yield found
