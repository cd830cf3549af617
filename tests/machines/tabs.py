"""A tab of a browser: a screen, what is on its way to it, and a record of all that it was told."""

from dataclasses import dataclass
from typing import Any

from machines.plain_server import ME, Json, Server
from wasl.torture.view import Applied, View, digest_of_messages, digest_of_rows


@dataclass
class Answer:
    """A page on its way. `generation`: how often the screen had been loaded anew when it was asked for."""

    generation: int
    name: str | None
    """Of which conversation; None for a page of the list."""
    before: str | None
    page: Json


class Tab:
    """Follows the rules of a client: events in order and once, gaps read from the log, pages whenever they come."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.view = View(ME)
        self.answers: list[Answer] = []
        self.record: list[Json] = []
        """Every step with all it takes to repeat it elsewhere."""
        self.generation = 0
        self.surest = 0
        """The newest position that a page was read at; up to there single things may be ahead of the cursor."""
        self.listed: set[str] = set()
        self.reload(0, ())

    # -- the stream -----------------------------------------------------------------------------------------------

    def hear(self, event: Json) -> Applied:
        """An event as the stream, or another tab, handed it on."""
        known = self.view.cursor
        result = self.view.apply(event["event"], event["data"])
        self._note({"do": "event", "event": event, "result": result.value})
        if result is not Applied.APPLIED:
            assert self.view.cursor == known
        return result

    def catch_up(self) -> None:
        """Read the log from the cursor on."""
        assert self.view.cursor is not None
        events, cursor = self.server.after(self.view.cursor)
        for event in events:
            assert self.hear(event) is Applied.APPLIED
        self.view.advance(cursor)
        self._note({"do": "advance", "cursor": cursor})

    def reload(self, meanwhile: int, names: tuple[str, ...]) -> None:
        """After `resync`: the list, and the histories of opened conversations, perhaps read at different moments."""
        self.view.apply("resync", {})
        self.generation += 1
        page = self.server.list_page(None, 2)
        histories = {}
        for name in names:
            for _ in range(meanwhile):
                self.server.message_is_edited(meanwhile, True)
            histories[name] = self.server.history_page(name, None, 2, True)
        self.listed = set()
        self.surest = self.server.head
        assert self.view.load_list(page)
        self._note_listed(page)
        for name, history in histories.items():
            assert self.view.load_history(name, history)
            self.listed.add(name)
        self._note({"do": "reload", "list": page, "histories": histories, "cursor": self.view.cursor})

    # -- pages ----------------------------------------------------------------------------------------------------

    def ask_list(self, lower: bool, size: int) -> None:
        """Ask for the top of the list, or for what follows the lowest row of those that are held."""
        rows = self.view.conversations
        below = rows[-1]["last_sequence"] if lower and rows else None
        self.answers.append(Answer(self.generation, None, None, self.server.list_page(below, size)))

    def ask_history(self, name: str, size: int, with_row: bool) -> None:
        """Open a conversation, or scroll up in it."""
        if name in self.server.now.rows:
            before = self._next_before(name)
            page = self.server.history_page(name, before, size, with_row)
            self.answers.append(Answer(self.generation, name, before, page))

    def receive(self, which: int) -> None:
        """An answer arrives. One that was asked for before the screen was loaded anew is of another screen."""
        if not self.answers:
            return
        answer = self.answers.pop(which % len(self.answers))
        if answer.generation != self.generation:
            return
        if answer.name is None:
            assert self.view.load_list(answer.page)
            self._note_listed(answer.page)
        else:
            # An older page joins only what it was asked for.
            if answer.before is not None and self._next_before(answer.name) != answer.before:
                return
            assert self.view.load_history(answer.name, answer.page)
            if answer.page["conversation"] is not None:
                self.listed.add(answer.name)
        self.surest = max(self.surest, int(answer.page["as_of"].partition("-")[0]))
        self._note({"do": "page", "conversation_id": answer.name, "page": answer.page})

    def come_to_rest(self) -> None:
        """Everything arrives, the log is read to its end, and everything is scrolled through."""
        while self.answers:
            self.receive(0)
        self.catch_up()
        self.listed.clear()
        below: int | None = None
        while True:
            page = self.server.list_page(below, 2)
            self.answers.append(Answer(self.generation, None, None, page))
            self.receive(-1)
            if not page["has_more"]:
                break
            below = page["chats"][-1]["last_sequence"]
        for name in self.server.now.rows:
            while not (self.view.is_loaded(name) and self.view.is_complete(name)):
                self.ask_history(name, 2, True)
                self.receive(-1)

    def _next_before(self, name: str) -> str | None:
        return self.view.next_before(name) if self.view.is_loaded(name) else None

    def _note_listed(self, page: Json) -> None:
        self.listed.update(row["conversation_id"] for row in page["chats"])

    def _note(self, step: Json) -> None:
        self.record.append({**step, "weight": self.weight()})

    # -- what must hold -------------------------------------------------------------------------------------------

    def check(self) -> None:
        """What is shown is what the server knew at the cursor; single things may be as new as the newest page."""
        assert self.view.cursor is not None
        assert self.view.findings == []
        place = int(self.view.cursor.partition("-")[0])
        assert self.view.cursor == self.server.cursor(place)
        if self.surest > place:
            return
        then = self.server.moments[place]
        truth = {row["conversation_id"]: row for row in then.listed()}
        for row in self.view.conversations:
            expected = truth[row["conversation_id"]]
            known = row["unread_count"] is not None or row["conversation_id"] in self.listed
            assert row == (expected if known else {**expected, "unread_count": None})
        for name in truth:
            if self.view.is_loaded(name):
                shown, all_then = self.view.messages(name), then.thread(name)
                assert shown == (all_then[-len(shown) :] if shown else [])
                assert len(shown) == len(all_then) or not self.view.is_complete(name)

    def check_at_rest(self) -> None:
        """A screen that has loaded everything is the server's own state, and nothing else."""
        self.check()
        now = self.server.now
        assert self.view.cursor == self.server.cursor(self.server.head)
        assert self.view.list_digest() == digest_of_rows(now.listed())
        assert self.view.conversations == now.listed()
        for name in now.rows:
            assert self.view.digest(name) == digest_of_messages(now.thread(name))
            assert self.view.messages(name) == now.thread(name)

    def weight(self) -> int:
        """All that is shown, and in which order, as one number that is easily made in any language."""
        total = 0
        for place, row in enumerate(self.view.conversations, 1):
            unread = -1 if row["unread_count"] is None else row["unread_count"]
            total += place * (row["version"] * 100 + unread)
            for line, message in enumerate(self.view.messages(row["conversation_id"]), 1):
                total += place * line * message["version"]
        return total

    def shown(self) -> Json:
        """What a person sees, in few words: for the record."""
        rows: list[list[Any]] = [
            [row["conversation_id"], row["last_sequence"], row["version"], row["status"], row["unread_count"]]
            for row in self.view.conversations
        ]
        messages: Json = {
            row["conversation_id"]: [
                [m["message_id"], m["version"], m["status"], m["content"]]
                for m in self.view.messages(row["conversation_id"])
            ]
            for row in self.view.conversations
            if self.view.is_loaded(row["conversation_id"])
        }
        return {"rows": rows, "messages": messages, "cursor": self.view.cursor}
