"""The file store that the settings name."""

from wasl.errors import Misconfigured
from wasl.files.keeping import FileStore
from wasl.files.local import LocalFiles
from wasl.files.scratch import SCRATCH_FOLDER, Scratch
from wasl.settings import Settings

MEDIA_FOLDER = "media"


def open_files(settings: Settings) -> FileStore:
    """A store that speaks S3 by WASL_MEDIA_URL, else a folder in the data directory.

    Raises Misconfigured for any other URL, and when the client is not installed.
    """
    if not settings.media_url:
        return LocalFiles(settings.data_dir / MEDIA_FOLDER)
    try:
        from wasl.files.s3 import open_s3  # noqa: PLC0415 - the client is an extra
    except ImportError as error:
        raise Misconfigured("For WASL_MEDIA_URL install Wasl with its client: pip install 'wasl[s3]'.") from error
    secret = settings.media_secret_key.get_secret_value() if settings.media_secret_key else ""
    return open_s3(settings.media_url, settings.media_access_key or "", secret, scratch_of(settings))


def scratch_of(settings: Settings) -> Scratch:
    """Where files lie while they are made."""
    return Scratch(settings.data_dir / SCRATCH_FOLDER)
