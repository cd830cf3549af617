"""What a screen finds wrong with what it is told, until it is certain."""

from wasl.torture.history import Doubled, Told, Writer, now
from wasl.torture.view import View


class Complaints:
    """Writes down what a watcher's view complains of. What a page gave reason for waits until the stream has gone on:
    after the restore of an older copy a page may come before the resync, and then nothing is wrong."""

    def __init__(self, writer: Writer, who: str) -> None:
        self._writer = writer
        self._who = who
        self._noted = 0
        self._doubts: list[tuple[str, str]] = []

    def note(self, view: View, conversation: str, *, certain: bool) -> None:
        """Look for new ones, about this conversation if any; write all of them if the history is certainly one."""
        found = view.findings[self._noted :]
        self._noted += len(found)
        self._doubts += [(conversation, finding) for finding in found]
        if not certain:
            return
        for where, finding in self._doubts:
            name, is_double, _ = finding.partition(" is shown twice")
            if is_double:
                kind, _, value = name.replace(" id ", "_id ", 1).partition(" ")
                self._writer.write(Doubled(now(), self._who, where, kind, value))
            self._writer.write(Told(now(), self._who, "found", None, finding[:200]))
        self._doubts.clear()

    def forget(self) -> None:
        """The history turned out to be another: what was uncertain was nothing."""
        self._doubts.clear()
