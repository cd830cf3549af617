"""(17) After healing every screen shows what the rows say, soon, and nobody keeps coming back."""

from wasl.torture import history
from wasl.torture.judge.messages import judge_thread
from wasl.torture.judge.pages import judge_list
from wasl.torture.judge.screen import NOWHERE, Screen
from wasl.torture.judge.screens import Screens
from wasl.torture.judge.tables import Era, Facts, parse_cursor
from wasl.torture.judge.verdict import Findings

VISIBLE_SECONDS = 10.0
"""After the later of healing and its acknowledgement a message stands on every screen within this."""
RETURNS_SETTLED = 6
"""So many times a watcher may come back right after healing."""
RETURN_SECONDS = 4.0
"""Later a stream ends because it is old, and not more often than that."""
RETURNING = frozenset({"poll", "socket-poll", "reload", "walk"})
"""Those who open a connection again and again by their nature."""


def judge_liveness(facts: Facts, screens: Screens, findings: Findings) -> None:
    """Once all records are read."""
    if not facts.eras:
        return
    for screen in screens.by_name.values():
        _judge_reach(facts, screen, findings)
        _judge_returns(facts, screen, findings)
        for viewed in screen.views:
            judge_view(facts.last, screen.watcher, viewed, findings)
        _judge_alike(screen, findings)


def _judge_reach(facts: Facts, screen: Screen, findings: Findings) -> None:
    """Everybody came to the end of the log, and in time."""
    watcher = screen.watcher
    who, head = watcher.who, facts.last.log(watcher.account).last
    about: dict[str, str | int] = {"who": who, "account": watcher.account, "sequence": head}
    findings.compared[17] += 1
    kept = [viewed for viewed in screen.views if not viewed.fresh]
    if not kept and watcher.by == "tab":
        return  # It died before the end, as tabs do.
    if not kept:
        findings.blame(17, f"{who} said nothing of what its screen showed in the end.", **about)
    for viewed in screen.views:
        cursor = parse_cursor(viewed.cursor)
        if cursor is None or cursor[0] < head or not facts.last.log(watcher.account).holds(*cursor):
            what = "A fresh load of" if viewed.fresh else "The screen of"
            sentence = (
                f"{what} {who} stands at {viewed.cursor} in the end, and account {watcher.account} ends at {head}."
            )
            findings.blame(17, sentence, **about)
    if kept and screen.position not in (NOWHERE, head) and screen.position < head and screen.told < head:
        sentence = f"{who} was shown account {watcher.account} up to {screen.position} and says that it shows {head}."
        findings.blame(6, sentence, **about)
    for seconds, number, at in screen.pace.slowest:
        name = facts.names.names[number]
        sentence = f"Message {name} came to {who} {seconds:.1f} s after it was acknowledged and all was healed."
        findings.blame(17, sentence, who=who, message=name, at=int(at))


def _judge_returns(facts: Facts, screen: Screen, findings: Findings) -> None:
    if screen.watcher.by in RETURNING or screen.watcher.habit == "restless":
        return
    late = [at for at in screen.opened if at > facts.healed_at]
    findings.compared[17] += 1
    if late and len(late) > RETURNS_SETTLED + (late[-1] - facts.healed_at) / RETURN_SECONDS:
        who = screen.watcher.who
        sentence = f"{who} came back {len(late)} times in {late[-1] - facts.healed_at:.1f} s after all was healed."
        findings.blame(17, sentence, who=who, at=int(late[-1]))


def judge_view(era: Era, watcher: history.Watcher, viewed: history.Viewed, findings: Findings) -> None:
    """Hold what a screen shows against the rows: the list, each opened conversation whole, and what is unread."""
    judge_list(findings, viewed.who, viewed.rows)
    for row in viewed.rows:
        _judge_row(era, watcher, viewed, row, findings)
    for conversation, messages in viewed.conversations.items():
        findings.compared[9] += 1
        judge_thread(findings, viewed.who, conversation, messages, twice=9)
        _judge_thread(era, viewed, conversation, messages, findings)


def _judge_row(
    era: Era, watcher: history.Watcher, viewed: history.Viewed, row: history.Row, findings: Findings
) -> None:
    name, last_sequence, status, unread, version = row
    about: dict[str, str | int] = {"who": viewed.who, "conversation": name}
    findings.compared[17] += 1
    known = era.conversations.get(name)
    if known is None:
        findings.blame(17, f"{viewed.who} shows {name} in the end, which is in no row.", **about)
        return
    if known.account != watcher.account:
        sentence = f"{viewed.who} of account {watcher.account} shows {name} of account {known.account} in the end."
        findings.blame(6, sentence, **about)
        return
    shown, right = [last_sequence, status, version], [known.last_sequence, known.status, known.version]
    if shown != right:
        sentence = f"{viewed.who} shows {name} with last_sequence, status, version {shown} in the end, the rows say"
        findings.blame(17, f"{sentence} {right}.", **about)
    if unread is None:
        return
    findings.compared[13] += 1
    marker = era.markers.get((watcher.operator, name), 0)
    recount = era.rows.inbound_between(name, marker, 1 << 62)
    if unread != recount:
        sentence = (
            f"{viewed.who} shows {name} with {unread} unread in the end, and operator {watcher.operator}, who has"
        )
        findings.blame(13, f"{sentence} read up to {marker}, has {recount}.", **about)


def _judge_thread(
    era: Era, viewed: history.Viewed, conversation: str, messages: list[history.Message], findings: Findings
) -> None:
    rows = era.rows
    members = sorted(
        rows.by_conversation.get(conversation, ()), key=lambda row: (rows.clocks[row], rows.sequences[row])
    )
    right = {(rows.clocks[row], rows.sequences[row]): (rows.versions[row], rows.statuses[row]) for row in members}
    shown = {(message[2], message[3]): (message[4], message[5] or "") for message in messages}
    findings.compared[17] += len(right)
    about: dict[str, str | int] = {"who": viewed.who, "conversation": conversation}
    for place in sorted(right.keys() - shown.keys()):
        sentence = f"{viewed.who} does not show the message at {place} of {conversation} in the end."
        findings.blame(17, sentence, **about, sequence=place[1])
    for place in sorted(shown.keys() - right.keys()):
        sentence = f"{viewed.who} shows a message at {place} of {conversation} in the end, where no row is."
        findings.blame(17, sentence, **about, sequence=place[1])
    for place in sorted(right.keys() & shown.keys()):
        if right[place] != shown[place]:
            sentence = (
                f"{viewed.who} shows the message at {place} of {conversation} with version and status {shown[place]}"
            )
            findings.blame(17, f"{sentence} in the end, and the row says {right[place]}.", **about, sequence=place[1])


def _judge_alike(screen: Screen, findings: Findings) -> None:
    """What a fresh load shows was on the screen."""
    kept = next((viewed for viewed in reversed(screen.views) if not viewed.fresh), None)
    fresh = next((viewed for viewed in reversed(screen.views) if viewed.fresh), None)
    if kept is None or fresh is None:
        return
    held = {row[0]: row for row in kept.rows}
    for row in fresh.rows:
        findings.compared[17] += 1
        if row[0] not in held:
            sentence = f"A fresh load of {kept.who} shows {row[0]}, and the screen did not."
            findings.blame(17, sentence, who=kept.who, conversation=str(row[0]))
    for conversation in fresh.conversations.keys() & kept.conversations.keys():
        findings.compared[17] += 1
        if fresh.conversations[conversation] != kept.conversations[conversation]:
            sentence = f"A fresh load of {kept.who} shows other messages of {conversation} than the screen did."
            findings.blame(17, sentence, who=kept.who, conversation=conversation)
