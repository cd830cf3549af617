"""Limits of files: how large, how long, how often; each with its unit and its reason."""

FILE_BYTES_MAX = 100 * 1024 * 1024
"""Meta, "Supported media types": the largest document."""
PICTURE_PIXELS_MAX = 80_000_000
"""A picture that would unpack to more is taken for a bomb: telephones make 50 million at most by default."""
PICTURE_SIDE_SENT_MAX = 4096
"""WhatsApp shows no more; a larger picture is made smaller before it goes out."""
THUMBNAIL_SIDE = 320
"""Of a bubble's small picture, twice its size on the screen."""
PEAKS = 64
"""Bars of a waveform."""
SOUND_SECONDS_MAX = 2 * 3600
"""Of a recording's beginning, from which its waveform is drawn."""
WORKSHOP_MEMORY_BYTES_MAX = 2 << 30
"""What opening a file may take, the decoders themselves included."""
WORKSHOP_BENCHES = 2
"""Files opened at a time: a film that takes long holds up no voice note."""
WORKSHOP_SECONDS_MAX = 60.0
"""What one file gets that an operator brings."""
STRANGERS_LOOK_SECONDS_MAX = 10.0
"""What a look at a customer's picture or film gets: they come unasked, and others wait meanwhile. Large ones take 2."""
STRANGERS_SOUND_SECONDS_MAX = 30.0
"""The same of a sound, which is played through for its waveform: two hours of it take fifteen."""
WORKSHOP_ANSWER_BYTES_MAX = 64 * 1024
MEDIA_LINK_SECONDS = 600
"""How long a link to a file is good: as long as somebody may take to begin to look."""
MEDIA_LINK_SENT_SECONDS = 3600
"""The same of a link that a provider is sent, which may fetch it late and again."""
UPLOADS_AT_ONCE = 16
"""Files that one node takes in at a time: each may lie twice on the disk while it is made over."""
UPLOADS_PER_OPERATOR = 8
"""Of these: a dashboard brings two at a time; a program that writes to several customers at once brings more."""
UPLOADS_PER_ACCOUNT = 12
"""Of these: however slowly an account's files come, others get theirs in."""
UPLOAD_BUSY_SECONDS = 3
"""When whoever was one too many may try again."""
UPLOAD_KEPT_SECONDS = 24 * 3600
"""A file that was brought and not sent is forgotten after this."""
UPLOAD_BRINGING_SECONDS_MAX = 3600
"""How long after its bytes were written a file may get its row: bytes that are younger are not deleted."""
FILE_UNUSED_SECONDS = UPLOAD_KEPT_SECONDS + 3600
"""A file that nobody refers to is deleted after this: later than an upload of it, which somebody may be sending."""
SWEPT_FILES_PER_TURN = 5_000
"""Files that are looked at every ten minutes: a million in a day and a half."""
FILE_NAME_CHARACTERS_MAX = 240
"""Meta, "Document messages": what telephones still show whole."""
