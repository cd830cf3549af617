"""Both file stores, and a workshop."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from wasl.files.keeping import FileStore
from wasl.files.local import LocalFiles
from wasl.files.s3 import open_s3
from wasl.files.scratch import Scratch
from wasl.files.workshop import Workshop

KEY, SECRET = "a-key", "a-secret"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server that speaks S3, with the bucket `files`."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket="files")
    client.close()
    yield endpoint
    server.stop()


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[FileStore]:
    """Each of the two."""
    if request.param == "folder":
        store: FileStore = LocalFiles(tmp_path / "media")
    else:
        endpoint = request.getfixturevalue("s3_server")
        store = open_s3(
            f"s3://files/{tmp_path.name}?endpoint={endpoint}&region=us-east-1", KEY, SECRET, Scratch(tmp_path)
        )
    yield store
    await store.close()


@pytest.fixture
async def workshop(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Workshop]:
    workshop = Workshop(Scratch(tmp_path / "scratch"))
    yield workshop
    await workshop.close()
