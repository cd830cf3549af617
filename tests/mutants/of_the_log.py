"""Faults between a commit and a screen: the log, its rings, its readers, what nodes tell each other."""

from mutants.mutant import Mutant, mutant

MUTANTS: list[Mutant] = [
    mutant(
        "ack before commit",
        (
            "flow/receive.py",
            "            return await self._journal.submit(intake)\n        except WaslError:",
            "            self._journal.submit(intake).add_done_callback(lambda done: done.exception())\n"
            "            return ()\n        except WaslError:",
        ),
    ),
    mutant(
        "publish before commit",
        # The moment between is made longer, so that a run of half a minute dies in it.
        (
            "store/journal.py",
            "            try:\n                connection.commit()",
            "            early = [event for draft in drafts.values() for event in draft.events]\n"
            "            if early and self._loop is not None:\n"
            "                self._loop.call_soon_threadsafe(self._listener, early)\n"
            "                time.sleep(0.02)\n"
            "            try:\n                connection.commit()",
        ),
    ),
    mutant(
        "numbers from a sequence of the database, and no lock",
        (
            "store/postgres.py",
            "SELECT head_sequence, head_tag FROM account_stream WHERE account_id = ? FOR UPDATE",
            "SELECT nextval('mutant') * 1000, head_tag FROM account_stream WHERE account_id = ?",
        ),
        (
            "store/migrations/0001_start.sql",
            "CREATE TABLE accounts (",
            "CREATE SEQUENCE mutant;\nCREATE TABLE accounts (",
        ),
        engine="postgres",
    ),
    mutant(
        "lock and read in one statement",
        (
            "store/postgres.py",
            '"SELECT head_sequence, head_tag FROM account_stream WHERE account_id = ? FOR UPDATE"',
            '"WITH locked AS (SELECT account_id FROM account_stream WHERE account_id = ? FOR UPDATE)"\n'
            '            " SELECT s.head_sequence, s.head_tag FROM account_stream s, locked l"\n'
            '            " WHERE s.account_id = l.account_id"',
        ),
        engine="postgres",
    ),
    mutant(
        "ring off by one",
        (
            "live/ring.py",
            "            for frame in islice(self._frames, len(self._frames) - missing, None):".strip(),
            "for frame in islice(self._frames, len(self._frames) - missing + 1, None):",
        ),
    ),
    mutant(
        "resume with >=",
        (
            "store/event_log.py",
            '        " WHERE account_id = ? AND sequence > ? ORDER BY sequence LIMIT ?"',
            '        " WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?"',
        ),
        (
            "store/event_log.py",
            '    assert dense, f"the log of account {account_id} has a hole after {cursor.sequence}"\n',
            "    del dense\n",
        ),
        ("live/ring.py", '        assert frame.cursor.sequence == self.tail.sequence + 1, "a ring has no holes"\n', ""),
        # A ring finds its place from its end, and so hides what the log tells twice.
        (
            "live/ring.py",
            "islice(self._frames, len(self._frames) - missing, None)",
            "islice(self._frames, max(0, len(self._frames) - missing - 1), None)",
        ),
    ),
    mutant(
        "drop on slow",
        (
            "live/feed.py",
            "                full.append(reader)\n            else:\n                line.write(data)\n",
            "                reader.cursor = end\n            else:\n                line.write(data)\n",
        ),
    ),
    mutant(
        "heartbeat beyond what was covered",
        (
            "live/feed.py",
            'reader.line.note("heartbeat", heartbeat_data(reader.cursor), reader.cursor)',
            "ahead = type(reader.cursor)(reader.cursor.sequence + 1, reader.cursor.tag)\n"
            '            reader.line.note("heartbeat", heartbeat_data(ahead), ahead)',
        ),
    ),
    mutant(
        "tag ignored",
        ("store/event_log.py", "    if tag != cursor.tag:\n        return ResyncReason.TAG\n", "    del tag\n"),
        (
            "live/ring.py",
            "        return cursor == (self._edge if place == 0 else self._frames[place - 1].cursor)",
            "        return True",
        ),
        ("flow/restored.py", "        while after is not None:", "        while after is None:"),
    ),
    mutant(
        "filtered event that does not move previous",
        (
            "live/feed.py",
            "                self._write_to_all(readers, encoding.frames(frames), end)",
            '                shown = [frame for frame in frames if frame.kind != "message_updated"]\n'
            "                self._write_to_all(readers, encoding.frames(shown), end)",
        ),
    ),
    mutant(
        "hints as if they were the log",
        # What a manager on Redis's pub/sub does: tell one's own at once, and the others what happens to arrive.
        (
            "live/feed.py",
            "                if event.before != tail:\n                    return False\n",
            "",
        ),
        (
            "live/feed.py",
            "            elif event.sequence == tail.sequence and event.tag != tail.tag:",
            "            elif event.sequence == 0:",
        ),
        ("live/ring.py", '        assert frame.cursor.sequence == self.tail.sequence + 1, "a ring has no holes"\n', ""),
        engine="postgres",
    ),
]
