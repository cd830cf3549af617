"""Limits of how statuses without a name are joined to messages, of the work on files, of the assistant's turns, and of
what an account knows; each with its unit and its reason.
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

# The assistant's turns
TURN_LEASE_SECONDS = 120
"""How long a turn may take whose node lives: several calls of the model, each with its own time-out. Of a node that
dies another takes it within seconds."""
TURN_BROKEN_SECONDS = 5
"""When a node takes a turn again that broke off under its own hands, as when the database was gone for a moment: not at
once, since what broke it off may do so again."""
TURN_ATTEMPTS_MAX = 3
"""A turn that breaks off so often, because its node dies each time, is for a person."""
DRAFT_MESSAGES_MAX = 50
"""Messages after a question that are looked through for what a person answered; more are about something else."""

LAST_WORDS_MAX = 20
"""Newest messages among which a silent conversation's last word is looked for: the others are lines of Wasl's own."""
TURNS_TRACED_MAX = 10
"""Turns about one message that its trace tells of: each but the last was begun in vain."""

TURNS_ABOUT_A_MESSAGE_MAX = 100
"""Turns that are looked through for what a customer took back: in the shadow each further message makes one more."""

PAST_CONVERSATIONS_AT_ONCE = 100
"""Conversations read at a time for an evaluation, with the messages of each after them."""
PAST_MESSAGES_MAX = 500
"""Newest messages of a conversation that an evaluation asks about: no customer should outweigh all the others."""

# Knowledge
ENTRIES_PER_ACCOUNT = 50_000
"""Living entries, passages of documents included: so many are searched in some 50 ms and take some 150 MB of memory."""
ENTRY_QUESTION_CHARACTERS_MAX = 500
"""Of a question, or of another way to ask it: nobody asks a longer one twice."""
ENTRY_ANSWER_CHARACTERS_MAX = 4_000
"""What one message to a customer holds."""
ENTRY_PHRASINGS_MAX = 50
ENTRY_LANGUAGES_MAX = 10
TOPIC_CHARACTERS_MAX = 60
"""Of a topic, as a list shows it."""
TOPICS_LISTED_MAX = 500
ENTRY_CHANGES_LISTED_MAX = 100
"""Changes of one entry that are shown, the newest."""
ENTRY_WORDS_SEARCHED_MAX = 8
"""Words of a search; each is looked for in every entry."""
ENTRIES_LOOKED_AT_FOR_TWINS = 20
"""Newest entries among which one is looked for that was sent a moment ago: a request may come twice."""
DOCUMENTS_PER_ACCOUNT = 1_000
DOCUMENT_PASSAGES_MAX = 5_000
"""Of one document: they come in one transaction, for which customers who write meanwhile wait."""
DOCUMENT_NAME_CHARACTERS_MAX = 240
ENTRIES_IMPORTED_PER_CHANGE = 200
"""Of a file of entries, for the same reason."""
UNGROUPED_PER_GATHERING = 500
"""Questions whose group is looked for at a time; the rest follow at once."""
GROUPS_COMPARED_MAX = 2_000
"""Groups that a question may join, the newest."""
GROUPS_LISTED_MAX = 30
"""Groups that a page shows, the largest: each is looked up in the knowledge."""
GROUPS_COUNTED_MAX = 20_000
"""Open questions that are counted, of the newest groups."""
GROUP_EXAMPLES_MAX = 5
GROUP_REST_DAYS = 30
"""How long a question that was dismissed does not come back, however often it is asked."""
REPORT_ANSWERS_MAX = 200_000
"""Answers that a report counts, the newest: three months of a busy account, in some 200 ms."""
