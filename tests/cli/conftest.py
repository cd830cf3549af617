"""The command as a person types it, inside the test's process."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
import structlog

from wasl.cli import main
from wasl.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str


Wasl = Callable[..., Said]


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A command sets up the log of its process: here that is everybody's, so it is put back."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def wasl(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Wasl:
    """Runs `wasl` with the settings of the test's installation."""
    assert settings.secret_key is not None
    monkeypatch.setenv("WASL_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("WASL_SECRET_KEY", settings.secret_key.get_secret_value())
    if settings.database_url:
        monkeypatch.setenv("WASL_DATABASE_URL", settings.database_url)

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as left:
            status = int(str(left.code))
        printed = capsys.readouterr()
        return Said(status, printed.out, printed.err)

    return run


@pytest.fixture
def olive(wasl: Wasl, monkeypatch: pytest.MonkeyPatch) -> Wasl:
    """The same, on an installation with an account, an operator and a number, made as docs/running.md says."""
    monkeypatch.setenv("WASL_OPERATOR_PASSWORD", "olives and cedars")
    monkeypatch.setenv("WASL_CHANNEL_APP_SECRET", "olive-app-secret")
    monkeypatch.setenv("WASL_CHANNEL_VERIFY_TOKEN", "olive-verify-token")
    monkeypatch.setenv("WASL_CHANNEL_ACCESS_TOKEN", "olive-access-token")
    made = [
        wasl("account", "create", "Olive Bakery"),
        wasl("operator", "add", "rana@olive.example", "--account", "Olive Bakery", "--role", "owner", "--name", "Rana"),
        wasl(
            *("channel", "add", "--account", "1", "--provider", "meta", "--phone-number-id", "155501"),
            *("--display-phone-number", "+961 3 000 100", "--name", "Shop", "--api-base-url", "http://127.0.0.1:9"),
        ),
    ]
    assert [said.status for said in made] == [0, 0, 0], made
    return wasl
