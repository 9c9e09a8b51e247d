"""The blocking client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Optional

import grpc

from ._calls import OPTIONS, Attendance, P, Q, T, Target, next_page, prepared, repeatable
from ._errors import Error, ResourceExhausted, Unavailable
from .v1.campaign_service_pb2_grpc import CampaignServiceStub
from .v1.qualification_service_pb2 import WatchEventsRequest, WatchEventsResponse
from .v1.qualification_service_pb2_grpc import QualificationServiceStub
from .v1.referral_service_pb2_grpc import ReferralServiceStub
from .v1.reward_service_pb2_grpc import RewardServiceStub


class Client:
    """The services, over one connection that is made at the first call. Threads may share it."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self.campaigns = CampaignServiceStub(channel)
        self.referrals = ReferralServiceStub(channel)
        self.qualifications = QualificationServiceStub(channel)
        self.rewards = RewardServiceStub(channel)

    def all(self, call: Callable[[Q], P], request: Q, of: Callable[[P], Iterable[T]]) -> Iterator[T]:
        """All of a list, page by page; `of` takes the elements from a page."""
        while True:
            page = call(request)
            yield from of(page)
            if not page.next_page_token:
                return
            request = next_page(request, page)

    def watch(self, request: WatchEventsRequest) -> Iterator[WatchEventsResponse]:
        """Every event from the request's cursor on, and then each new one as it comes, without end.

        Each answer has an event, and the cursor to keep once the event is dealt with. A stream that ends or breaks is
        opened again behind the last event; what the service refuses is raised.
        """
        attendance = Attendance(request)
        while True:
            failure, stream = None, self.qualifications.WatchEvents(attendance.request)
            try:
                for answer in stream:
                    if attendance.take(answer):
                        yield answer
            except (Unavailable, ResourceExhausted) as error:
                failure = error
            finally:
                stream.cancel()
            time.sleep(attendance.wait(failure))

    def close(self) -> None:
        """Ends the connection, and calls under way with it."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(
    address: Optional[str] = None,
    key: Optional[str] = None,
    *,
    plaintext: Optional[bool] = None,
    root_certificates: Optional[bytes] = None,
    timeout: float = 10,
) -> Client:
    """A client.

    :param address: `HOST:PORT`. Default: REFERRALD_ADDRESS, else 127.0.0.1:50051.
    :param key: an API key. Default: REFERRALD_KEY, else none; "" is none.
    :param plaintext: whether to do without TLS. Default: on the loopback only.
    :param root_certificates: the authorities to trust with TLS, as PEM. Default: the well-known ones.
    :param timeout: seconds that a call may take with all its retries, where it says none itself.
    """
    target = Target.of(address, key, plaintext, root_certificates)
    if target.credentials is None:
        channel = grpc.insecure_channel(target.address, OPTIONS)
    else:
        channel = grpc.secure_channel(target.address, target.credentials, OPTIONS)
    return Client(grpc.intercept_channel(channel, _Caller(target.key, timeout)))


class _Caller(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Puts the key and a deadline on each call, and reads its errors."""

    def __init__(self, key: Optional[str], timeout: float) -> None:
        self._key, self._timeout = key, timeout

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return _Read(continuation(prepared(details, self._key, self._timeout), repeatable(request)))

    def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        # A stream may last: no deadline but the caller's own.
        return _Read(continuation(prepared(details, self._key, None), request))


class _Read:
    """A call whose errors are read."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def __iter__(self) -> _Read:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._call)
        except grpc.RpcError as error:
            raise Error.of(error) from None

    def result(self, timeout: Optional[float] = None) -> Any:
        try:
            return self._call.result(timeout)
        except grpc.RpcError as error:
            raise Error.of(error) from None

    def exception(self, timeout: Optional[float] = None) -> Optional[BaseException]:
        failure = self._call.exception(timeout)
        return Error.of(failure) if isinstance(failure, grpc.RpcError) else failure
