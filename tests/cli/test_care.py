"""Importing, replaying and examining an installation from the command line."""

import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Wasl
from wasl.limits import CONNECTIONS_PER_NODE
from wasl.settings import Settings
from wasl.store.open import open_engine
from wasl.torture.servers import Unavailable, redis_server


def history(path: Path, *documents: Any) -> str:
    path.write_text("\n".join(d if isinstance(d, str) else json.dumps(d) for d in documents), encoding="utf-8")
    return str(path)


def talk(number: int) -> dict[str, Any]:
    said = [{"role": "user", "text": "hi", "timestamp": "2024-05-01T12:00:00"}, {"role": "bot", "text": "ho"}]
    said[1]["timestamp"] = "2024-05-01T12:00:01"
    return {"customer": f"+96130000{number:02}", "name": "Maya", "messages": said}


def test_an_import_says_what_came_in_and_can_be_run_again(olive: Wasl, tmp_path: Path) -> None:
    file = history(tmp_path / "old.jsonl", *(talk(number) for number in range(20)))
    for channel, counts in (("155501", "40 messages added, 0 known"), ("+9613000100", "0 messages added, 40 known")):
        said = olive("import", file, "--account", "Olive Bakery", "--channel", channel)
        assert said.status == 0
        assert said.out == f"20 conversations: {counts} already, 0 records not readable.\n"
        assert "40 messages of 20 conversations (100 %)\n" in said.err
    assert olive("doctor").status == 0


def test_an_import_names_every_record_it_could_not_read(olive: Wasl, tmp_path: Path) -> None:
    broken = {"customer": "7", "messages": [{"role": "user", "text": "secret words"}]}
    said = olive("import", history(tmp_path / "old", "{", broken, talk(1)), "--account", "1", "--channel", "155501")
    assert said.status == 1
    assert "not readable: line 1: it is no JSON\n" in said.err
    assert "not readable: line 2, message 1: it has no timestamp\n" in said.err
    assert "2 messages added" in said.out
    assert "secret words" not in said.out + said.err


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_import_of_nothing_or_to_nowhere_is_one_sentence(olive: Wasl, tmp_path: Path) -> None:
    file = history(tmp_path / "old", talk(1))
    for arguments in (("none", "1", "155501"), (str(tmp_path), "1", "155501"), (file, "2", "155501"), (file, "1", "9")):
        said = olive("import", arguments[0], "--account", arguments[1], "--channel", arguments[2])
        assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)


def test_a_replay_of_nothing_says_so(olive: Wasl) -> None:
    assert olive("replay").out == "0 updates processed, 0 messages added, 0 stay.\n"


def test_after_a_restore_nothing_is_sent_and_the_log_is_whole(olive: Wasl, tmp_path: Path) -> None:
    olive("import", history(tmp_path / "old", talk(1)), "--account", "1", "--channel", "155501")
    said = olive("restored")
    assert said.out == (
        "Accounts whose dashboards load anew: 1. Messages to decide on: 0. Customers handed over by the assistant: 0.\n"
    )
    assert olive("doctor").out.endswith("Everything is well.\n")


def test_a_healthy_installation_is_called_so(olive: Wasl) -> None:
    said = olive("doctor")
    assert (said.status, said.err) == (0, "")
    assert said.out.endswith("Everything is well.\n")
    assert "WRONG" not in said.out


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("UPDATE ledger SET stored = stored + 1 WHERE account_id = 1", "The ledger of account 1 does not balance"),
        ("UPDATE account_stream SET head_sequence = 7", "The log of account 1 should hold 7 events and holds 0"),
        ("UPDATE operators SET disabled = 1", "Nobody can log in for Olive Bakery"),
        ("DELETE FROM migrations", "Migrations are missing (0001_start, 0002_outbox_since"),
        ("INSERT INTO migrations VALUES (9999, 'later', 0)", "The database is of a newer version"),
        (
            "INSERT INTO outbox (account_id, sequence, channel_id, conversation_key, state, attempt, due_ms, since_ms)"
            " VALUES (1, 1, 1, 1, 'queued', 0, 0, 0)",
            "should have left minutes ago",
        ),
        (
            "INSERT INTO media_jobs (account_id, sequence, channel_id, media, state, due_ms, since_ms)"
            " VALUES (1, 1, 1, '{}', 'waiting', 0, 0)",
            "1 files of customers should have been fetched by now",
        ),
        (
            "INSERT INTO turns (account_id, conversation_key, channel_id, shadow, upto_sequence, since_ms, due_ms,"
            " state) VALUES (1, 1, 1, 0, 1, 0, 0, 'waiting')",
            "1 customers should have had the assistant's answer",
        ),
        (
            "INSERT INTO assistant_settings (account_id, channel_id, settings, updated_ms)"
            """ VALUES (1, 0, '{"mode": "auto"}', 0)""",
            "The assistant of number 155501 answers by itself, and knows nothing",
        ),
        (
            "INSERT INTO assistant_settings (account_id, channel_id, settings, secrets, updated_ms)"
            " VALUES (1, 0, '{}', x'01', 0)",
            "The assistant of number 155501: its keys cannot be opened",
        ),
        ("UPDATE channels SET secrets = x'01'", "A channel's secrets in the database are damaged"),
        ("UPDATE installation SET secret_check = 'other'", "WASL_SECRET_KEY is not the one"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_1(olive: Wasl, settings: Settings, spoil: str, sentence: str) -> None:
    _spoil(settings, spoil)
    said = olive("doctor")
    assert said.status == 1
    assert [line for line in said.out.splitlines() if line.startswith("WRONG") and sentence in line] != []


def _spoil(settings: Settings, sql: str) -> None:
    connection = sqlite3.connect(settings.data_dir / "wasl.db")
    connection.execute(sql)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_place_for_files_that_takes_none_is_told(olive: Wasl, settings: Settings) -> None:
    (settings.data_dir / "media").write_text("no folder")
    assert "WRONG Files cannot be kept: " in olive("doctor").out.replace("  ", " ")


def test_a_store_that_does_not_answer_is_told(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_MEDIA_URL", "s3://files?endpoint=http://127.0.0.1:9")
    assert "Set WASL_MEDIA_ACCESS_KEY" in olive("doctor").out
    monkeypatch.setenv("WASL_MEDIA_ACCESS_KEY", "key")
    monkeypatch.setenv("WASL_MEDIA_SECRET_KEY", "secret")
    said = olive("doctor")
    assert said.status == 1
    assert "Files cannot be kept: The file store does not answer" in said.out


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_number_that_webhooks_name_and_nobody_set_up_is_told(olive: Wasl, settings: Settings) -> None:
    assert "which is no channel" not in olive("doctor").out
    _spoil(
        settings,
        "INSERT INTO webhook_raw (account_id, provider, phone_number_id, proof, outcome, reason, updates, fingerprint,"
        " body, received_ms)"
        " VALUES (0, 'montymobile', '96100077', 'p', 'quarantined', 'unknown_channel', 1, 'f', '', 0)",
    )
    assert "Webhooks of montymobile name the number 96100077, which is no channel" in olive("doctor").out


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_late_clock_is_noticed(olive: Wasl, settings: Settings, tmp_path: Path) -> None:
    olive("import", history(tmp_path / "old", talk(1)), "--account", "1", "--channel", "155501")
    _spoil(settings, "UPDATE events SET created_ms = created_ms + 3600000")
    told = re.search(r"The newest event lies (\d+) s in the future", olive("doctor").out)
    assert told is not None
    assert 3500 < int(told[1]) <= 3600  # Less the time until it was asked.


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_doctor_makes_nothing(wasl: Wasl, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = settings.data_dir / "none"
    monkeypatch.setenv("WASL_DATA_DIR", str(folder))
    said = wasl("doctor")
    assert said.status == 1
    assert "begin with `wasl account create NAME`" in said.out
    assert not folder.exists()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_file_that_is_no_database_is_told(wasl: Wasl, settings: Settings) -> None:
    (settings.data_dir / "wasl.db").write_bytes(os.urandom(8192))
    said = wasl("doctor")
    assert said.status == 1
    assert "The database does not answer: file is not a database" in said.out
    assert wasl("account", "list").err == "wasl: The database cannot be opened: file is not a database\n"


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_redis_that_does_not_answer_is_told(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    said = olive("doctor")
    assert (said.status, "WASL_REDIS_URL is not set" in said.out) == (0, True)
    monkeypatch.setenv("WASL_REDIS_URL", "redis://:the-password@127.0.0.1:1/0")
    said = olive("doctor")
    assert said.status == 1
    assert "Redis (WASL_REDIS_URL): unreachable. Nothing is lost" in said.out
    assert "the-password" not in said.out + said.err
    monkeypatch.setenv("WASL_REDIS_URL", "http://127.0.0.1:1/0")
    assert "WASL_REDIS_URL cannot be read" in olive("doctor").out


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_redis_that_answers_is_well(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        with redis_server() as server:
            monkeypatch.setenv("WASL_REDIS_URL", server.url)
            said = olive("doctor")
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert said.status == 0
    assert "Redis answers" in said.out


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_with_sqlite_redis_is_not_asked(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_REDIS_URL", "redis://127.0.0.1:1/0")
    said = olive("doctor")
    assert (said.status, "WASL_REDIS_URL is set and not used" in said.out) == (0, True)


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_node_whose_clock_is_off_is_named(olive: Wasl, settings: Settings) -> None:
    _add_nodes(settings, ("n1:life", "n1", 900), ("n2:life", "n2", 3_600_000), ("n3:life", "n3", -7_000))
    said = olive("doctor")
    assert said.status == 1
    assert "The clock of node n2 is 3600 s ahead of the database's." in said.out
    assert "The clock of node n3 is 7 s behind the database's." in said.out
    assert "node n1" not in said.out


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_whether_the_nodes_find_connections_enough_is_told(olive: Wasl, settings: Settings) -> None:
    _add_nodes(settings, ("n1:life", "n1", 0), ("n2:life", "n2", 0))
    said = olive("doctor")
    assert said.status == 0
    assert f"2 nodes and one that is being replaced need {3 * CONNECTIONS_PER_NODE} connections; the" in said.out
    _add_nodes(settings, *((f"m{place}:life", f"m{place}", 0) for place in range(40)))
    said = olive("doctor")
    assert said.status == 1
    assert "raise its max_connections" in said.out


def _add_nodes(settings: Settings, *rows: tuple[str, str, int]) -> None:
    connection = open_engine(settings).connect()
    for row in rows:
        connection.run("INSERT INTO nodes (node, name, ahead_ms, seen_ms) VALUES (?, ?, ?, NOW_MS())", row)
    connection.close()
