"""What fails for a moment is tried again, and done once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from conftest import Busy, server

import referrald
import referrald.aio
from referrald import v1


LIST = "/referrald.v1.CampaignService/ListCampaigns"


def ada(unique: str) -> v1.CreateReferrerRequest:
    return v1.CreateReferrerRequest(referrer=v1.Referrer(person=v1.Person(email=f"ada-{unique}@example.com")))


def test_a_restart_of_the_server_is_not_noticed(client: referrald.Client, unique: str) -> None:
    client.referrals.CreateReferrer(ada(f"before-{unique}"))
    server("stop")
    call = client.referrals.CreateReferrer.future(ada(unique))
    server("start")
    made = call.result().referrer
    wanted = v1.ListReferrersRequest(email=f"ada-{unique}@example.com")
    assert [found.id for found in client.referrals.ListReferrers(wanted).referrers] == [made.id]


def test_asyncio_does_not_notice_it_either(unique: str) -> None:
    async def create() -> v1.Referrer:
        async with referrald.aio.connect() as client:
            await client.referrals.CreateReferrer(ada(f"before-{unique}"))
            await asyncio.to_thread(server, "stop")
            call = asyncio.ensure_future(client.referrals.CreateReferrer(ada(unique)))
            await asyncio.to_thread(server, "start")
            return (await call).referrer

    assert asyncio.run(create()).id.startswith("rfr_")


def hold(server: grpc.Channel, let_go: threading.Event) -> grpc.Future[bytes]:
    """A call that has the only place of the server until it is let go."""
    raw: Any = server

    def nothing_yet() -> Iterator[bytes]:
        let_go.wait()
        yield b""

    while True:
        holder: grpc.Future[bytes] = raw.stream_unary(LIST).future(nothing_yet())
        while not holder.done():
            # Who asks beside it is refused once it is there; before that, it may be the holder that is.
            if raw.unary_unary(LIST).future(b"").exception() is not None:
                return holder


def test_who_is_told_to_wait_waits(busy: Busy) -> None:
    let_go = threading.Event()
    with grpc.insecure_channel(busy.address) as raw, referrald.connect(busy.address, key="") as client:
        holder = hold(raw, let_go)
        began = time.monotonic()
        mark = (("x-request-id", "refused-once"),)
        call = client.campaigns.ListCampaigns.future(v1.ListCampaignsRequest(), metadata=mark)
        busy.until_it_says("refused-once", "ResourceExhausted")
        let_go.set()
        assert len(call.result().campaigns) == 0
        assert time.monotonic() - began > 0.9, "the service said one second"
        holder.result()


class Faltering(grpc.GenericRpcHandler):
    """Is away for every first try of a call, and keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[v1.CreateReferrerRequest] = []
        self.headers: list[dict[str, Any]] = []

    def service(self, handler_call_details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(self.answer, v1.CreateReferrerRequest.FromString)

    def answer(self, request: v1.CreateReferrerRequest, context: grpc.ServicerContext) -> bytes:
        self.asked.append(request)
        self.headers.append(dict(context.invocation_metadata()))
        if len(self.asked) % 2 == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "in a moment")
        return b""


@pytest.fixture
def faltering() -> Iterator[tuple[str, Faltering]]:
    handler = Faltering()
    server = grpc.server(futures.ThreadPoolExecutor(1), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", handler
    server.stop(None).wait()


def test_every_try_of_a_create_has_the_same_request_id(faltering: tuple[str, Faltering]) -> None:
    address, handler = faltering
    request = ada("x")
    with referrald.connect(address, key="rfd_x") as client:
        client.referrals.CreateReferrer(request)
        client.referrals.CreateReferrer(request)

    async def again() -> None:
        async with referrald.aio.connect(address, key="rfd_x") as client:
            await client.referrals.CreateReferrer(v1.CreateReferrerRequest(request_id="my own"))

    asyncio.run(again())
    ids = [asked.request_id for asked in handler.asked]
    assert ids[0] == ids[1] != ids[2] == ids[3] and all(ids)
    assert ids[4:] == ["my own", "my own"]
    assert request.request_id == "", "the caller's request is left as it was"
    assert all(headers["authorization"] == "Bearer rfd_x" for headers in handler.headers)
    assert all(headers["user-agent"].startswith("referrald-python/") for headers in handler.headers)
