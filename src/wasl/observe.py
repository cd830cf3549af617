"""Logs and metrics. A log line holds ids, kinds, counts and times; never a text of a message, never a secret."""

import atexit
import json
import logging
import sys
import threading
from bisect import bisect_left
from collections.abc import Iterator, MutableMapping
from itertools import accumulate
from typing import IO, Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from wasl.clock import iso, now_ms

_FLUSH_SECONDS = 0.1
_LIBRARY_LINE_CHARACTERS_MAX = 200


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
    processors: list[Any] = [_json_line]
    writer = LineWriter(out or sys.stdout.buffer) if form == "json" else None
    if writer is None:
        processors = [
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(),
        ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout) if writer is None else lambda *_: writer,
        cache_logger_on_first_use=True,
    )
    for old in [handler for handler in logging.root.handlers if isinstance(handler, LibraryLines)]:
        logging.root.removeHandler(old)
    logging.root.addHandler(LibraryLines(logging.WARNING))


class LibraryLines(logging.Handler):
    """What libraries complain of becomes lines of our log: which library, the fixed part of its first line, the error's
    type and its place. What a library puts in, and an error's text, may be anybody's words, and stay out."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record down."""
        said = str(record.msg).partition("\n")[0][:_LIBRARY_LINE_CHARACTERS_MAX]
        error = record.exc_info[1] if record.exc_info else None
        raised = {"error": type(error).__name__, "at": place_of(error)} if error is not None else {}
        log.log(record.levelno, "library complains", library=record.name, said=said, **raised)


def place_of(error: BaseException) -> str:
    """Where an error was raised: file and line."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _json_line(logger: Any, level: str, fields: MutableMapping[str, Any]) -> bytes:
    """One processor in the place of four: a line is written for every message that is saved."""
    fields["level"] = level
    fields["timestamp"] = iso(now_ms())
    if fields.get("exc_info"):
        structlog.processors.format_exc_info(logger, level, fields)
    try:
        line = orjson.dumps(fields, default=str)
    except TypeError:  # Half a character, or a number beyond 64 bits: json writes those too.
        return json.dumps(fields, default=str).encode()
    # Some readers take U+2028 or U+0085 for the end of a line, and some screens U+009B for an order: escaped, nothing
    # that anybody sends can look like a line of ours.
    return line if line.isascii() else json.dumps(fields, default=str).encode()


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Times(Collector):
    """A histogram of seconds for the hot path, written by one thread: the library's own costs ten times as much."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text
        self._counts = [0] * (len(_FAST) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect_left(_FAST, seconds)] += 1
        self._sum += seconds

    def collect(self) -> Iterator[Metric]:
        """The histogram as Prometheus counts: every bucket holds the ones below it."""
        sums = list(accumulate(self._counts))
        buckets = [(str(bound), float(count)) for bound, count in zip((*_FAST, "+Inf"), sums, strict=True)]
        yield HistogramMetricFamily(self._name, self._text, buckets=buckets, sum_value=self._sum)


class Tally(Collector):
    """A counter by labels for the hot path, written by one thread."""

    def __init__(self, name: str, text: str, *labels: str) -> None:
        self._name, self._text, self._labels = name, text, labels
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, *values: str) -> None:
        """Count one; there is a value for each label."""
        self._counts[values] = self._counts.get(values, 0) + 1

    def collect(self) -> Iterator[Metric]:
        """The counter with a sample for each of the values that were counted."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for values, count in self._counts.items():
            family.add_metric(values, count)
        yield family


class Metrics:
    """The figures at `/metrics`: arrive, save, see, send. One object per application, so that tests do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Tally("wasl_webhooks", "Webhook requests by outcome", "outcome")
        self.webhook_seconds = Times("wasl_webhook_seconds", "From a webhook's arrival to its answer")
        self.commits = Counter("wasl_commits", "Transactions of the journal", registry=self.registry)
        self.changes = Counter("wasl_changes", "Changes that the journal committed", registry=self.registry)
        self.commit_seconds = Times("wasl_commit_seconds", "One transaction of the journal")
        self.streams = Gauge("wasl_streams", "Open event streams", registry=self.registry)
        self.deliveries = Counter("wasl_deliveries", "Event frames written to streams", registry=self.registry)
        self.resyncs = Counter("wasl_resyncs", "Clients told to reload", ["reason"], registry=self.registry)
        self.replays = Counter("wasl_replays", "Catch-ups served", ["source"], registry=self.registry)
        self.log_reads = Counter("wasl_log_reads", "Reads of an account's log, for all streams", registry=self.registry)
        self.stalled = Counter("wasl_stalled_readers", "Streams cut for not reading", registry=self.registry)
        self.sends = Counter("wasl_sends", "Attempts to send by outcome", ["outcome"], registry=self.registry)
        self.files = Counter(
            "wasl_files", "Customers' files by what became of them", ["outcome"], registry=self.registry
        )
        self.signals = Counter("wasl_signals", "Reactions and receipts by outcome", ["outcome"], registry=self.registry)
        self.turns = Counter("wasl_turns", "The assistant's turns by outcome", ["outcome"], registry=self.registry)
        self.heard = Tally(
            "wasl_heard", "Customers' messages by language and mood of their conversation", "language", "sentiment"
        )
        self.logins = Counter("wasl_logins", "Logins by outcome", ["outcome"], registry=self.registry)
        self.ledger = Gauge("wasl_ledger", "Updates by what became of them", ["entry"], registry=self.registry)
        self.bus_healthy = Gauge("wasl_bus_healthy", "1 when hints of other nodes arrive", registry=self.registry)
        self.bus_hints = Counter(
            "wasl_bus_hints", "Hints between nodes by outcome", ["outcome"], registry=self.registry
        )
        self.nodes = Gauge("wasl_nodes", "Nodes alive as far as this one knows", registry=self.registry)
        self.synchronous_full = Gauge(
            "wasl_database_synchronous_full", "1 when every commit reaches the disk", registry=self.registry
        )
        for collector in (self.webhooks, self.webhook_seconds, self.commit_seconds, self.heard):
            self.registry.register(collector)
