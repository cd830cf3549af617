"""Limits of what a model is told, may answer and may do; each with its unit and its reason."""

# What a model is told
KNOWLEDGE_SHOWN_MAX = 12
"""Entries that an answer may stand on: those of the first look and those that the model looked up itself."""
ENTRY_CHARACTERS_MAX = 3_000
"""Of one entry's answer, or of a passage; longer ones cost more than they tell."""
BURST_CHARACTERS_MAX = 8_000
"""Of what the customer has just said: two of WhatsApp's longest messages. Of more the end is told."""
LINE_CHARACTERS_MAX = 1_000
"""Of each message before that."""
HISTORY_CHARACTERS_MAX = 12_000
"""Of all of them together, the newest."""
PERSONA_CHARACTERS_MAX = 4_000
PICTURES_SHOWN_MAX = 4
"""Pictures of one burst, the newest: each costs as much as a page of text."""

# What a model may answer
MODEL_CONNECT_SECONDS_MAX = 5.0
MODEL_STALL_SECONDS_MAX = 8.0
"""Between two pieces of an answer that has begun. Before the first one it is the account's own time-out: a model of
one's own may have to be loaded first."""
MODEL_SECONDS_MIN = 1.0
"""A call that has less time than this left is not made."""
MODEL_RETRY_SECONDS = 0.5
"""Before a call that failed in passing is made once more."""
MODEL_RETRY_SECONDS_MAX = 5.0
"""The longest pause that a server may ask for; a customer waits."""
MODEL_BYTES_MAX = 2 * 1024 * 1024
"""Of an answer as it comes over the wire: a stream spends some 300 B on each word."""
MODEL_CHARACTERS_MIN = 4_000
MODEL_CHARACTERS_PER_CHARACTER = 3
"""An answer is cut off at three times what may be said, and not below 4,000 characters: beside the words it holds JSON,
and what some models think aloud."""
MODEL_CALLS_AT_ONCE = 100
"""Connections to all models of a node together."""
MODEL_IDLE_SECONDS = 15.0
"""How long a connection is kept for the next call."""
DIALECTS_REMEMBERED_MAX = 500
"""Models of which is known in which form they take a question."""
BYTES_PER_TOKEN = 4
"""Where a server does not say what a call has used: about so many in all languages, since letters of other scripts take
two bytes and more tokens."""
TOKENS_PER_CALL_MAX = 10_000_000
"""What is believed of a server's count: ten times the longest that any model reads."""
TOKENS_PER_PICTURE = 1_000
TOKENS_PER_SOUND_SECOND = 10
DRAFT_CHARACTERS_MAX = 4_000
"""Of what a model said and was not sent, as operators see it."""
TRANSCRIPT_CHARACTERS_MAX = 4_000
"""Of a voice note that was written down: as long as WhatsApp's longest text."""

SUMMARY_CHARACTERS_MAX = 2_000
"""Of a conversation in a few lines."""

# What may be said
UNSOURCED_CHARACTERS_MAX = 200
"""Of a greeting, or of a question back, which needs no source."""
SILENT_CHARACTERS_MAX = 60
"""Of a burst to which the model may say nothing at all; longer ones want an answer."""
COURTESY_WORDS_MAX = 8
REPEATED_WORDS_MAX = 9
"""Words of our instructions in a row that no answer to a customer has by chance."""
REASON_CHARACTERS_MAX = 300

# What a model may do
TOOL_ROUNDS_MAX = 5
"""Times that it may ask for tools before it has to answer."""
TOOL_CALLS_PER_ROUND_MAX = 4
TOOL_SECONDS_MAX = 10.0
"""What one call of an account's tool gets, from the look-up of its name to the last byte."""
TOOL_ANSWER_BYTES_MAX = 64 * 1024
"""What is read of its answer; longer ones are refused, for half an answer may say the opposite of the whole."""
TOOL_ANSWER_CHARACTERS_MAX = 4_000
"""What the model is told of it."""
TOOL_ARGUMENTS_CHARACTERS_MAX = 8_000
TOOL_ADDRESS_CHARACTERS_MAX = 4_000
"""Of an address with its parameters; servers refuse longer ones."""
TOOLS_MAX = 20
"""Of an account: each is described to the model in every call."""
SEARCHES_MATCHES_MAX = 5
SEARCH_CHARACTERS_MAX = 500
NOTED_MAX = 5
"""Facts and tags of one turn."""
FACT_CHARACTERS_MAX = 200
TAG_CHARACTERS_MAX = 40
JSON_DEPTH_MAX = 20
"""Of what a model writes, and of what a tool's parameters describe."""
