"""Blobs in an S3 bucket (extra `s3`). Writers stage on this machine, then upload whole: an object appears whole or not at all."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from teleconsult.kernel.errors import Refused, absent, busy
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import aside, storage_faults
from teleconsult.records.staging import BoundedCache, Tidying

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class S3Blobs:
    """A bucket named by `s3://bucket/prefix?endpoint=URL`; credentials by the usual AWS settings.

    `open` and `path` keep what they fetched in `staging`'s cache: they are for what never changes under its key; `read` is for anything.
    """

    def __init__(self, url: str, staging: Path, cache_bytes: int = 20 << 30) -> None:
        parts = urlsplit(url)
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/")
        self._staging = staging
        self._cache = staging / "cache"
        self._cache.mkdir(parents=True, exist_ok=True)
        self._bound = BoundedCache(self._cache, cache_bytes)
        self._tidying = Tidying(staging)
        self._client: S3Client = boto3.client("s3", endpoint_url=endpoint)

    def staging(self) -> Path:
        self._tidying.when_due()
        return self._staging

    def adopt(self, finished: Path, key: str) -> None:
        if not finished.exists() and self.exists(key):
            return
        self.link(finished, key)
        finished.unlink(missing_ok=True)

    def link(self, finished: Path, key: str) -> None:
        try:
            with finished.open("rb") as source:
                self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=source)
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error
        self._cached(key).unlink(missing_ok=True)

    def settle(self) -> None:
        """Nothing is left to do: a bucket answers when it has the bytes."""

    def put(self, key: str, content: bytes) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=content)
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error
        self._cached(key).unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        file = self._cached(key)
        self._bound.used(file)
        try:
            return cast(BinaryIO, file.open("rb"))
        except FileNotFoundError:
            return self._fetched(key, file)

    def _fetched(self, key: str, file: Path) -> BinaryIO:
        draft = file.with_suffix(f".{new_id()}")  # two at once may fetch the same
        try:
            with storage_faults():
                self._client.download_file(self._bucket, self._name(key), str(draft))
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error
        fetched = cast(BinaryIO, draft.open("rb"))  # open before it can be made room of
        draft.replace(file)
        self._bound.added(os.fstat(fetched.fileno()).st_size)
        return fetched

    def read(self, key: str) -> bytes:
        """Always the bucket's: what `put` replaced from another machine must not be answered from this one's cache."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error

    def path(self, key: str) -> Path | None:
        try:
            self.open(key).close()
        except Refused:
            return None
        return self._cached(key)

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except Refused as refusal:
            if refusal.code == "blob.absent":
                return False
            raise
        return True

    def size(self, key: str) -> int:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"]
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=self._name(key))
        self._cached(key).unlink(missing_ok=True)

    def set_aside(self, key: str) -> str:
        """Copied, then deleted if nobody has sent it anew in between."""
        source, there = self._name(key), next(each for each in aside(key) if not self.exists(each))
        try:
            seen = self._client.head_object(Bucket=self._bucket, Key=source)["ETag"]
            self._client.copy({"Bucket": self._bucket, "Key": source}, self._bucket, self._name(there))
            if self._client.head_object(Bucket=self._bucket, Key=source)["ETag"] == seen:
                self._client.delete_object(Bucket=self._bucket, Key=source)
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error
        self.uncached(key)
        return there

    def uncached(self, key: str) -> None:
        self._cached(key).unlink(missing_ok=True)

    def names(self, key: str) -> list[str]:
        below = f"{self._name(key)}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=below, Delimiter="/")
        try:
            found = [
                name
                for page in pages
                for name in (
                    *(folder["Prefix"] for folder in page.get("CommonPrefixes", [])),
                    *(item["Key"] for item in page.get("Contents", [])),
                )
            ]
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error
        return [name.removeprefix(below).rstrip("/") for name in found]

    def delete_below(self, key: str) -> None:
        below = f"{self._name(key)}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=below)
        try:
            for page in pages:
                for item in page.get("Contents", []):
                    self._client.delete_object(Bucket=self._bucket, Key=item["Key"])
        except (ClientError, BotoCoreError) as error:
            raise _refused(error, key) from error

    def free_bytes(self) -> int | None:
        return None

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _cached(self, key: str) -> Path:
        return self._cache / hashlib.sha256(key.encode()).hexdigest()


def _refused(error: ClientError | BotoCoreError, key: str) -> Refused:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    if code in ("404", "NoSuchKey", "NotFound"):
        return absent("blob.absent", key)
    return busy("storage.unreachable", f"{key}: {error}")
