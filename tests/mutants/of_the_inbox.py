"""Faults in what is stored, ordered, counted and sent."""

from mutants.mutant import Mutant, mutant

MUTANTS: list[Mutant] = [
    mutant(
        "dropped unique index",
        (
            "store/migrations/0001_start.sql",
            "CREATE UNIQUE INDEX messages_id ON",
            "CREATE INDEX messages_id ON",
        ),
        (
            "store/arrival.py",
            "    if draft.knows_message(channel_id, update.message_id):\n        return None\n",
            "    if draft.message(channel_id, update.message_id):\n        return None\n",
        ),
    ),
    mutant(
        "automatic retry on a time-out",
        (
            "channels/exchange.py",
            '            return Unclear(f"the answer was lost ({name_of(error)})")',
            '            return NotSent(name_of(error), "No answer came.", limits.SEND_BUSY_RETRY_SECONDS)',
        ),
    ),
    mutant(
        "what was interrupted is sent again",
        (
            "store/attempts.py",
            '        SettleAttempt(self.due, self.attempt, Unclear("the attempt was interrupted")).apply(draft)',
            "        SettleAttempt(self.due, self.attempt, NOT_BEGUN).apply(draft)",
        ),
    ),
    mutant(
        "unread counted up instead of anew",
        (
            "store/desk.py",
            "            reached = conversation.inbound_count - _inbound_after(draft, conversation, target)",
            "            reached = min(conversation.inbound_count, read_inbound + target - sequence)",
        ),
    ),
    mutant(
        "order by the provider's time alone",
        (
            "domain/position.py",
            "        return self._live(max(timestamp_seconds, self.reply_floor, self.history))",
            "        return self._live(timestamp_seconds)",
        ),
    ),
    mutant(
        "outbound clock from the wall",
        (
            "domain/position.py",
            "        clock = self._live(timestamp_seconds if empty else max(self.greatest, self.history))",
            "        del empty\n        clock = self._live(timestamp_seconds)",
        ),
    ),
    mutant(
        "a reply that does not raise the floor",
        ("domain/position.py", "        self.reply_floor = clock\n", ""),
    ),
    mutant(
        "a tie without the sequence",
        (
            "store/history.py",
            '        f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ?'
            ' AND (m.clock, m.sequence) < (?, ?){since}"',
            '        f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ?'
            ' AND m.clock < ? + 0 * ?{since}"',
        ),
    ),
    mutant(
        "a status that goes back",
        (
            "store/touch.py",
            "    if not settles and not moves_forward(message.status, status):",
            "    if message.status == status:",
        ),
    ),
    mutant(
        "a list that stays where it was",
        (
            "store/arrival.py",
            "    if update.origin is not Origin.HISTORY:\n        conversation.last_sequence = message.sequence\n",
            "    if update.origin is not Origin.HISTORY and message.sequence % 7:\n"
            "        conversation.last_sequence = message.sequence\n",
        ),
    ),
]
