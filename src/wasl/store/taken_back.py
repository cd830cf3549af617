"""What a customer took back stands nowhere else either: not as what the assistant was asked, nor as asked in vain."""

from wasl.limits import QUESTION_CHARACTERS_MAX
from wasl.store.draft import Draft
from wasl.store.limits import TURNS_ABOUT_A_MESSAGE_MAX
from wasl.store.message_row import Message


def forget_question(draft: Draft, message: Message) -> None:
    """Take a message's words, which it still holds, out of the questions of all turns that answered it."""
    words = message.content or str(message.metadata.get("transcript") or "")
    if not message.is_user or not words.strip():
        return
    sql = (
        "SELECT answer_id, question FROM answers WHERE conversation_key = ? AND account_id = ? AND answer_id >= ?"
        " AND question_sequence >= ? ORDER BY answer_id LIMIT ?"
    )
    place = (message.conversation_key, draft.account_id, message.sequence, message.sequence)
    for answer_id, question in draft.connection.rows(sql, (*place, TURNS_ABOUT_A_MESSAGE_MAX)):
        left = _without(question, words)
        if left != question:
            _reword(draft, answer_id, left)


def _without(question: str, words: str) -> str:
    """A burst without one of its messages, each of which begins and ends a line."""
    if len(question) >= QUESTION_CHARACTERS_MAX:
        return ""  # It was cut: where, nothing tells.
    return f"\n{question}\n".replace(f"\n{words}\n", "\n").strip("\n")


def _reword(draft: Draft, answer_id: int, question: str) -> None:
    place = (draft.account_id, answer_id)
    draft.connection.run("UPDATE answers SET question = ? WHERE account_id = ? AND answer_id = ?", (question, *place))
    if question:
        # What else was said there finds its group anew.
        sql = "UPDATE unanswered_questions SET question = ?, terms = '' WHERE account_id = ? AND answer_id = ?"
        draft.connection.run(sql, (question, *place))
    else:
        draft.connection.run("DELETE FROM unanswered_questions WHERE account_id = ? AND answer_id = ?", place)
