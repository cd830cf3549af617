"""Logs and metrics. A log line holds ids, kinds, counts and times; never a text of a message, never a secret."""

import atexit
import logging
import sys
import threading
from typing import IO, Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FLUSH_SECONDS = 0.1


class LineWriter:
    """Collects lines and writes them ten times a second: one system call for many lines of a busy second.

    Lines of warnings and worse are written at once. A crash may cost the last tenth of a second of the log, never data.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._lines: list[bytes] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wasl-log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def msg(self, line: bytes) -> None:
        """Write one line, soon."""
        self._lines.append(line)

    debug = info = msg

    def at_once(self, line: bytes) -> None:
        """Write one line, now."""
        self._lines.append(line)
        self.flush()

    warning = error = critical = fatal = exception = at_once

    def flush(self) -> None:
        """Write all that has been collected."""
        with self._lock:
            lines, self._lines = self._lines, []
            if lines and not self._out.closed:
                self._out.write(b"\n".join(lines) + b"\n")
                self._out.flush()

    def close(self) -> None:
        """Stop the thread after a last flush."""
        self._stop.set()
        self.flush()

    def _run(self) -> None:
        while not self._stop.wait(_FLUSH_SECONDS):
            if self._lines:
                self.flush()


def configure_logs(level: str = "info", form: str = "json", out: IO[bytes] | None = None) -> None:
    """Set up the program's log: JSON lines to `out` (standard output), or coloured ones for a person
    (`form="console"`)."""
    minimum = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if form == "console":
        processors, factory = [*shared, structlog.dev.ConsoleRenderer()], structlog.PrintLoggerFactory(sys.stdout)
    else:
        writer = LineWriter(out or sys.stdout.buffer)
        processors = [*shared, structlog.processors.JSONRenderer(serializer=_dumps)]
        factory = lambda *_: writer  # type: ignore[assignment] # noqa: E731
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )


def _dumps(value: Any, **_: Any) -> bytes:
    return orjson.dumps(value, default=str)


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The figures at `/metrics`: arrive, save, see, send. One object per application, so that tests do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter("wasl_webhooks", "Webhook requests by outcome", ["outcome"], registry=self.registry)
        self.webhook_seconds = Histogram(
            "wasl_webhook_seconds", "From a webhook's arrival to its answer", registry=self.registry, buckets=_FAST
        )
        self.commits = Counter("wasl_commits", "Transactions of the journal", registry=self.registry)
        self.changes = Counter("wasl_changes", "Changes that the journal committed", registry=self.registry)
        self.commit_seconds = Histogram(
            "wasl_commit_seconds", "One transaction of the journal", registry=self.registry, buckets=_FAST
        )
        self.streams = Gauge("wasl_streams", "Open event streams", registry=self.registry)
        self.deliveries = Counter("wasl_deliveries", "Event frames written to streams", registry=self.registry)
        self.resyncs = Counter("wasl_resyncs", "Clients told to reload", ["reason"], registry=self.registry)
        self.replays = Counter("wasl_replays", "Catch-ups served", ["source"], registry=self.registry)
        self.sends = Counter("wasl_sends", "Attempts to send by outcome", ["outcome"], registry=self.registry)
        self.logins = Counter("wasl_logins", "Logins by outcome", ["outcome"], registry=self.registry)
        self.ledger = Gauge("wasl_ledger", "Updates by what became of them", ["entry"], registry=self.registry)
        self.synchronous_full = Gauge(
            "wasl_database_synchronous_full", "1 when every commit reaches the disk", registry=self.registry
        )
