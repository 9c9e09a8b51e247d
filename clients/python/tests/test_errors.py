"""A class for each kind of refusal, with what the service says about it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

import grpc
import pytest

import referrald
import referrald.aio
from referrald import v1

NOBODY = "cmp_" + "0" * 32


def test_wrong_fields_are_all_named(client: referrald.Client) -> None:
    campaign = v1.Campaign(mode=v1.MODE_TEST, rule=v1.Rule(currency="e", window_days=4000))
    with pytest.raises(referrald.InvalidArgument) as caught:
        client.campaigns.CreateCampaign(v1.CreateCampaignRequest(campaign=campaign))
    fields = {violation.field for violation in caught.value.violations}
    assert {"campaign.display_name", "campaign.rule.currency", "campaign.rule.target_minor"} <= fields
    assert caught.value.reason == "INVALID_FIELDS"
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert all(violation.description for violation in caught.value.violations)
    assert "campaign.rule.currency" in caught.value.details()


def test_what_is_not_there(client: referrald.Client) -> None:
    with pytest.raises(referrald.NotFound) as caught:
        client.campaigns.GetCampaign(v1.GetCampaignRequest(id=NOBODY))
    assert (caught.value.reason, caught.value.metadata) == ("NOT_FOUND", {"kind": "campaign", "name": NOBODY})


def test_what_is_taken(client: referrald.Client, unique: str) -> None:
    def ada(code: str) -> v1.CreateReferrerRequest:
        person = v1.Person(email=f"ada-{unique}@example.com")
        return v1.CreateReferrerRequest(referrer=v1.Referrer(person=person, code=code))

    first = client.referrals.CreateReferrer(ada(f"one-{unique}")).referrer
    with pytest.raises(referrald.AlreadyExists) as caught:
        client.referrals.CreateReferrer(ada(f"two-{unique}"))
    assert caught.value.metadata == {"kind": "referrer", "name": first.id, "unique": "email"}


def test_what_was_changed_meanwhile(client: referrald.Client, campaign: v1.Campaign) -> None:
    with pytest.raises(referrald.Aborted) as caught:
        client.campaigns.PauseCampaign(v1.PauseCampaignRequest(id=campaign.id, etag="old"))
    assert caught.value.reason == "ETAG_MISMATCH"
    assert caught.value.metadata == {"given": "old", "current": campaign.etag}


def test_what_the_state_does_not_allow(client: referrald.Client, campaign: v1.Campaign) -> None:
    with pytest.raises(referrald.FailedPrecondition) as caught:
        client.campaigns.LaunchCampaign(v1.LaunchCampaignRequest(id=campaign.id))
    assert (caught.value.reason, caught.value.metadata["state"]) == ("CAMPAIGN_STATE", "LIVE")


def test_a_key_that_is_not_good() -> None:
    with referrald.connect(key="rfd_wrong") as client, pytest.raises(referrald.Unauthenticated) as caught:
        client.campaigns.ListCampaigns(v1.ListCampaignsRequest())
    assert caught.value.reason == "KEY_INVALID"


def test_a_key_without_the_scope() -> None:
    reader = referrald.connect(key=os.environ["REFERRALD_KEY_READ"])
    with reader as client, pytest.raises(referrald.PermissionDenied) as caught:
        client.campaigns.EndCampaign(v1.EndCampaignRequest(id=NOBODY))
    assert (caught.value.reason, caught.value.metadata) == ("SCOPE_MISSING", {"needed": "write"})


def test_a_message_that_is_too_large_is_sent_once(client: referrald.Client) -> None:
    with pytest.raises(referrald.ResourceExhausted) as caught:
        client.campaigns.GetCampaign(v1.GetCampaignRequest(id="x" * (4 << 20)))
    assert (caught.value.reason, caught.value.retry_after) == ("MESSAGE_TOO_LARGE", None)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = f"127.0.0.1:{listener.getsockname()[1]}"
    with referrald.connect(free) as client, pytest.raises(referrald.Unavailable) as caught:
        client.campaigns.ListCampaigns(v1.ListCampaignsRequest())
    assert (caught.value.reason, caught.value.violations) == ("", [])


def test_the_time_is_over(black_hole: str) -> None:
    ask = v1.ListCampaignsRequest()
    with referrald.connect(black_hole, timeout=0.2) as client:
        with pytest.raises(referrald.DeadlineExceeded):
            client.campaigns.ListCampaigns(ask)
    with referrald.connect(black_hole) as client, pytest.raises(referrald.DeadlineExceeded):
        client.campaigns.ListCampaigns(ask, timeout=0.2)


def test_asyncio_raises_the_same(black_hole: str) -> None:
    async def refused(address: str, call: Callable[[referrald.aio.Client], Any]) -> referrald.Error:
        async with referrald.aio.connect(address, timeout=5) as client:
            with pytest.raises(referrald.Error) as caught:
                await call(client)
            return caught.value

    address = os.environ["REFERRALD_ADDRESS"]
    wrong = asyncio.run(refused(address, lambda c: c.campaigns.GetCampaign(v1.GetCampaignRequest(id="x"))))
    assert isinstance(wrong, referrald.InvalidArgument) and wrong.violations[0].field == "id"
    late = asyncio.run(refused(black_hole, lambda c: c.campaigns.ListCampaigns(v1.ListCampaignsRequest(), timeout=0.2)))
    assert isinstance(late, referrald.DeadlineExceeded)


def test_a_call_may_be_canceled(black_hole: str) -> None:
    with referrald.connect(black_hole) as client:
        call = client.campaigns.ListCampaigns.future(v1.ListCampaignsRequest())
        assert call.cancel()
        assert call.code() is grpc.StatusCode.CANCELLED

    async def canceled() -> None:
        async with referrald.aio.connect(black_hole) as client:
            await asyncio.wait_for(client.campaigns.ListCampaigns(v1.ListCampaignsRequest()), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(canceled())
