"""Limits of how statuses without a name are joined to messages, and of the work on files; each with its unit and its
reason.
"""

STATUS_JOIN_BEFORE_SECONDS = 10
"""How much earlier than we sent a message WhatsApp's clock may say that something happened to it."""
STATUS_JOIN_AFTER_SECONDS = 300
"""How long after a message a status that names only its customer may be about it. Real ones were told after 5 to 31 s;
later ones are more probably about what another program sent."""
STATUS_JOIN_SAME_SECONDS = 3
"""How long after a message its statuses are as near to it as can be: of several messages the first is told of first."""
STATUS_JOIN_MESSAGES_MAX = 50
"""Newest messages of a conversation that such a status may be about: more than a customer may get in that time."""
STATUS_JOIN_WAITING_MAX = 200
"""Statuses to one customer that are looked at for it."""

# Files
MEDIA_DOWNLOAD_SECONDS_MAX = 270
"""How long a file may come from its provider: the largest at 3 Mbit/s."""
MEDIA_LEASE_SECONDS = 480
"""How long fetching one file may take, with the wait until it is its turn to be looked at; then another node may."""
MEDIA_ATTEMPTS_MAX = 30
"""Over some twenty hours; ids are good for seven days, so an operator may ask again after that."""
MEDIA_PAUSE_SECONDS_MAX = 3600
"""Between two attempts; the first pauses double."""
MEDIA_FETCHES_AT_ONCE = 16
"""Files that come slowly hold up no others, and each is on the disk and not in memory."""
MEDIA_LOOK_SECONDS = 1.0
"""How often is asked whether a file is due, when nothing was heard."""

UPLOADS_OUT_AT_ONCE = 8
"""Files that one node brings to providers at a time; the other messages go on meanwhile."""
UPLOAD_LEASE_SECONDS = 20
"""How long bringing a file may go without a sign; then another node begins anew."""
UPLOAD_LOOK_SECONDS = 2
"""When to look again whether somebody has brought it."""
PROVIDER_FILE_SECONDS = 25 * 24 * 3600
"""Meta, "Media": what was uploaded is kept for 30 days."""
