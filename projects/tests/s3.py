"""A server that speaks S3, of a test's own: moto's, as a process, with what it keeps in its memory."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid

import boto3

from buka.dev.processes import Nursery
from projects.archive.bucket import Bucket

# What boto3 reads of the environment; the server takes any.
WHO = {"AWS_ACCESS_KEY_ID": "buka", "AWS_SECRET_ACCESS_KEY": "buka", "AWS_DEFAULT_REGION": "af-south-1"}
_START_SECONDS = 60.0


class S3:
    """The server, on a port of loopback."""

    def __init__(self, nursery: Nursery) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = nursery.spawn(command, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, "moto ended"
            assert time.monotonic() < limit, "moto did not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def bucket(self) -> str:
        """The name of a new bucket."""
        name = f"buka-{uuid.uuid4().hex[:12]}"
        keys = {"aws_access_key_id": "buka", "aws_secret_access_key": "buka", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=self.endpoint, **keys).create_bucket(Bucket=name)
        return name

    def url(self, bucket: str) -> str:
        return f"s3://{bucket}/pages?endpoint={self.endpoint}"


def nowhere() -> Bucket:
    """A bucket of a server that is not there."""
    return Bucket("pages", "", f"http://127.0.0.1:{free_port()}", "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
