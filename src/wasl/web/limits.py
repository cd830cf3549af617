"""Limits of what is asked about the assistant and its knowledge, each with its unit and its reason."""

QUIET_SECONDS_MAX = 30
BURST_SECONDS_MAX = 60
"""Whoever waits longer for an answer has put the telephone away."""
PERSONA_CHARACTERS_MAX = 4_000
"""Of what the assistant is told about itself: it is read with every question."""
CUSTOMER_TEXT_CHARACTERS_MAX = 1_000
"""Of what customers are told when a person is called."""
CUSTOMER_TEXTS_MAX = 20
"""Languages in which they are told."""
AGREEMENT_SAMPLES_MAX = 1_000
ANSWER_CHARACTERS_MIN = 100
SPANS_PER_DAY_MAX = 6
HOLIDAYS_MAX = 400
ADDRESS_CHARACTERS_MAX = 2_000
MODEL_NAME_CHARACTERS_MAX = 200
MODEL_SECONDS_MAX = 60
"""For one call of a model; a turn makes several."""
MODEL_TOKENS_MIN, MODEL_TOKENS_MAX = 16, 8_000
"""Of one answer; the longest message to a customer has some 4,000."""
MICROS_MAX = 10**12
"""A million of the account's currency."""
COUNT_MAX = 10**9
KEYWORDS_MAX = 100
KEYWORD_CHARACTERS_MAX = 100
VIP_TAGS_MAX = 20
TAG_CHARACTERS_MAX = 50
IDLE_MINUTES_MAX = 30 * 24 * 60
"""Thirty days."""
SECRET_CHARACTERS_MAX = 2_000
TOOLS_MAX = 20
"""All of them are told to the model with every question."""
TOOL_NAME_CHARACTERS_MAX = 64
"""OpenAI, "Function calling": the name of a function."""
TOOL_ABOUT_CHARACTERS_MAX = 1_000
TOOL_PARAMETERS_BYTES_MAX = 8 * 1024
TOOL_PARAMETERS_DEPTH_MAX = 12
HEADER_CHARACTERS_MAX = 64
TRIED_CHARACTERS_MAX = 4_000
"""Of a question that is tried out: what one message of a customer holds."""
REWRITTEN_CHARACTERS_MAX = 4_096
"""Of a draft: what one message holds."""
ENTRIES_PER_PAGE, ENTRIES_PER_PAGE_MAX = 50, 100
REPORT_DAYS, REPORT_DAYS_MAX = 30, 365
ASKING_AT_ONCE = 2
"""What one operator asks of the assistant at a time: whoever presses a button again waits for the first answer."""
ASKED_AT_ONCE = 16
"""What all of a node do; each may keep a model busy for a minute."""
ASKED_RETRY_SECONDS = 3
