"""Where this installation keeps bytes: a folder of the home, or a bucket. Apart from `system`, as the media node has no database."""

from teleconsult.records import BlobStore, DiskBlobs
from teleconsult.settings import Settings


def open_blobs(settings: Settings) -> BlobStore:
    """What `settings.blobs_url` names. Nothing is written by this."""
    local = settings.home / "blobs"
    if settings.blobs_url.startswith("s3://"):
        from teleconsult.records.s3 import S3Blobs  # noqa: PLC0415 (boto3 is there only with the extra `s3`)

        return S3Blobs(settings.blobs_url, local / "staging", settings.s3_cache_bytes)
    return DiskBlobs(local, quota=settings.storage_quota_bytes or None)
