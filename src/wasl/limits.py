"""Every bound of the program, by name, with its unit and its reason."""

# Receiving
WEBHOOK_BODY_BYTES_MAX = 3 * 1024 * 1024
"""Meta, "Webhooks": a payload is at most 3 MB; more is refused with 413."""
REQUEST_BODY_BYTES_MAX = 64 * 1024
"""What the operators' API reads of a body: sixteen times the longest text."""
WEBHOOK_BODIES_BYTES_MAX = 64 * 1024 * 1024
"""What webhooks that are still coming in may hold together, before anybody knows who sends them: twenty of the largest.
Beyond it 503, and the provider sends again; a real one arrives in one piece and does not count."""

# Connections
REQUEST_HEAD_BYTES_MAX = 64 * 1024
"""The request line and the headers; ours stay under 4 KB, a cookie of another program under 8."""
REQUEST_HEAD_SECONDS_MAX = 10.0
"""How long a connection may be open before it has said what it wants, or take to say it."""
REQUEST_SECONDS_MAX = 20.0
REQUEST_BYTES_PER_SECOND_MIN = 8 * 1024
"""A body may take twenty seconds, and more if this much arrives: a telephone far from its mast is faster."""
REQUEST_LINGER_SECONDS = 2.0
"""Who was answered before the end of its body may go on for so long, to come to read the answer."""
REQUESTS_BEGUN_MAX = 5_000
"""Connections that have not asked to the end; beyond it the oldest is cut. Honest ones need milliseconds."""
UNREAD_ANSWERS_MAX = 1_000
"""Connections that do not read their answer, up to some 400 KB each; beyond it the oldest is cut."""

# The journal
JOURNAL_BATCH_CHANGES_MAX = 256
"""Changes per transaction: past this the saved fsync no longer pays for the longer lock."""
JOURNAL_WAITING_CHANGES_MAX = 20_000
"""Changes that may wait; beyond it callers get 503 and the provider delivers again."""
JOURNAL_GATHER_SECONDS = 0.001
"""When several changes wait already, the writer gives the others of that moment this long to join the transaction."""
RECALLED_CONVERSATIONS_MAX = 10_000
"""Conversations that the writer remembers between transactions, about 3 KB each."""
READERS = 4
"""Threads, and connections, that read."""
CHECKPOINT_CHANGES = 500
"""After so many changes SQLite's log is copied into its file: about 5 MB, which keep the disk busy for a moment."""
CHECKPOINT_SECONDS = 2.0
"""So long after fewer, and after those of other processes."""
WAL_BYTES_MAX = 64 * 1024 * 1024
"""Longer than this SQLite's log begins anew as soon as it can: twelve times what is copied at once, so it is seldom."""
CHECKPOINT_HOLD_SECONDS_MIN = 0.002
CHECKPOINT_HOLD_SECONDS_MAX = 0.1
"""How long writers wait then for readers of an older state: as long as most need, and after a wait in vain longer."""

# The database
DATABASE_CONNECT_SECONDS = 5
DATABASE_STATEMENT_SECONDS_MAX = 20
"""Every statement of the store takes milliseconds; one that nobody waits for any more must give its connection back."""
DATABASE_LOCK_SECONDS_MAX = 5
"""How long a change waits for an account's row: longer than a frozen holder keeps it, shorter than its caller waits."""
DATABASE_TRANSACTION_IDLE_SECONDS_MAX = 3
"""A transaction whose node says nothing for so long is ended: a frozen node must not keep an account locked. A living
one needs milliseconds between two statements."""
DATABASE_KEEPALIVE_IDLE_SECONDS = 5
DATABASE_KEEPALIVE_INTERVAL_SECONDS = 2
DATABASE_KEEPALIVE_COUNT = 3
"""A quiet connection whose other side is gone without a word is noticed, by both sides, after some eleven seconds."""
DATABASE_UNANSWERED_SECONDS_MAX = 10
"""The same for one on which bytes wait to be acknowledged (`tcp_user_timeout`)."""
DATABASE_SILENT_SECONDS_MAX = 60.0
"""A call that has no answer for so long gets none: a living server would have ended the statement long before. Then the
connection is cut. A frozen server is waited for until then, because only it can say what became of the call."""
READ_SECONDS_MAX = 10.0
"""How long a caller waits for a read, the wait for a reading thread included; then 503."""
READS_WAITING_MAX = 5_000
"""What the reading threads answer in some five seconds. Beyond it callers get 503 at once."""
READ_STOP_SECONDS = 2.0
"""What reads under way get at a stop."""
JOURNAL_ANSWER_SECONDS_MAX = 15.0
"""How long a caller waits for a commit; then 503, although it may still come. Providers wait about twenty."""
JOURNAL_LOOK_SECONDS = 0.5
"""How often that is looked at."""
JOURNAL_STOP_SECONDS = 5.0
"""What the changes that wait get at a stop; then the connection is cut."""
NODE_PULSE_SECONDS = 2.0
"""How often a node tells the others through the database that it lives."""
NODE_ANSWER_SECONDS_MAX = 5.0
"""How long it waits for the answer."""
NODE_SILENT_SECONDS_MAX = 10.0
"""A node that has said nothing for so long, to one that did all the time, is dead or frozen: what it began to send is
unknown. Long enough for it to lose its connection, wait for a new one, and say something."""
NODE_RETURNED_SECONDS = 5.0
"""The same when a node of its name has started since: two signs of life that did not come are enough."""
DUTY_SECONDS = 900
"""How long a node keeps a duty that it does not renew: longer than the longest time between two turns, so that it stays
with one node, and after that node's death nobody waits for it too long."""
CLOCK_PUT_BACK_SECONDS = 60
"""A time that the database's clock told and that now lies further ahead than this was told before the clock was put
back. Smaller steps only lengthen a pause by as much."""
READY_SECONDS_MAX = 2.0
"""How long `/ready` waits for the database: proxies that ask every few seconds want an answer before they ask again."""

CONNECTIONS_PER_NODE = READERS + 2
"""The readers, the journal's one, and the one that says that the node lives."""

# Realtime
RING_FRAMES_MAX = 2048
RING_BYTES_MAX = 4 * 1024 * 1024
"""The newest frames of an account kept for everyone: the largest webhook fits, a thousand messages of 2 KB each."""
RING_FILLED_EVENTS = 256
"""Events that a ring holds from its start, read with the head: after a restart of the node, whoever returns within a
minute of a busy account is served without another look at the database."""
BROADCASTS_REMEMBERED_MAX = 10_000
"""Events whose broadcast a message's trace can still tell the time of, about 200 B each."""
REPLAY_EVENTS_PER_READ = 500
"""Events per read when a node catches up: about 1 MB."""
LOG_READ_EVENTS = 500
"""Events per read for readers behind the ring, shared by all of an account: about 1 MB."""
REPLAY_EVENTS_MAX = 5_000
"""Further behind than this, a fresh snapshot is cheaper than a replay."""
STREAM_WRITE_BYTES = 32 * 1024
"""Frames that pile up leave in writes of this size."""
STREAM_BUFFER_BYTES = 32 * 1024
"""What may wait in the process for one reader before it is full: with the write that filled it, 64 KB at most."""
STREAM_KERNEL_BYTES = 32 * 1024
"""What we ask the kernel to hold for one reader; it takes the double for its bookkeeping. So a reader who never reads
costs at most 128 KB in all, and one at 200 ms distance still reads some 160 KB/s, a hundred messages a second."""
STREAM_STALL_SECONDS = 30.0
"""A reader who takes nothing for so long is cut: it comes back with its cursor, if it is there at all."""
STREAM_AGE_SECONDS = 600.0
"""A stream is asked to come back after 80 to 100 % of this: so load spreads over new nodes by itself, and what an old
session may see is bounded."""
STREAM_RETURN_SECONDS = 0.25
"""Within this an aged stream is opened again."""
STREAMS_PER_OPERATOR = 50
"""Open streams and sockets of one operator on one node; more is a client in a loop."""
FAN_OUT_REST_SECONDS_MAX = 0.005
"""After writing to everyone the node does something else for as long as that took, at most this; what comes meanwhile
leaves in one write."""
SHARED_WRITES_MAX = 16
"""Writes made for readers who stand at the same place behind the others, up to 32 KB each."""
STRETCH_KEPT_SECONDS = 5.0
"""How long what was read for readers behind the ring is kept after them."""
BEAT_SLOT_SECONDS = 0.5
"""Heartbeats are spread over their period in steps of this, so that ten thousand do not leave at once."""
HEARTBEAT_SECONDS = 15.0
"""Shorter than the idle timeouts of proxies (60 s and 100 s)."""
HEADS_POLL_SECONDS = 1.0
"""How often a node that is alone looks for events that a command wrote beside it."""
HEADS_POLL_HINTED_SECONDS = (0.7, 0.9)
"""The same while hints arrive, spread so that nodes do not ask in step. Often all the same: it is one small query, and
a node that alone has lost Redis, or a command, writes without a hint."""
HEADS_POLL_UNHINTED_SECONDS = 0.25
"""The same while Redis does not answer: a message of another node must still be seen within a second."""
HEADS_POLL_SHARED_SECONDS = 0.2
"""The same on PostgreSQL without Redis, where other nodes may write and nothing tells of them."""
PRESENCE_BEAT_SECONDS = 10.0
"""How often each node says who is at it, though nothing changed."""
PRESENCE_SILENT_SECONDS = 25.0
"""A node that said nothing for so long, two lost beats and a half, is gone with everybody who was at it."""
PRESENCE_GRACE_SECONDS = 8.0
"""How long an operator without a stream still counts as being there: a reload, or a stream that ends by its age."""
PRESENCE_GATHER_SECONDS = 0.1
"""Changes of so long are told in one frame."""
PRESENCE_LOOK_SECONDS = 1.0
"""How soon a status or a name that another node changed is noticed."""
PRESENCE_SETTLE_SECONDS = 0.5
"""How long the other nodes have to say who is at them before the first screen of an account is told."""
PRESENCE_SECONDS_PER_OPERATOR = 0.01
"""Two hundred colleagues who come and go are told of every two seconds: each change goes to every one of them."""
PRESENCE_OPERATORS_MAX = 1_000
"""Of one account at one node, as it tells the others; an account has tens."""
PRESENCE_PART_OPERATORS = 40
"""Of one whisper: with their conversations' ids well below what the bus carries in one."""
PRESENCE_ACCOUNTS_PER_ROUND = 100
"""Whispers of a tenth of a second: more would push each other out of the bus."""
PRESENCE_NODES_MAX = 200
"""Nodes, or parts of what one says, that one account's operators may be spread over."""
WHISPERS_PER_SECOND = 1.0
WHISPERS_BURST = 3
"""What one operator lets the colleagues know in passing (typing, looking); of what comes faster only the latest."""
WHISPERERS_REMEMBERED_MAX = 10_000
CONVERSATIONS_REMEMBERED_MAX = 10_000
"""Conversations whose account need not be looked up again for every key that is pressed, about 200 B each."""
DRAIN_SECONDS = 2.0
"""Streams are told to leave, and to return spread over this time, before a stop."""
POLL_WAIT_SECONDS_MAX = 25
POLL_BYTES = 512 * 1024
"""What one answer of the long-poll carries of events, a single larger one excepted."""
EVENTS_KEPT_HOURS = 72
EVENTS_KEPT_MIN = 20_000
"""Per account, whichever is more."""
TRIM_EVENTS_PER_CHANGE = 2_000
"""Old events deleted in one transaction, so that nobody waits for housekeeping."""

# The bus between nodes
BUS_SHARDS = 16
"""Channels that accounts are spread over; every node listens to all of them."""
HINT_INLINE_BYTES_MAX = 32 * 1024
"""Events that a hint carries along; a node that hears of more reads them from the log."""
HINTS_WAITING_MAX = 1_000
"""Accounts with a hint that has not left yet; beyond it hints are dropped, which costs others one look at the heads."""
WHISPERS_WAITING_MAX = 500
"""Older whispers make room: who is typing now matters more than who was."""
WHISPER_BYTES_MAX = 8 * 1024
BUS_PING_SECONDS = 0.25
"""After so much silence the connection is asked whether it lives."""
BUS_SILENCES_DOUBTED = 3
"""So many silences in a row, two of them after a question, and hints may be missing: the database is asked instead."""
BUS_SILENCES_MAX = 8
"""So many, and the connection is given up."""
BUS_ANSWER_SECONDS = 1.0
"""How long Redis may take to accept a connection or a command."""
BUS_RETRY_SECONDS_FIRST = 0.1
BUS_RETRY_SECONDS_MAX = 2.0
"""Pauses before connecting again; they double, and are spread so that nodes do not come back in step."""
BUS_HELLO_SECONDS = 2.0
BUS_SILENT_NODE_SECONDS = 6.0
"""A node that said nothing for three hellos is not counted any more."""
BUS_GARBAGE_TOLD_SECONDS = 10.0
"""Messages that no node of ours wrote are all counted, and one in so many seconds is worth a line of the log."""
BUS_STOP_SECONDS = 0.5
"""How long a stop waits for the last hints to leave."""
EVENTS_RENEWED_PER_CHANGE = 10_000
"""Events that get other tags in one transaction, after a restore: well under a second."""

# Socket.IO
SOCKET_PACKET_BYTES_MAX = 16 * 1024
"""What a client says at a time: a token has 250 characters, an id at most 512."""
SOCKET_CONVERSATIONS_MAX = 200
"""Conversations that one socket may be in: more than a screen shows, about 1 KB each."""
SOCKET_CALLS_PER_SECOND = 20.0
SOCKET_CALLS_BURST = 100.0
"""Calls of one socket that ask the database, on average and at once; a client that joins a whole page at its start is
well within it."""
SOCKET_PACKETS_PER_SECOND = 200.0
SOCKET_PACKETS_BURST = 200.0
"""Packets of one socket that are looked at; one that sends more is read more slowly, and nobody else notices."""
SOCKET_POLL_PACKETS_MAX = 16
"""Packets in one answer to a poll: python-socketio's client reads no more."""
SOCKETS_WAITING_MAX = 5_000
"""Sockets that were opened and not let in yet, a few KB each; a node's worth of dashboards may return at once."""
SOCKET_CONNECT_SECONDS = 10.0
"""How long a socket may stay without being let in."""
SOCKET_UPGRADE_SECONDS = 10.0
SOCKET_CLOSE_SECONDS = 5.0
"""How long a socket that ends may take for its last words."""
SOCKET_PING_SECONDS = 25.0
SOCKET_PING_TIMEOUT_SECONDS = 20.0
"""Engine.IO's own defaults, which its clients are told."""
SOCKET_TICK_SECONDS = 1.0
SOCKETS_PER_LOOK = 500
"""Sockets that are looked at in one go, about a millisecond."""

# Pages
PAGE_SIZE_DEFAULT = 30
PAGE_SIZE_MAX = 100
HISTORY_PAGE_DEFAULT = 50
HISTORY_PAGE_MAX = 100
PAGE_NUMBER_MAX = 1_000
"""The `page` parameter counts rows from the top; deeper readers use the cursor, whose cost does not grow."""
CACHED_PAGES_MAX = 1_000
CACHED_PAGES_BYTES_MAX = 32 * 1024 * 1024
"""First pages of the list that are kept encoded; a page is about 1 kB per conversation."""
LISTED_CONVERSATIONS_MAX = 500
"""What the lists without pages show: those being served, those waiting, those of one contact."""
PREVIEW_CHARACTERS = 200
SEARCH_CHARACTERS_MAX = 100
"""Of a query, and of each word that a conversation is found by: so no query is longer than what it is compared with."""
SEARCH_NAME_WORDS_MAX = 8
"""Words of a name that a search may begin with; each is a row of the index."""
SEARCH_IDENTITIES_MAX = 16
"""Names of a customer that a search may begin with, former ones among them; each is a row of the index."""
SEARCH_MATCHES_SORTED_ANYWAY = 200
"""Up to here all matches are looked up and sorted, in about a millisecond."""
SEARCH_MATCHES_SORTED_MAX = 2_000
"""Up to here they are, if walking the list does not fill the page sooner; a commoner word is left to the walk."""
SEARCH_WALK_ROWS_MAX = 50_000
"""How many conversations one request of a search for a very common word looks through; the next page goes on there."""
SEARCH_INSIDE_ROWS_MAX = 5_000
"""What no word begins with is looked for inside the words of so many of the newest conversations."""
HISTORY_DAYS_MAX = 3_650
METRICS_WINDOW_HOURS = 24
METRICS_EVENTS_COUNTED_MAX = 50_000
"""How far back in the log the figures count messages, in at most some 50 ms; past it their window is shorter."""
METRICS_KEPT_SECONDS = 5.0
"""How long the figures of an account are answered from memory: every dashboard asks, and nobody counts along."""

# Sending
TEXT_CHARACTERS_MAX = 4096
"""Meta, "Text messages": the body of a text."""
CAPTION_CHARACTERS_MAX = 1024
"""Meta, "Image messages": the caption of a file."""
CLIENT_MESSAGE_ID_CHARACTERS_MAX = 100
ID_CHARACTERS_MAX = 512
"""Of a conversation or a message, as a request may name it; providers' own ids stay far below."""
SEND_CLAIM_MAX = 200
"""Outbox rows that one look takes."""
SEND_LEASE_SECONDS = 90
"""Longer than any request to a provider may take; past it the attempt counts as unknown."""
SEND_ATTEMPTS_MAX = 8
"""Tries of a message that provably did not leave, over about ten minutes; then it is failed."""
SEND_RETRY_SECONDS_MAX = 300.0
SEND_UNKNOWN_BLOCKS_SECONDS = 120
"""How long an unsettled message holds back the next of its conversation."""
SEND_WINDOW_TRUSTED_SECONDS = 60
"""A reply that has waited for longer is asked once more, before it leaves, whether the customer's window is open."""
SEND_STOP_SECONDS = 10.0
"""How long a stop waits for requests to providers."""
SENDS_AT_ONCE = 768
"""Messages that are claimed, sent or settled at a time."""
SENDS_OF_CHANNEL_AT_ONCE = 512
"""Of one number: a thousand a second that take half of one each. One that hangs holds up no other number."""
SEND_CONNECT_SECONDS_MAX = 5.0
SEND_POOL_SECONDS_MAX = 5.0
SEND_READ_SECONDS_MAX = 20.0
SEND_TOTAL_SECONDS_MAX = 45.0
"""One request to a provider, step by step and in all: well inside its lease, so that no answer comes after it."""
SEND_BUSY_RETRY_SECONDS = 2.0
"""The provider was overloaded, or could not be reached."""
SEND_PAIR_RETRY_SECONDS = 1.0
SEND_PAIR_RETRY_GROWTH = 4
"""Too much to one customer. Meta, "Pair rate limits": wait 4^X seconds, X = 0, 1, 2 and so on."""
SEND_LIMITED_RETRY_SECONDS = 60.0
"""A limit of the whole account was reached; such limits are counted by the minute and hour."""
SEND_HELD_RETRY_SECONDS = 300.0
"""An administrator has to act; until then a look every five minutes is enough."""
SEND_RETRY_AFTER_SECONDS_MAX = 3600.0
"""The longest pause that a provider's Retry-After may ask for."""
CHANNEL_MESSAGES_PER_SECOND_MAX = 1_000
CHANNEL_MESSAGES_PER_SECOND = 80
"""Meta, "Throughput": per business number."""
PAIR_SECONDS_PER_MESSAGE = 6.0
PAIR_BURST = 45
"""Meta, "Messaging limits": one message per 6 s to one customer, with bursts of 45 on credit."""
FETCH_RETRY_SECONDS = 5.0
"""Before a file is asked for again; longer after every failure."""
PACES_REMEMBERED_MAX = 20_000
OUTBOX_REDATE_SECONDS = 5.0
"""How often is asked whether something waits for a time that a wrong clock has told."""
OUTBOX_LOOK_SECONDS = 1.0
"""How often the outbox is looked at when nothing was heard: messages that another process queued, and retries."""

# People
PASSWORD_CHARACTERS_MIN = 8
PASSWORD_CHARACTERS_MAX = 1_000
SESSION_HOURS = 12
LOGIN_FAILURES_MAX = 5
LOGIN_FAILURES_PER_PERSON_MAX = 20
LOGIN_FAILURES_PER_ADDRESS_MAX = 30
LOGIN_WINDOW_SECONDS = 300
"""Wrong passwords in five minutes, then 429: five of a person from one network (or one browser that the person has
used before), twenty of a person from anywhere, thirty from one network for whomever."""
BROWSER_DAYS = 180
"""How long a browser counts as one that a person has used before."""
LOGIN_KEYS_REMEMBERED_MAX = 10_000
LOGINS_AT_ONCE = 2
"""Passwords checked at a time: each takes 64 MiB for tens of milliseconds."""
LOGINS_WAITING_MAX = 200
"""Logins that may wait for their turn, a few seconds' worth; beyond it 429."""
TOKEN_CHARACTERS_MAX = 2_000
"""Ours have around 250; longer ones are not even looked at."""
TOKENS_REMEMBERED_MAX = 20_000
"""Genuine tokens whose signature need not be checked again, about 1 KB each: two for each stream of a full node."""
EMAIL_CHARACTERS_MAX = 254
"""RFC 5321, the longest address that can be written to."""
NAME_CHARACTERS_MAX = 100
"""Of an account or an operator."""
PROVIDER_SECRET_CHARACTERS_MAX = 2_000
"""Of an app secret or a token; Meta's access tokens are around 250."""

# Importing
IMPORT_BATCH_MESSAGES = 500
"""Old messages per transaction: customers who write meanwhile wait some tens of milliseconds at most."""
IMPORT_LINE_BYTES_MAX = 64 * 1024 * 1024
"""One conversation of a file: some hundred thousand messages."""

# Timers
SETTINGS_LOOK_SECONDS = 1.0
"""How soon a node notices a channel or an operator that another process added."""
HOUSEKEEPING_SECONDS = 600.0

# Signals
SIGNAL_LEASE_SECONDS = 90
"""Longer than any request to a provider may take."""
SIGNAL_ATTEMPTS_MAX = 10
"""Over some fifteen minutes; then a reaction is taken back, and nobody needs the read receipt any more."""
CLICKS_REMEMBERED_MAX = 8
"""Reactions of the business to one message that may still be refused."""
TYPING_EVERY_SECONDS = 20.0
"""Meta, "Typing indicators": shown for 25 s at most."""

# The assistant
TURN_LINES_MAX = 40
"""Messages of a conversation that the assistant reads, the newest: what was said long ago costs tokens and misleads."""
CONTACT_FACTS_MAX = 20
"""Facts about a customer that it is told, the newest."""
CONVERSATION_TAGS_MAX = 20
"""Tags that the assistant may give a conversation; a list shows a few."""
QUESTION_CHARACTERS_MAX = 4_000
"""Of a burst that is kept with its answer, and that is looked up: WhatsApp's longest message."""
KNOWLEDGE_BASES_MAX = 200
"""Accounts whose knowledge a node holds in memory, those that were asked last."""
KNOWLEDGE_ENTRIES_MAX = 100_000
"""Entries of all of them together: ten thousand take some 50 MB. Two accounts may know as much as one may."""
