"""The story of one campaign, and long lists of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import referrald
import referrald.aio
from referrald import v1

HERE = Path(__file__).parent.parent


def test_the_example_tells_the_story() -> None:
    told = subprocess.run([sys.executable, HERE / "examples/story.py"], check=True, capture_output=True, text=True)
    assert "Qualified: 120.00 EUR of at least 100.00 EUR counted." in told.stdout


def test_a_thousand_referrals_are_paged_through(
    client: referrald.Client, campaign: v1.Campaign, unique: str
) -> None:
    ada = v1.Referrer(person=v1.Person(email=f"ada-{unique}@example.com"))
    referrer = client.referrals.CreateReferrer(v1.CreateReferrerRequest(referrer=ada)).referrer

    def ask(number: int) -> v1.CreateReferralRequest:
        person = v1.Person(email=f"guest-{number}-{unique}@example.com", first_name="Guest")
        return v1.CreateReferralRequest(campaign_id=campaign.id, referrer_id=referrer.id, person=person)

    for first in range(0, 1000, 50):
        calls = [client.referrals.CreateReferral.future(ask(first + number)) for number in range(50)]
        for call in calls:
            call.result()
    wanted = v1.ListReferralsRequest(campaign_id=campaign.id, page_size=300)
    found = [referral.id for referral in client.all(client.referrals.ListReferrals, wanted, lambda p: p.referrals)]
    assert len(found) == len(set(found)) == 1000
    assert wanted.page_token == "", "the caller's request is left as it was"

    async def again() -> list[str]:
        async with referrald.aio.connect() as client:
            referrals = client.all(client.referrals.ListReferrals, wanted, lambda p: p.referrals)
            return [referral.id async for referral in referrals]

    assert asyncio.run(again()) == found


def test_asyncio_makes_calls_side_by_side(campaign: v1.Campaign) -> None:
    async def read() -> list[str]:
        async with referrald.aio.connect() as client:
            ask = v1.GetCampaignRequest(id=campaign.id)
            answers = await asyncio.gather(*(client.campaigns.GetCampaign(ask) for _ in range(20)))
            return [answer.campaign.id for answer in answers]

    assert asyncio.run(read()) == [campaign.id] * 20
