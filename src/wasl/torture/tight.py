"""The limits of a run: hours of a quiet installation's life within a minute, in the proportions that limits.py demands.

A cache is made so small that it is always too small, a patience so short that each fault outlasts it. What is an
integer in limits.py stays one.
"""

from collections.abc import Mapping

TIGHT_LIMITS: Mapping[str, float | tuple[float, ...]] = {
    # Every reader is behind the ring now and then, and behind the log's beginning.
    "RING_FRAMES_MAX": 16,
    "RING_FILLED_EVENTS": 4,
    "REPLAY_EVENTS_PER_READ": 50,
    "LOG_READ_EVENTS": 50,
    "REPLAY_EVENTS_MAX": 200,  # fewer than are kept
    "EVENTS_KEPT_MIN": 300,
    "EVENTS_KEPT_HOURS": 0,
    "TRIM_EVENTS_PER_CHANGE": 200,
    "HOUSEKEEPING_SECONDS": 2.0,
    "STRETCH_KEPT_SECONDS": 1.0,
    # Some hints carry their events, others only say that there are some.
    "HINT_INLINE_BYTES_MAX": 4 * 1024,
    # What is remembered is forgotten all the time.
    "RECALLED_CONVERSATIONS_MAX": 50,
    "CACHED_PAGES_MAX": 20,
    "JOURNAL_BATCH_CHANGES_MAX": 64,
    "CHECKPOINT_CHANGES": 100,
    "CHECKPOINT_SECONDS": 0.5,
    "EVENTS_RENEWED_PER_CHANGE": 100,
    # Whoever does not read or answer is given up within a fault's time.
    "STREAM_STALL_SECONDS": 3.0,
    "SOCKET_PING_SECONDS": 5.0,
    "SOCKET_PING_TIMEOUT_SECONDS": 4.0,
    "SOCKET_CONNECT_SECONDS": 5.0,
    "SOCKET_UPGRADE_SECONDS": 5.0,
    # The database: a transaction that says nothing is ended before another waits for its lock in vain, that wait is
    # over before its caller's is, and the statement ends after its caller has gone.
    "DATABASE_CONNECT_SECONDS": 2,
    "DATABASE_TRANSACTION_IDLE_SECONDS_MAX": 2,
    "DATABASE_LOCK_SECONDS_MAX": 3,
    "JOURNAL_ANSWER_SECONDS_MAX": 5.0,
    "READ_SECONDS_MAX": 4.0,
    "DATABASE_STATEMENT_SECONDS_MAX": 6,
    "DATABASE_SILENT_SECONDS_MAX": 12.0,
    "DATABASE_KEEPALIVE_IDLE_SECONDS": 2,
    "DATABASE_KEEPALIVE_INTERVAL_SECONDS": 1,
    "DATABASE_KEEPALIVE_COUNT": 2,
    "DATABASE_UNANSWERED_SECONDS_MAX": 4,
    "JOURNAL_STOP_SECONDS": 3.0,
    # A frozen node is dead to the others before it wakes, and one that was started again has said so twice.
    "NODE_PULSE_SECONDS": 0.7,
    "NODE_ANSWER_SECONDS_MAX": 2.0,
    "NODE_RETURNED_SECONDS": 2.0,
    "NODE_SILENT_SECONDS_MAX": 4.0,
    "DUTY_SECONDS": 6,  # longer than a turn of housekeeping
    # A request ends well inside its lease; nothing waits for longer than the rest of a run.
    "SEND_CONNECT_SECONDS_MAX": 1.0,
    "SEND_POOL_SECONDS_MAX": 1.0,
    "SEND_READ_SECONDS_MAX": 2.5,
    "SEND_TOTAL_SECONDS_MAX": 3.5,
    "SEND_LEASE_SECONDS": 6,
    "SEND_UNKNOWN_BLOCKS_SECONDS": 8,
    "SEND_STOP_SECONDS": 4.0,
    "SEND_RETRY_SECONDS_MAX": 4.0,
    "SEND_BUSY_RETRY_SECONDS": 0.5,
    "SEND_PAIR_RETRY_SECONDS": 1.0,
    "SEND_LIMITED_RETRY_SECONDS": 2.0,
    "SEND_HELD_RETRY_SECONDS": 2.0,
    "SEND_RETRY_AFTER_SECONDS_MAX": 3.0,
    "PAIR_SECONDS_PER_MESSAGE": 0.5,
}
TIGHT_ENVIRONMENT: Mapping[str, str] = {"WASL_HEARTBEAT_SECONDS": "0.5", "WASL_STREAM_AGE_SECONDS": "20"}
