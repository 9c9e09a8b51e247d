"""Why a call was refused: a class for each status code, with what the service says about it."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Optional

import grpc
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]


class Violation(NamedTuple):
    """A field that is wrong, and what is wrong with it."""

    field: str
    description: str


class Error(grpc.RpcError):
    """A call that was refused or got no answer. Its subclasses are named after the status codes of gRPC."""

    reason: str
    """Of `ErrorReason`, without its prefix, such as `NOT_FOUND`; empty where the service itself did not answer."""
    metadata: dict[str, str]
    """Every variable of the message."""
    violations: list[Violation]
    """The fields that are wrong, all at once."""
    retry_after: Optional[float]
    """Seconds after which the call may go through."""

    _by_code: ClassVar[dict[grpc.StatusCode, type[Error]]] = {}

    def __init_subclass__(cls, code: grpc.StatusCode) -> None:
        cls._by_code[code] = cls

    def __init__(self, code: grpc.StatusCode, message: str, details: bytes = b"") -> None:
        super().__init__(f"{code.name}: {message}")
        self._code, self._message = code, message
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        for found in status_pb2.Status.FromString(details).details:
            for known in (info, bad, retry):
                found.Unpack(known)
        self.reason, self.metadata = info.reason, dict(info.metadata)
        self.violations = [Violation(wrong.field, wrong.description) for wrong in bad.field_violations]
        self.retry_after = retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None

    @classmethod
    def of(cls, error: grpc.RpcError) -> Error:
        """The same error, read: `error` is what the library raises."""
        code, message = error.code(), error.details() or ""
        trailers: Any = error.trailing_metadata() or ()
        details = next((value for name, value in trailers if name == "grpc-status-details-bin"), b"")
        return cls._by_code.get(code, cls)(code, message, details)

    def code(self) -> grpc.StatusCode:
        """The status code."""
        return self._code

    def details(self) -> str:
        """The message, for people; its words may change."""
        return self._message


class InvalidArgument(Error, code=grpc.StatusCode.INVALID_ARGUMENT):
    """Fields are missing, malformed or out of range; see `violations`."""


class NotFound(Error, code=grpc.StatusCode.NOT_FOUND):
    """There is no such thing, or the key may not see it."""


class AlreadyExists(Error, code=grpc.StatusCode.ALREADY_EXISTS):
    """Another has what must be unique; `metadata` names it."""


class Aborted(Error, code=grpc.StatusCode.ABORTED):
    """It was changed meanwhile: read it again."""


class FailedPrecondition(Error, code=grpc.StatusCode.FAILED_PRECONDITION):
    """The state of things does not allow it; `reason` says why."""


class Unauthenticated(Error, code=grpc.StatusCode.UNAUTHENTICATED):
    """No key came with the call, or one that is not good."""


class PermissionDenied(Error, code=grpc.StatusCode.PERMISSION_DENIED):
    """The key lacks the scope that the call needs."""


class ResourceExhausted(Error, code=grpc.StatusCode.RESOURCE_EXHAUSTED):
    """Too much at once, after all tries; or a message that is too large."""


class Unavailable(Error, code=grpc.StatusCode.UNAVAILABLE):
    """The service or its database does not answer, after all tries."""


class DeadlineExceeded(Error, code=grpc.StatusCode.DEADLINE_EXCEEDED):
    """The time of the call is over. A write may have been carried out."""


class Internal(Error, code=grpc.StatusCode.INTERNAL):
    """A fault of the service."""
