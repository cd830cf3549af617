"""`wasl serve`, `wasl demo` and `wasl emulator`: what runs until it is told to stop."""

import argparse
import asyncio
import gc
import tempfile
from pathlib import Path

from wasl.cli.ask import add_secret_option, ask_secret
from wasl.cli.commands import Commands
from wasl.settings import Settings

EMULATOR_PORT = 8001
SECRETS = {
    "app-secret": "WASL_CHANNEL_APP_SECRET",
    "verify-token": "WASL_CHANNEL_VERIFY_TOKEN",
    "access-token": "WASL_CHANNEL_ACCESS_TOKEN",
}
"""What the emulator must know of a number, and where the command that connects it takes it from too."""

# The server and the emulator are imported when they are asked for, and not for the help of all three.
# ruff: noqa: PLC0415


def add_commands(commands: Commands) -> None:
    """Add the three."""
    parser = commands.add_parser("serve", help="run the server", description=_serve.__doc__)
    parser.set_defaults(run=_serve)
    parser = commands.add_parser("demo", help="try everything on this machine", description=_demo.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="of the dashboard (default %(default)s)")
    parser.add_argument("--emulator-port", type=_port, default=EMULATOR_PORT, help="(default %(default)s)")
    parser.add_argument("--data-dir", type=Path, help="keep the demo's data there (default: forgotten at the end)")
    parser.set_defaults(run=_demo)
    parser = commands.add_parser("emulator", help="run the WhatsApp emulator alone", description=_emulator.__doc__)
    _add_emulator_options(parser)
    parser.set_defaults(run=_emulator)


def _add_emulator_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=_port, default=EMULATOR_PORT, help="(default %(default)s)")
    parser.add_argument("--phone-number-id", help="begin with this business number; more through its control API")
    parser.add_argument("--display-phone-number", default="9611555010", help="of that number (default %(default)s)")
    parser.add_argument(
        "--webhook-url",
        default="http://127.0.0.1:8000/webhooks/meta",
        help="where its webhooks go (default %(default)s)",
    )
    parser.add_argument("--lively", action="store_true", help="customers write by themselves")
    for name, variable in SECRETS.items():
        add_secret_option(parser, name, variable)


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    """Run the server until SIGTERM or Ctrl+C. It obeys the WASL_* settings."""
    gc.disable()  # Looking for cycles in what is only being loaded is a fifth of the start; `serve` begins it again.
    from wasl.server import serve

    return serve(settings)


def _demo(asked: argparse.Namespace, settings: Settings) -> int:
    """Run the whole system on this machine: server, an emulated WhatsApp, and customers who write."""
    from wasl.demo import run_demo

    # Whatever the environment says of a real installation: its database never gets a demo's account.
    apart: dict[str, object] = {"database_url": None, "redis_url": None, "secret_key": None, "public_url": None}
    # Who tries it out is whoever runs it: a model beside it may be tried, too.
    apart |= {"host": asked.host, "port": asked.port, "model_origins": "*"}
    if asked.data_dir is not None:
        return run_demo(settings.model_copy(update=apart | {"data_dir": asked.data_dir}), asked.emulator_port)
    with tempfile.TemporaryDirectory(prefix="wasl-demo-", ignore_cleanup_errors=True) as folder:
        print("The demo's data live in a temporary folder and go with it; --data-dir keeps them.", flush=True)
        return run_demo(settings.model_copy(update=apart | {"data_dir": Path(folder)}), asked.emulator_port)


def _emulator(asked: argparse.Namespace, _: Settings) -> int:
    """Run a WhatsApp Cloud API for trying and testing, with a phone to play customers on. Keep it off public networks:
    it has no login."""
    from uvicorn.loops.auto import auto_loop_factory

    from wasl.emulator.app import serve
    from wasl.emulator.numbers import BusinessNumber, digits_of
    from wasl.emulator.whatsapp import EmulatorConfig

    numbers: tuple[BusinessNumber, ...] = ()
    if asked.phone_number_id:
        secrets = {name.replace("-", "_"): ask_secret(asked, name, variable) for name, variable in SECRETS.items()}
        shown = digits_of(asked.display_phone_number)
        numbers = (BusinessNumber(asked.phone_number_id, shown, webhook_url=asked.webhook_url, **secrets),)

    def started(port: int) -> None:
        print(
            f"The emulator's API is http://{asked.host}:{port}, its phone is the page of the same address.", flush=True
        )

    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        config = EmulatorConfig(numbers=numbers, lively=asked.lively)
        runner.run(serve(asked.host, asked.port, config, started=started))
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


_port.__name__ = "port"  # What argparse calls it when it is none.
