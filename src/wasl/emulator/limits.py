"""Every bound of the emulator, by name, with its unit and its reason."""

EMULATOR_CUSTOMERS_MAX = 20_000
EMULATOR_THREAD_ENTRIES_MAX = 500
"""What a handset shows of one thread; older entries are forgotten."""
EMULATOR_RECORDS_MAX = 200_000
"""Sends, acknowledgements and deliveries remembered for the tests: several runs of the torture kit."""
EMULATOR_DELIVERIES_WAITING_MAX = 50_000
"""Webhooks not yet acknowledged; beyond it customers are told to wait."""
EMULATOR_CONNECTIONS_MAX = 16
"""Webhooks under way at a time; the HTTP client looks at every idle connection for each request, so more is slower."""
EMULATOR_DELIVERY_TIMEOUT_SECONDS = 20.0
"""Meta names no time; third parties saw 3 to 20 s."""
EMULATOR_RETRY_SECONDS_FIRST = 0.2
EMULATOR_RETRY_SECONDS_MAX = 5.0
"""Meta's retries grow to hours; nobody waits so long in a demo or a test."""
EMULATOR_RETRY_DAYS = 7
"""Meta, "Webhooks": failed deliveries are repeated for up to seven days."""
EMULATOR_CONTROL_BODY_BYTES_MAX = 32 * 1024 * 1024
"""Ten webhooks of the largest size in one request of a test."""
EMULATOR_UPDATES_PER_BODY_MAX = 1_000
"""Meta, "Webhooks": updates in one body."""
EMULATOR_MEDIA_BYTES_MAX = 100 * 1024 * 1024
EMULATOR_MEDIA_KEPT_BYTES_MAX = 256 * 1024 * 1024
EMULATOR_MEDIA_URL_SECONDS = 300
"""Meta, "Media": a download address lives five minutes."""
EMULATOR_HOLD_SECONDS_MAX = 120.0
"""The longest silence of a send that is let hang."""
EMULATOR_PAGE_ITEMS_MAX = 10_000
EMULATOR_WAIT_SECONDS_MAX = 60.0
"""How long a control call may wait for an acknowledgement."""
EMULATOR_STREAM_PAUSE_SECONDS = 0.15
"""Handset pages are told of changes at most this often."""
EMULATOR_MESSAGES_PER_CALL_MAX = 1_000
EMULATOR_COPIES_MAX = 100
"""How many times one webhook may be sent on purpose."""
EMULATOR_CAST_MESSAGES_MAX = 2_000
"""What the demo's customers write by themselves: some three hours; their answers go on."""
