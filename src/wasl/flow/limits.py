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
TURNS_AT_ONCE = 32
"""Answers that a node makes at a time: nearly all of that is waiting for a model. An account alone has half."""
TURN_LOOK_SECONDS = 1.0
"""How often is asked whether a turn is due, when nothing was heard."""
TURN_PAUSE_SECONDS = 0.05
"""Between two looks at least: customers who write all the time wake up the assistant with each word."""
TURN_SECONDS_MAX = 90.0
"""How long an answer may be made; a customer has gone by then. Less than its lease."""
AWAY_AGAIN_SECONDS = 7 * 24 * 3600
"""After so long a customer hears again that nobody is there, where the hours tell of no opening at all."""
AWAY_ALWAYS_SECONDS = 24 * 3600
"""Where the hours tell of no closing either, somebody who has written within so long is there all the same."""
QUEUE_LOOK_SECONDS = 60.0
"""How often is looked whose window runs out, who has fallen silent, and what people have sent in a draft's place."""
WAITING_LOOKED_AT_ONCE = 500
"""Customers who wait, read at a time."""
WAITING_HOURS = 48
"""How far back is looked for them: twice a window, so that nothing is missed where a look or two were."""
IDLE_LOOKED_AT_ONCE = 200
"""Silent conversations of an account and a status that are looked at in one turn; some cannot be ended yet."""
DRAFTS_LOOKED_AT_ONCE = 200
"""Drafts that are held against what people sent, in one turn."""
DRAFT_KEPT_SECONDS = 7 * 24 * 3600
"""So long a draft waits for a person's answer; a later one is to something else."""
REPLY_SETTLED_SECONDS = 600
"""When a person has said nothing more for so long, what they sent is their answer."""
CASES_MAX = 20_000
"""Cases of one evaluation: a minute without a model, and with one more than anybody would pay for."""
CASE_FILE_BYTES_MAX = 16 * 1024 * 1024
EVALUATED_AT_ONCE = 4
"""Cases that are thought about at a time: with a model nearly all of it is waiting."""
UNLIKE_BELOW = 40
"""An answer whose agreement with the one that was wanted is less than this said something else."""
CHANGES_AT_ONCE = 50
"""Changes of such a turn that are handed to the journal together: each group is one commit or two."""
PERCEIVE_SECONDS_MAX = 25.0
"""How long a burst's voice notes and pictures may take to be read, the wait for their files included."""
THINK_SECONDS_MAX = 60.0
"""How long the model and its tools may take. Together with the above less than a turn, so that a model that is late
still ends in a hand-over that shows what was found."""
MEDIA_WAIT_SECONDS = 8.0
"""How long a turn waits for a file that is still at the provider: most come within two."""
MEDIA_LOOK_AGAIN_SECONDS = 0.4
VOICE_NOTES_MAX = 5
"""Voice notes of one burst that are written down, the newest."""
VOICE_NOTE_BYTES_MAX = 16 * 1024 * 1024
"""Meta, "Supported media types": the largest audio."""
VOICE_NOTE_BYTES_PER_SECOND = 2_000
"""Of those that telephones record, for a sound of which nobody knows how long it is."""
SOUND_SMALL_BYTES = 1024 * 1024
"""Nearly every voice note: ten minutes of what telephones record. So many bytes of each may be in memory at a time."""
LARGE_SOUNDS_AT_ONCE = 4
"""Larger ones that a node holds in memory at a time, some 64 MB; others wait, and are for a person if that is long."""
VOICE_NOTE_SECONDS_MAX = 600.0
"""Longer ones are for a person: each second is paid for."""
PICTURE_SEEN_SIDE_MAX = 1024
"""Models see no more detail than that, and charge for it."""
PICTURE_SEEN_BYTES_MAX = 512 * 1024
COPILOT_SECONDS_MAX = 30.0
"""How long somebody who pressed a button may wait."""
COPILOT_TEXT_CHARACTERS_MAX = 4_096
"""Of a text that is rewritten: WhatsApp's longest message."""
USE_STOP_SECONDS = 5.0
"""What a stop gives to what must still be counted."""
TYPING_AT_ONCE = 32
"""Signs of typing under way; one more is for nobody by the time it arrives."""
SIGNAL_LOOK_SECONDS = 1.0
DOCUMENT_SECONDS_MAX = 60.0
"""How long a document may take to be read: the longest handbooks take some thirty."""
DOCUMENT_MEMORY_BYTES_MAX = 1 << 30
"""What reading one may take: a spreadsheet holds all of its words at once."""
DOCUMENT_READ_BYTES_MAX = 128 * 1024 * 1024
"""What is made of one: its text twice, as it is kept and as it is searched."""
DOCUMENTS_AT_ONCE = 8
"""Documents that a node takes in at a time; they are read one after another."""
DOCUMENTS_OF_ACCOUNT_AT_ONCE = 2
"""Of these: however slowly an account's come, others get theirs in."""
DOCUMENT_BUSY_SECONDS = 5
"""When whoever was one too many may try again."""
DOCUMENT_CHUNK_BYTES = 1024 * 1024
"""What is written to the disk at a time."""
ENTRIES_LEARNT_AT_ONCE = 200
"""Entries that an index takes up before it looks whether another account's customer waits: some 60 ms."""
TRY_SECONDS_MAX = 60.0
"""How long an answer may be tried out: whoever waits for it sits at a screen."""
