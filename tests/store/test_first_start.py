"""Several nodes start at once on an empty database: one of them makes the schema, the others find it made."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr

from story.node import environment_of
from wasl.settings import Settings
from wasl.store.migrate import known_migrations
from wasl.store.open import open_engine
from wasl.torture.servers import PostgresServer

NODES = 3
START = """
import sys, orjson
from wasl.settings import Settings
from wasl.store.open import open_engine, prepare
from wasl.store.secrets import SecretBox
settings = Settings()
engine, box = open_engine(settings), SecretBox(settings.key())
print("ready", flush=True)
sys.stdin.readline()
print(orjson.dumps(prepare(engine, box)).decode())
"""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = server.create_database() if server is not None else None
    return Settings(data_dir=tmp_path, database_url=url, secret_key=SecretStr("k" * 32))


def test_one_makes_the_schema_and_the_others_wait(empty: Settings) -> None:
    environment = {**os.environ, **environment_of(empty), "PYTHONPATH": os.pathsep.join(sys.path)}
    nodes = [
        subprocess.Popen(
            [sys.executable, "-c", START], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(NODES)
    ]
    for node in nodes:
        assert node.stdout is not None
        assert node.stdout.readline() == "ready\n"
    for node in nodes:  # Now that all are there, at once.
        assert node.stdin is not None
        node.stdin.write("\n")
        node.stdin.flush()
    told = [node.communicate(timeout=60)[0].strip() for node in nodes]
    assert [node.returncode for node in nodes] == [0] * NODES
    applied = sorted((orjson.loads(line.splitlines()[-1]) for line in told), key=len)
    names = [name for name, _ in known_migrations().values()]
    assert applied == [[]] * (NODES - 1) + [names]
    connection = open_engine(empty).connect()
    assert [row[0] for row in connection.rows("SELECT name FROM migrations")] == names
    connection.close()
