"""A node starts with other limits, and its wall clock jumps while the monotonic one goes on."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import orjson

from wasl import limits
from wasl.torture.tight import TIGHT_LIMITS


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_a_limit_that_there_is_not_is_refused() -> None:
    done = started("-m", "wasl.torture.entry", "--help", TORTURE_LIMITS='{"RING_SIZE": 3}')
    assert (done.returncode, done.stderr) == (2, "TORTURE_LIMITS: There is no limit RING_SIZE in wasl.limits.\n")


def test_a_limit_of_another_kind_is_refused() -> None:
    done = started("-m", "wasl.torture.entry", "--help", TORTURE_LIMITS='{"SEND_LEASE_SECONDS": 1.5}')
    assert done.stderr == "TORTURE_LIMITS: SEND_LEASE_SECONDS is a whole number, not 1.5.\n"


def test_limits_are_others_where_they_are_used() -> None:
    program = (
        "import os, json; from wasl.torture.entry import replace_limits;"
        "replace_limits(json.loads(os.environ['TORTURE_LIMITS']));"
        "from wasl.store.attempts import SEND_LEASE_SECONDS; from wasl.settings import Settings;"
        "print(SEND_LEASE_SECONDS, Settings().streams_per_operator)"
    )
    asked = orjson.dumps({**TIGHT_LIMITS, "STREAMS_PER_OPERATOR": 7}).decode()
    assert started("-c", program, TORTURE_LIMITS=asked).stdout == "6 7\n"


def test_the_limits_of_a_run_keep_what_they_must() -> None:
    tight = {name: TIGHT_LIMITS.get(name, value) for name, value in vars(limits).items() if name.isupper()}

    def rising(*names: str) -> bool:
        values = [tight[name] for name in names]
        return all(before < after for before, after in itertools.pairwise(values))

    assert rising("RING_FILLED_EVENTS", "RING_FRAMES_MAX", "REPLAY_EVENTS_MAX", "EVENTS_KEPT_MIN")
    assert rising("SEND_CONNECT_SECONDS_MAX", "SEND_TOTAL_SECONDS_MAX", "SEND_STOP_SECONDS", "SEND_LEASE_SECONDS")
    assert rising("SEND_LEASE_SECONDS", "SEND_UNKNOWN_BLOCKS_SECONDS")
    assert rising(
        "DATABASE_TRANSACTION_IDLE_SECONDS_MAX",
        "DATABASE_LOCK_SECONDS_MAX",
        "JOURNAL_ANSWER_SECONDS_MAX",
        "DATABASE_STATEMENT_SECONDS_MAX",
        "DATABASE_SILENT_SECONDS_MAX",
    )
    assert rising("NODE_PULSE_SECONDS", "NODE_RETURNED_SECONDS", "NODE_SILENT_SECONDS_MAX")
    assert rising("HOUSEKEEPING_SECONDS", "DUTY_SECONDS")


def test_the_wall_clock_jumps_and_the_other_does_not(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_bytes(bytes(8))
    program = (
        "import sys, time; from pathlib import Path; from wasl.torture.entry import shift_clock;"
        "shift_clock(Path(sys.argv[1]));"
        "from datetime import UTC, datetime; from wasl.clock import now_ms, monotonic;"
        "before = now_ms(), time.time(), datetime.now(UTC), monotonic();"
        "file = open(sys.argv[1], 'r+b');"
        "file.write((-3_600_000).to_bytes(8, sys.byteorder, signed=True)); file.flush();"
        "after = now_ms(), time.time(), datetime.now(UTC), monotonic();"
        "print(round((after[0] - before[0]) / 1e5), round((after[1] - before[1]) / 100),"
        " round((after[2] - before[2]).total_seconds() / 100), round((after[3] - before[3]) / 100),"
        " isinstance(before[2], datetime), issubclass(type(before[2]), datetime))"
    )
    done = started("-c", program, str(clock))
    assert done.stdout == "-36 -36 -36 0 True True\n", done.stderr


def test_without_the_file_the_clock_is_right(tmp_path: Path) -> None:
    done = started("-m", "wasl.torture.entry", "--help", TORTURE_CLOCK=str(tmp_path / "none"))
    assert done.returncode == 0
