"""What the blocking and the asyncio client have in common."""

from __future__ import annotations

import ipaddress
import json
import os
import uuid
from importlib.metadata import version
from typing import Any, NamedTuple, Optional, Protocol, TypeVar

import grpc
from google.protobuf.message import Message

from ._errors import Error
from .v1.qualification_service_pb2 import WatchEventsRequest, WatchEventsResponse

_FIRST_WAIT, _LAST_WAIT = 0.25, 5.0
_RETRIES = {
    "maxAttempts": 5,
    "initialBackoff": "0.25s",
    "maxBackoff": "5s",
    "backoffMultiplier": 2.5,
    # Where the service says how long to wait, the library waits so long.
    "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
}
OPTIONS: list[tuple[str, Any]] = [
    ("grpc.primary_user_agent", f"referrald-python/{version('referrald')}"),
    ("grpc.service_config", json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": _RETRIES}]})),
    # What is larger would not be sent a second time; the service takes 4 MiB.
    ("grpc.per_rpc_retry_buffer_size", 5 << 20),
    ("grpc.initial_reconnect_backoff_ms", 250),
    ("grpc.max_reconnect_backoff_ms", 5000),
    ("grpc.keepalive_time_ms", 60_000),
]


class Target(NamedTuple):
    """Where to and as whom."""

    address: str
    credentials: Optional[grpc.ChannelCredentials]
    key: Optional[str]

    @classmethod
    def of(cls, address: Optional[str], key: Optional[str], plaintext: Optional[bool], roots: Optional[bytes]) -> Target:
        """What is not said is taken from the environment."""
        address = address or os.environ.get("REFERRALD_ADDRESS") or "127.0.0.1:50051"
        plaintext = _is_loopback(address) if plaintext is None else plaintext
        credentials = None if plaintext else grpc.ssl_channel_credentials(roots)
        return cls(address, credentials, os.environ.get("REFERRALD_KEY") if key is None else key)


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


R = TypeVar("R", bound=Message)


def prepared(details: Any, key: Optional[str], timeout: Optional[float]) -> Any:
    """What the library knows of a call, with the key, and with the deadline where the caller said none."""
    metadata = list(details.metadata or ())
    if key:
        metadata.append(("authorization", f"Bearer {key}"))
    return details._replace(metadata=metadata, timeout=timeout if details.timeout is None else details.timeout)


def repeatable(request: R) -> R:
    """The request with a `request_id`, where it may have one and has none, so that a retry is safe."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name or getattr(request, "request_id"):
        return request
    return _changed(request, "request_id", str(uuid.uuid4()))


class Attendance:
    """Where a watcher is, and how long it waits before it opens its stream again."""

    def __init__(self, request: WatchEventsRequest) -> None:
        self.request = request
        self._wait = _FIRST_WAIT

    def take(self, answer: WatchEventsResponse) -> bool:
        """Goes on behind an answer; says whether it has an event, or only tells that the service is there."""
        self.request = _changed(self.request, "cursor", answer.cursor)
        self.request.only_new = False
        self._wait = _FIRST_WAIT
        return answer.HasField("event")

    def wait(self, error: Optional[Error]) -> float:
        """Seconds to wait after the stream ended, or broke so."""
        told = error.retry_after if error is not None else None
        wait, self._wait = self._wait, min(self._wait * 2.5, _LAST_WAIT)
        return max(wait, told or 0)


class Page(Protocol):
    """A page of a list."""

    next_page_token: str


Q = TypeVar("Q", bound=Message)
P = TypeVar("P", bound=Page)
T = TypeVar("T")


def next_page(request: Q, page: Page) -> Q:
    """The request for the page after this one."""
    return _changed(request, "page_token", page.next_page_token)


def _changed(message: R, field: str, value: object) -> R:
    """A copy, since the message is the caller's."""
    copy = type(message)()
    copy.CopyFrom(message)
    setattr(copy, field, value)
    return copy
