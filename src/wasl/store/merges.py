"""Two contacts become one, and two again.

WhatsApp's word joins customers: their names and conversations go over to the older contact, and where both had a
conversation on one channel the younger goes on in the older. An operator's word says that two customers are one person:
they get one `user_id`, and every conversation keeps its own names, because an answer must go where the question came
from. Either can be undone. No message ever changes its conversation, nor its place in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from wasl.domain.assistant import Reason
from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import EventKind
from wasl.domain.handover import Handover, end
from wasl.domain.identity import Identity, IdentityKind
from wasl.domain.notes import Note, NoteCode
from wasl.store.answers import call_to
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.faces import draw_face
from wasl.store.identities import Held, give_names, names_of
from wasl.store.listening import weigh
from wasl.store.persons import persons_contacts
from wasl.store.turns import awaits_turn

_ATTENTION = (
    ConversationStatus.RESOLVED,
    ConversationStatus.BOT,
    ConversationStatus.WAITING_HUMAN,
    ConversationStatus.HUMAN,
)
"""Whoever waits must not be forgotten, and whoever answers goes on."""
_HELD = ("status", "operator_id", "operator_name", "waiting_since_ms", "epoch", "inbound_count")
"""What `_state` tells of who holds a conversation, and of whether they may be waited for."""


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A row of contact_merges that is about to be written."""

    merge_id: int
    contact_id: int
    other_contact_id: int
    told_by: str
    operator_id: int | None
    identities: Sequence[Identity]
    conversations: Sequence[dict[str, Any]]


def join_contacts(draft: Draft, first: int, second: int) -> int | None:
    """WhatsApp says that two contacts are one customer: the result is who stays, the older one. None when somebody of
    the team has undone just that, and keeps them apart."""
    kept, other = min(first, second), max(first, second)
    if kept < 0:
        kept, other = other, kept  # Of whom only names are known makes room for whoever wrote.
    if kept_apart(draft, kept, other):
        return None
    names = names_of(draft, other)
    give_names(draft, (held.identity for held in names), kept)
    theirs = draft.conversations_of_contact(other)
    if not theirs:
        return kept
    merge_id = draft.next_sequence()
    ours = draft.conversations_of_contact(kept)
    user_id = ours[0].user_id if ours else kept
    others = draft.conversations_of_user(theirs[0].user_id) if theirs[0].user_id != user_id else []
    before = {found.key: found.user_id for found in (*ours, *theirs, *others)}
    notes: list[dict[str, Any]] = []
    grown = [rival for found in theirs if (rival := _hand_over_noted(draft, found, kept, notes)) is not None]
    changed = _give_user(draft, {found.key: found for found in (*theirs, *others)}.values(), user_id)
    all_names = names_of(draft, kept)
    for conversation in draft.conversations_of_contact(kept):
        if draw_face(draft, conversation, all_names, _known_to(conversation, theirs)):
            changed.append(conversation)
    keep_merge(
        draft,
        MergeRow(merge_id, kept, other, "whatsapp", None, [held.identity for held in names], notes),
    )
    tell(draft, (*theirs, *grown, *changed), "merged", before)
    return kept


def kept_apart(draft: Draft, one: int, other: int) -> bool:
    """Whether somebody of the team has taken back WhatsApp's word about these two."""
    sql = (
        "SELECT 1 FROM contact_merges WHERE account_id = ? AND contact_id = ? AND other_contact_id = ?"
        " AND told_by = 'whatsapp' AND undone_ms IS NOT NULL LIMIT 1"
    )
    pairs = ((one, other), (other, one))
    return any(draft.connection.rows(sql, (draft.account_id, *pair)) for pair in pairs)


def keep_merge(draft: Draft, row: MergeRow) -> None:
    """Write down a merge, with what it takes to undo it."""
    sql = (
        "INSERT INTO contact_merges (account_id, merge_id, contact_id, other_contact_id, told_by, operator_id,"
        " identities, conversations, merged_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    names = [[identity.kind.value, identity.value] for identity in row.identities]
    who = (draft.account_id, row.merge_id, row.contact_id, row.other_contact_id, row.told_by, row.operator_id)
    noted = (orjson.dumps(names).decode(), orjson.dumps(row.conversations).decode(), draft.now_ms)
    draft.connection.run(sql, (*who, *noted))


def tell(draft: Draft, conversations: Iterable[Conversation], changed: str, before: dict[int, int]) -> None:
    """Append one event for each conversation; `before` says whose it was, for the screens that show that person."""
    for conversation in {found.key: found for found in conversations}.values():
        conversation.version = draft.next_sequence()
        parts = {
            "conversation": conversation.as_json(),
            "changed": changed,
            "previous_user_id": str(before.get(conversation.key, conversation.user_id)),
        }
        draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)


def undo_join(draft: Draft, row: MergeRow) -> list[Conversation]:
    """Take WhatsApp's word back: what went over with `other` is theirs again, unless it has gone on to somebody else.
    The conversations that changed."""
    stays = _joined_into(draft, row.contact_id)
    held = {found.identity for found in names_of(draft, stays)}
    give_names(draft, [identity for identity in row.identities if identity in held], row.other_contact_id)
    changed = []
    for note in row.conversations:
        conversation = draft.conversation(note["key"])
        if conversation.contact_id == stays:
            changed += _take_back(draft, conversation, note, row.other_contact_id)
    for contact_id in (stays, row.other_contact_id):
        names = names_of(draft, contact_id)
        changed += [c for c in draft.conversations_of_contact(contact_id) if _forget_names(draft, c, names)]
    return changed


def _hand_over_noted(
    draft: Draft, conversation: Conversation, contact_id: int, notes: list[dict[str, Any]]
) -> Conversation | None:
    """Hand a conversation over, and add to `notes` what it takes to undo that."""
    note = {"key": conversation.key, "continued_in": conversation.continued_in, **_state(conversation)}
    rival = draft.conversation_of(conversation.channel.channel_id, contact_id)
    before = {**_state(rival), **_known(rival)} if rival is not None else None
    taken_by = _hand_over(draft, conversation, contact_id)
    if taken_by is not None:
        note["rival"] = {"key": taken_by.key, "before": before, "after": {**_state(taken_by), **_known(taken_by)}}
    notes.append(note)
    return taken_by


def _hand_over(draft: Draft, conversation: Conversation, contact_id: int) -> Conversation | None:
    """Let a conversation be another contact's. The result is the one in which it goes on, if they had one there."""
    rival = draft.conversation_of(conversation.channel.channel_id, contact_id)
    if conversation.continued_in is not None or rival is None:
        draft.move_conversation(conversation, contact_id, conversation.continued_in)
        return None
    draft.move_conversation(conversation, contact_id, rival.id)
    if _ATTENTION.index(conversation.handover.status) > _ATTENTION.index(rival.handover.status):
        rival.handover = replace(conversation.handover, epoch=rival.handover.epoch + 1)
        rival.operator_name = conversation.operator_name
        rival.mood, rival.sentiment = conversation.mood, conversation.sentiment
    conversation.handover, conversation.operator_name = end(conversation.handover), None
    if conversation.window_from_ms is not None:
        rival.open_window(conversation.window_from_ms)
    told = [at for at in (conversation.told_until_ms, rival.told_until_ms) if at is not None]
    rival.told_until_ms = max(told, default=None)
    spoken = sorted((rival, conversation), key=lambda one: one.last_activity_ms, reverse=True)
    rival.language = next((one.language for one in spoken if one.language), None)
    rival.tags = tuple(dict.fromkeys((*rival.tags, *conversation.tags)))
    weigh(conversation)
    weigh(rival)
    # What is still to leave keeps its address, and what is said in the other one from now on leaves after it.
    sql = "UPDATE outbox SET conversation_key = ? WHERE account_id = ? AND conversation_key = ?"
    draft.connection.run(sql, (rival.key, draft.account_id, conversation.key))
    return rival


def _take_back(draft: Draft, conversation: Conversation, note: dict[str, Any], contact_id: int) -> list[Conversation]:
    was_closed = note["continued_in"] is None and conversation.continued_in is not None
    rival = draft.conversation_of(conversation.channel.channel_id, contact_id) if was_closed else None
    draft.move_conversation(conversation, contact_id, rival.id if rival is not None else note["continued_in"])
    changed = [conversation]
    if was_closed and rival is None:
        _restore_handover(conversation, note)
        _answer_after_all(draft, conversation)
        sql = (
            "UPDATE outbox SET conversation_key = ? WHERE account_id = ? AND sequence IN"
            " (SELECT m.sequence FROM messages m WHERE m.account_id = ? AND m.conversation_key = ?)"
        )
        draft.connection.run(sql, (conversation.key, draft.account_id, draft.account_id, conversation.key))
        if note.get("rival") is not None:
            changed += _give_back(draft.conversation(note["rival"]["key"]), note["rival"])
    return changed


def _give_back(conversation: Conversation, note: dict[str, Any]) -> list[Conversation]:
    """Let a conversation be held, and its window be open, as before another went on in it. Who took it since then keeps
    it, and so does whoever answers what the customer has written since. It is the result if that changes it."""
    before, after, now = note["before"], note["after"], _state(conversation)
    changed = _forget_learnt(conversation, before, after)
    if before["window_from_ms"] != after["window_from_ms"] == now["window_from_ms"]:
        conversation.window_from_ms, changed = before["window_from_ms"], True
    if before["epoch"] != after["epoch"] and all(now[key] == after[key] for key in _HELD):
        _restore_handover(conversation, before)
        changed = True
    weigh(conversation)
    return [conversation] if changed else []


def _forget_learnt(conversation: Conversation, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Let nothing be said of a customer that was only true of the one they were joined with: neither tags, nor a
    language, a mood and what was told, unless somebody has said something newer since. Whether that changes them."""
    if "tags" not in before:
        return False  # It was joined when nothing of that was known yet.
    known = _known(conversation)
    came = set(after["tags"]) - set(before["tags"])
    conversation.tags = tuple(tag for tag in conversation.tags if tag not in came)
    if conversation.inbound_count == after["inbound_count"]:
        conversation.language, conversation.mood = before["language"], before["mood"]
        conversation.sentiment = before["sentiment"]
    if conversation.told_until_ms == after["told_until_ms"]:
        conversation.told_until_ms = before["told_until_ms"]
    return _known(conversation) != known


def _restore_handover(conversation: Conversation, was: dict[str, Any]) -> None:
    epoch = conversation.handover.epoch + 1  # An answer of the assistant counts only in the epoch it began in.
    status, reason = ConversationStatus(was["status"]), was.get("reason")
    since_ms = was["waiting_since_ms"]
    conversation.handover = Handover(status, was["operator_id"], epoch, since_ms, Reason(reason) if reason else None)
    conversation.operator_name = was["operator_name"]
    weigh(conversation)


def _answer_after_all(draft: Draft, conversation: Conversation) -> None:
    """Call a person to what the assistant had still to answer when two conversations were joined: it has called one
    there, if anybody."""
    last = conversation.last_message
    is_open = conversation.handover.status is ConversationStatus.BOT and last is not None and last["is_user"]
    if is_open and not awaits_turn(draft, conversation):
        call_to(draft, conversation, Reason.UNREADABLE, Note(NoteCode.APART_AGAIN))


def _forget_names(draft: Draft, conversation: Conversation, names: Sequence[Held]) -> bool:
    """Show no longer what was only another's."""
    theirs = {(held.identity.kind.value, held.identity.value) for held in names}
    listed = conversation.customer["identities"]
    left = [entry for entry in listed if (entry["kind"], entry["value"]) in theirs]
    if left and len(left) < len(listed):
        conversation.customer = {**conversation.customer, "identities": left}
        conversation.customer_changed = True
        draw_face(draft, conversation, names)
        return True
    return draw_face(draft, conversation, names)


def _joined_into(draft: Draft, contact_id: int) -> int:
    """Who a contact is by now, by WhatsApp's word alone."""
    sql = (
        "SELECT contact_id FROM contact_merges WHERE account_id = ? AND other_contact_id = ?"
        " AND told_by = 'whatsapp' AND undone_ms IS NULL"
    )
    while rows := draft.connection.rows(sql, (draft.account_id, contact_id)):
        contact_id = rows[0][0]
    return contact_id


def _give_user(draft: Draft, conversations: Iterable[Conversation], user_id: int) -> list[Conversation]:
    changed = [found for found in conversations if found.user_id != user_id]
    for conversation in changed:
        conversation.user_id = user_id
        draft.own_conversation(conversation)
    return changed


def share_user(draft: Draft, user_id: int, otherwise: int) -> list[Conversation]:
    """Tell anew whose the conversations of a person are, after a merge was undone: whoever is no longer tied to them
    goes by `otherwise` or, if that is not one of theirs either, by their own oldest contact. Those that changed."""
    changed: list[Conversation] = []
    for conversation in draft.conversations_of_user(user_id):
        tied = persons_contacts(draft.connection, draft.account_id, conversation.contact_id)
        if user_id not in tied:
            changed += _give_user(draft, [conversation], otherwise if otherwise in tied else min(tied))
    return changed


def _state(conversation: Conversation) -> dict[str, Any]:
    """Who holds a conversation, and since when its window is open."""
    handover = conversation.handover
    return {
        "status": handover.status.value,
        "operator_id": handover.operator_id,
        "operator_name": conversation.operator_name,
        "waiting_since_ms": handover.waiting_since_ms,
        "reason": handover.reason and handover.reason.value,
        "epoch": handover.epoch,
        "inbound_count": conversation.inbound_count,
        "window_from_ms": conversation.window_from_ms,
    }


def _known(conversation: Conversation) -> dict[str, Any]:
    """What was learnt of its customer, and told to them."""
    return {
        "tags": list(conversation.tags),
        "language": conversation.language,
        "mood": conversation.mood,
        "sentiment": conversation.sentiment,
        "told_until_ms": conversation.told_until_ms,
    }


def _known_to(conversation: Conversation, others: Iterable[Conversation]) -> list[Identity]:
    """The names that a channel told of in conversations that go on in this one."""
    return [
        Identity(IdentityKind(entry["kind"]), entry["value"])
        for other in others
        if other.continued_in == conversation.id
        for entry in other.customer["identities"]
    ]
