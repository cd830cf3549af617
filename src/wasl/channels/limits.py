"""Limits of what providers are asked and believed; each with its unit and its reason."""

JSON_DEPTH_MAX = 100
"""Real bodies nest about fifteen levels; deeper ones could exhaust what reads and writes them."""
SEND_ANSWER_BYTES_MAX = 64 * 1024
"""What is read of a provider's answer to a send; real ones are under 2 KB."""
NAMELESS_SECONDS = 300
"""Messages with neither id nor time that say the same are one within so long, and two later. Qiscus was seen to repeat
a webhook after 15 s; a customer who says the same again says it on another day."""
FETCH_STEP_SECONDS_MAX = 20.0
"""Connecting to where a file lies, and between two pieces of it."""
FETCH_REDIRECTS_MAX = 4
FETCH_MISSING_ATTEMPTS_MAX = 4
"""Of a file that is not where it was said to be (404): within a minute each attempt has asked where it is now."""
FETCH_WHOLE_BYTES_MAX = 24 * 1024 * 1024
"""Of an answer that holds a whole file and must be read at once, such as base64 in JSON."""
TEMPLATE_PAGES_MAX = 100
"""Of a hundred templates each; an account may have 6,000."""
TEMPLATE_PAGE_BYTES_MAX = 4 * 1024 * 1024
TWILIO_TEXT_CHARACTERS_MAX = 1600
"""Twilio, "Messages resource": the Body of a message."""
TWILIO_FILE_BYTES_MAX = 16 * 1024 * 1024
"""Twilio, "WhatsApp best practices and FAQs": of any file."""
UPLOAD_TOTAL_SECONDS_MAX = 300.0
"""What one upload gets: the largest file at 3 Mbit/s."""
