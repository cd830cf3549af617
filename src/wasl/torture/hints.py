"""Losing hints: whole messages of Redis' publish and subscribe are left out of a stream, and everything else stays."""

from random import Random

_MESSAGE = b"$7\r\nmessage\r\n"
_LINE_END = b"\r\n"


class HintDropper:
    """Reads what Redis says on one connection, in the older protocol (RESP2), just enough to know where an answer ends.
    Answers are passed on whole; of pushed messages the share `share` is not."""

    def __init__(self, chance: Random) -> None:
        self.share = 0.0
        self.dropped = 0
        self._chance = chance
        self._waiting = b""

    def feed(self, said: bytes) -> bytes:
        """What may go on now. The rest of an answer that is not complete yet waits for more."""
        text = self._waiting + said
        kept: list[bytes] = []
        begun = at = 0
        while (end := end_of(text, at)) is not None:
            if self.share and _is_message(text, at) and self._chance.random() < self.share:
                self.dropped += 1
                kept.append(text[begun:at])
                begun = end
            at = end
        kept.append(text[begun:at])
        self._waiting = text[at:]
        return b"".join(kept)

    def rest(self) -> bytes:
        """What still waited when the stream ended."""
        rest, self._waiting = self._waiting, b""
        return rest


def end_of(text: bytes, at: int) -> int | None:
    """Where the answer that begins at `at` ends; None while it is not complete."""
    wanted = 1
    while wanted:
        line_end = text.find(_LINE_END, at)
        if line_end < 0:
            return None
        kind, number = text[at : at + 1], text[at + 1 : line_end]
        at = line_end + 2
        wanted -= 1
        if kind == b"$" and number != b"-1":
            at += int(number) + 2
            if at > len(text):
                return None
        elif kind == b"*":
            wanted += max(0, int(number))
    return at


def _is_message(text: bytes, at: int) -> bool:
    return text.startswith(b"*3\r\n", at) and text.startswith(_MESSAGE, at + 4)
