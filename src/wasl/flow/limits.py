"""Limits of what stands in this folder alone, each with its unit and its reason."""

TEMPLATES_SYNC_SECONDS = 3600.0
"""How old a list of templates may become. Meta, "Business management rate limits": 200 calls an hour for an account
that sends nothing, and a list takes one for each hundred templates."""
TEMPLATES_LOOK_SECONDS = 30.0
"""How often is asked which lists are that old; so long a new number waits for its first one."""
TEMPLATES_GATHER_SECONDS = 3.0
"""After a webhook about templates others follow: one for each, when a business changes many."""
TEMPLATES_REFRESHED_SECONDS = 10.0
"""A list that was asked for within this time is not asked for again because somebody presses a button."""
OUTBOX_PAUSE_SECONDS = 0.005
"""Between two looks at least: at a thousand messages a second each look finds a handful, and few are made in vain."""
OUTBOX_BUSY_MIN = 32
OUTBOX_BUSY_PAUSE_SECONDS = 0.02
"""From so many requests under way on, so long between two looks and before an outcome is written down: what is claimed
or settled together is one commit, and a commit costs as much as the rest of a message."""
OUTBOX_PAGES_MAX = 50
"""So many times `SEND_CLAIM_MAX` messages are looked through for some that need not wait for their customer's pace."""
CONVERSATION_CHANNELS_REMEMBERED_MAX = 10_000
"""Conversations whose channel a node need not look up again for each reply; a megabyte or two."""
FORSAKEN_LOOK_SECONDS = 0.5
"""How often is looked for attempts whose maker died: that is a matter of seconds, by their lease."""
IMPORTED_NAME_CHARACTERS_MAX = 200
MESSAGE_ID_CHARACTERS_MAX = 512
"""Meta's ids have around 60; an index holds them all."""
REPLAY_BODIES_PER_READ = 100
"""Kept bodies held at a time by a replay; each has at most 3 MB, nearly all have one."""
DISK_FREE_BYTES_MIN = 1024**3
CLOCK_DIFFERENCE_SECONDS_MAX = 5
DOCTOR_REQUEST_SECONDS = 5.0
DOCTOR_READ_SECONDS_MAX = 600.0
"""It counts what nobody counts at a screen."""
SIGNALS_AT_ONCE = 8
TYPING_AT_ONCE = 32
"""Signs of typing under way; one more is for nobody by the time it arrives."""
SIGNAL_LOOK_SECONDS = 1.0
