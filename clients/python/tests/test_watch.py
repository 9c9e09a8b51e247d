"""Events as they come."""

from __future__ import annotations

import asyncio

import pytest
from conftest import server

import referrald
import referrald.aio
from referrald import v1


def register(client: referrald.Client, campaign: v1.Campaign, name: str) -> str:
    """The id of the referral."""
    ada = v1.Referrer(person=v1.Person(email=f"ada-{name}@example.com"))
    referrer = client.referrals.CreateReferrer(v1.CreateReferrerRequest(referrer=ada)).referrer
    person = v1.Person(email=f"ben-{name}@example.com", first_name="Ben")
    request = v1.CreateReferralRequest(campaign_id=campaign.id, referrer_id=referrer.id, person=person)
    return client.referrals.CreateReferral(request).referral.id


def test_events_are_watched_across_a_restart(client: referrald.Client, campaign: v1.Campaign, unique: str) -> None:
    request = v1.WatchEventsRequest(mode=v1.MODE_TEST, campaign_id=campaign.id)
    events = client.watch(request)
    first = register(client, campaign, f"1-{unique}")
    told = next(events)
    assert (told.event.type, told.event.referral_id) == ("referral.registered", first)
    server("stop")
    server("start")
    second = register(client, campaign, f"2-{unique}")
    assert next(events).event.referral_id == second
    assert request.cursor == "", "the caller's request is left as it was"
    request.cursor = told.cursor
    assert next(client.watch(request)).event.referral_id == second


def test_asyncio_watches_likewise(client: referrald.Client, campaign: v1.Campaign, unique: str) -> None:
    async def watch() -> list[str]:
        async with referrald.aio.connect() as watcher:
            events = watcher.watch(v1.WatchEventsRequest(mode=v1.MODE_TEST, campaign_id=campaign.id))
            first = await asyncio.to_thread(register, client, campaign, f"1-{unique}")
            assert (await anext(events)).event.referral_id == first
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.to_thread(server, "stop")
            await asyncio.to_thread(server, "start")
            second = await asyncio.to_thread(register, client, campaign, f"2-{unique}")
            assert (await waiting).event.referral_id == second
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return [first, second]

    assert len(set(asyncio.run(watch()))) == 2


def test_a_watch_that_is_refused_says_why(client: referrald.Client) -> None:
    with pytest.raises(referrald.InvalidArgument) as refused:
        next(client.watch(v1.WatchEventsRequest(mode=v1.MODE_TEST, cursor="x")))
    assert [wrong.field for wrong in refused.value.violations] == ["cursor"]
