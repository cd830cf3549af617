"""What the doctor says of files: whether they can be kept, and whether they come and go."""

from collections.abc import AsyncIterator, Iterator

from wasl.domain.channels import FilesBy
from wasl.errors import WaslError
from wasl.files.opening import MEDIA_FOLDER, open_files
from wasl.flow.findings import Finding, good, note, wrong
from wasl.settings import Settings
from wasl.store.checkup import Checkup
from wasl.store.directory import Channel


async def file_store(settings: Settings, dialect: str) -> AsyncIterator[Finding]:
    """Whether the store that the settings name answers; nothing is written to it."""
    try:
        files = open_files(settings)
    except WaslError as error:
        yield wrong(error.message)
        return
    try:
        await files.examine()
    except WaslError as error:
        yield wrong(f"Files cannot be kept: {error.message} Messages come and go without them.")
    else:
        tried = "The file store answers" if settings.media_url else "The folder for files can be written to"
        yield good(f"{tried}; nothing was written to try it.")
    finally:
        await files.close()
    if dialect != "sqlite" and not settings.media_url:
        folder = settings.data_dir / MEDIA_FOLDER
        yield note(f"Files lie in {folder}: several servers must share this folder, or use WASL_MEDIA_URL.")


def files_on_their_way(checkup: Checkup) -> Iterator[Finding]:
    """Whether customers' files are fetched."""
    if checkup.files_late:
        yield wrong(f"{checkup.files_late} files of customers should have been fetched by now: is the server running?")
    if checkup.files_missing:
        yield note(f"{checkup.files_missing} files of customers could not be had: operators may ask for them again.")


def files_out(channel: Channel, public_url: str | None) -> Iterator[Finding]:
    """Whether a number's provider can have files."""
    by_link = channel.capabilities.files_by is FilesBy.LINK and channel.capabilities.files
    if by_link and not public_url:
        sentence = f"Number {channel.phone_number_id}: its provider fetches files from our public address"
        yield wrong(f"{sentence}. Set WASL_PUBLIC_URL; until then no file can be sent.")
