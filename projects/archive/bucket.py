"""An archive in a bucket of a server that speaks S3 (`ARCHIVE_URL=s3://bucket/prefix?endpoint=…`).

An object is written whole or not at all, as S3 has it. Needs `requirements-s3.txt`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files import File

from projects.archive.folder import Entry
from projects.evidence import Away

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from storages.backends.s3 import S3Storage
except ImportError as missing:
    raise ImproperlyConfigured(
        f"ARCHIVE_URL names an S3 bucket, and {missing.name} is not installed:"
        " `pip install -r requirements-s3.txt`."
    ) from None

_LARGEST = 256 << 20  # bytes; a page is at most FETCH_MAX_BYTES, and what is larger is not ours
_FEW = 16  # folders of 256 that are asked for singly, rather than all at once
_GONE = ("404", "NoSuchKey", "NotFound")
_REASONS = {"NoSuchBucket": "there is no such bucket", "AccessDenied": "it does not let us in"}
# A page or a run waits no longer for a server that hangs; three tries.
_PATIENCE: dict[str, Any] = {"connect_timeout": 3, "read_timeout": 20, "retries": {"total_max_attempts": 3}}


class Bucket(S3Storage):
    """`bucket`, `prefix`, and `endpoint` where it is not Amazon's; who may enter is in the environment, as
    boto3 has it (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`)."""

    folder = None
    pages_a_look = 200  # each is a request over the network

    def __init__(self, bucket: str, prefix: str, endpoint: str, region: str) -> None:
        self.where = f"s3://{bucket}/{prefix}" + (f" at {endpoint}" if endpoint else "")
        # Servers other than Amazon's know neither a host name for each bucket nor its newer checksums.
        style = {"s3": {"addressing_style": "path"}} if endpoint else {}
        checksums = {"request_checksum_calculation": "when_required"}
        super().__init__(
            bucket_name=bucket,
            location=prefix,
            endpoint_url=endpoint or None,
            region_name=region or None,
            file_overwrite=True,
            client_config=Config(**style, **checksums, **_PATIENCE),
        )

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Whatever the server or the network says, in our words. Raises Away, FileNotFoundError."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE:
                raise FileNotFoundError(code) from None
            raise Away(f"The archive, {self.where}, cannot be used: {_REASONS.get(code, code)}.") from error
        except BotoCoreError as error:
            raise Away(f"The archive, {self.where}, cannot be asked: {type(error).__name__}.") from error

    def gone(self) -> str:
        try:
            with self._answering():
                self._client.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError:
            return f"is not there: {self.where} is no bucket"
        except Away as away:
            return str(away).removeprefix("The archive, ").rstrip(".")
        return ""

    def touched(self, names: Collection[str]) -> dict[str, datetime]:
        """By lists of a thousand: one question for each page of each poll would be too many."""
        folders = sorted({name.partition("/")[0] for name in names})
        prefixes = folders if len(folders) <= _FEW else [""]
        found = (entry for prefix in prefixes for entry in self.entries(prefix))
        return {entry.name: entry.written_at for entry in found if entry.name in names}

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        place = f"{self.location}/" if self.location else ""
        wanted = f"{place}{prefix}/" if prefix else place
        with self._answering():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=wanted):
                for found in page.get("Contents", ()):
                    yield Entry(found["Key"].removeprefix(place), found["Size"], found["LastModified"])

    def _open(self, name: str, mode: str = "rb") -> File:
        """The whole object, in one request."""
        with self._answering():
            answer = self._client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
            return File(BytesIO(answer["Body"].read(_LARGEST)), name)

    def _save(self, name: str, content: File) -> str:
        """In one request, which S3 carries out whole or not at all."""
        key = self._normalize_name(name)
        with self._answering():
            self._client.put_object(
                Bucket=self.bucket_name, Key=key, Body=content.read(), ContentType="application/gzip"
            )
        return name

    def delete(self, name: str) -> None:
        with self._answering():
            self._client.delete_object(Bucket=self.bucket_name, Key=self._normalize_name(name))

    def exists(self, name: str) -> bool:
        try:
            with self._answering():
                self._client.head_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
        except FileNotFoundError:
            return False
        return True

    @property
    def _client(self) -> Any:
        """Of this thread: boto3's sessions are not to be shared."""
        return self.connection.meta.client


__all__ = ["Bucket"]
