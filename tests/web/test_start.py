"""A node that cannot start says why in one line before it ends."""

import pytest
from structlog.testing import capture_logs

from wasl.app import build_app
from wasl.errors import Unavailable
from wasl.settings import Settings
from wasl.store.team import Team
from web.conftest import living

pytestmark = pytest.mark.anyio


async def test_a_database_that_goes_away_while_a_node_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: Team) -> bool:
        raise Unavailable("The database does not answer.")

    application = build_app(settings)
    monkeypatch.setattr(Team, "refresh", away)
    with capture_logs() as logs, pytest.raises(Unavailable):
        async with living(application.asgi):
            raise AssertionError("it started")
    said = [(line["event"], line["code"]) for line in logs if line["event"] == "not started"]
    assert said == [("not started", "unavailable")]
    await application.parts.journal.close()
    application.parts.database.close()
    await application.parts.providers.close()
    await application.parts.cellar.close()
