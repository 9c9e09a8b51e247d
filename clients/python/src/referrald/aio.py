"""The client for asyncio: as `referrald.connect`, with calls that are awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Optional, cast

import grpc
import grpc.aio

from ._calls import OPTIONS, Attendance, P, Q, T, Target, next_page, prepared, repeatable
from ._errors import Error, ResourceExhausted, Unavailable
from .v1.campaign_service_pb2_grpc import CampaignServiceStub
from .v1.qualification_service_pb2 import WatchEventsRequest, WatchEventsResponse
from .v1.qualification_service_pb2_grpc import QualificationServiceStub
from .v1.referral_service_pb2_grpc import ReferralServiceStub
from .v1.reward_service_pb2_grpc import RewardServiceStub

if TYPE_CHECKING:
    from .v1.campaign_service_pb2_grpc import CampaignServiceAsyncStub
    from .v1.qualification_service_pb2_grpc import QualificationServiceAsyncStub
    from .v1.referral_service_pb2_grpc import ReferralServiceAsyncStub
    from .v1.reward_service_pb2_grpc import RewardServiceAsyncStub


class Client:
    """The services, over one connection that is made at the first call."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self.campaigns = cast("CampaignServiceAsyncStub", CampaignServiceStub(channel))
        self.referrals = cast("ReferralServiceAsyncStub", ReferralServiceStub(channel))
        self.qualifications = cast("QualificationServiceAsyncStub", QualificationServiceStub(channel))
        self.rewards = cast("RewardServiceAsyncStub", RewardServiceStub(channel))

    async def all(
        self, call: Callable[[Q], Awaitable[P]], request: Q, of: Callable[[P], Iterable[T]]
    ) -> AsyncIterator[T]:
        """All of a list, page by page; `of` takes the elements from a page."""
        while True:
            page = await call(request)
            for item in of(page):
                yield item
            if not page.next_page_token:
                return
            request = next_page(request, page)

    async def watch(self, request: WatchEventsRequest) -> AsyncIterator[WatchEventsResponse]:
        """Every event, without end: as `referrald.Client.watch`."""
        attendance = Attendance(request)
        while True:
            failure, stream = None, self.qualifications.WatchEvents(attendance.request)
            try:
                async for answer in stream:
                    if attendance.take(answer):
                        yield answer
            except (Unavailable, ResourceExhausted) as error:
                failure = error
            finally:
                stream.cancel()
            await asyncio.sleep(attendance.wait(failure))

    async def close(self) -> None:
        """Ends the connection, and calls under way with it."""
        await self._channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def connect(
    address: Optional[str] = None,
    key: Optional[str] = None,
    *,
    plaintext: Optional[bool] = None,
    root_certificates: Optional[bytes] = None,
    timeout: float = 10,
) -> Client:
    """A client; the arguments are those of `referrald.connect`. Call it where the event loop runs."""
    target = Target.of(address, key, plaintext, root_certificates)
    callers = [_Unary(target.key, timeout), _Stream(target.key)]
    if target.credentials is None:
        return Client(grpc.aio.insecure_channel(target.address, OPTIONS, interceptors=callers))
    return Client(grpc.aio.secure_channel(target.address, target.credentials, OPTIONS, interceptors=callers))


class _Unary(grpc.aio.UnaryUnaryClientInterceptor):
    """Puts the key and a deadline on each call, and reads its errors."""

    def __init__(self, key: Optional[str], timeout: float) -> None:
        self._key, self._timeout = key, timeout

    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return _Read(await continuation(_prepared(details, self._key, self._timeout), repeatable(request)))


class _Stream(grpc.aio.UnaryStreamClientInterceptor):
    """The same for streams, which may last: no deadline but the caller's own."""

    def __init__(self, key: Optional[str]) -> None:
        self._key = key

    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return _Read(await continuation(_prepared(details, self._key, None), request))


class _Read:
    """A call whose errors are read."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def __await__(self) -> Generator[Any, None, Any]:
        try:
            return (yield from self._call.__await__())
        except grpc.aio.AioRpcError as error:
            raise Error.of(error) from None

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            async for answer in self._call:
                yield answer
        except grpc.aio.AioRpcError as error:
            raise Error.of(error) from None


# The library asks what an interceptor gives back whether it is a call.
grpc.aio.UnaryUnaryCall.register(_Read)
grpc.aio.UnaryStreamCall.register(_Read)


def _prepared(details: Any, key: Optional[str], timeout: Optional[float]) -> Any:
    details = prepared(details, key, timeout)
    return details._replace(metadata=grpc.aio.Metadata(*details.metadata))
