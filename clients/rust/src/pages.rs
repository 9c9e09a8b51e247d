//! Lists, page after page.

use std::collections::VecDeque;

use futures_util::stream::{Stream, try_unfold};

use crate::client::Client;
use crate::error::Error;
use crate::v1;

/// A request for a list.
pub trait List: Clone + Send {
    /// What the list holds.
    type Item: Send;

    /// One page, and the request for the next, where there is one.
    fn page(self, client: &Client) -> impl Future<Output = Result<(Vec<Self::Item>, Option<Self>), Error>> + Send;
}

impl Client {
    /// Every element of a list, page after page; the next page is asked for when it is needed.
    pub fn all<L: List>(&self, request: L) -> impl Stream<Item = Result<L::Item, Error>> + Send {
        let beginning = (self.clone(), VecDeque::new(), Some(request));
        try_unfold(beginning, async |(client, mut page, mut next)| {
            loop {
                if let Some(item) = page.pop_front() {
                    return Ok(Some((item, (client, page, next))));
                }
                let Some(request) = next else { return Ok(None) };
                let (items, following) = L::page(request, &client).await?;
                (page, next) = (items.into(), following);
            }
        })
    }
}

macro_rules! list {
    ($request:ident, $client:ident.$call:ident, $items:ident: $item:ident) => {
        impl List for v1::$request {
            type Item = v1::$item;

            async fn page(mut self, client: &Client) -> Result<(Vec<Self::Item>, Option<Self>), Error> {
                let page = client.$client().$call(self.clone()).await?.into_inner();
                self.page_token = page.next_page_token;
                let next = if self.page_token.is_empty() { None } else { Some(self) };
                Ok((page.$items, next))
            }
        }
    };
}
list!(ListCampaignsRequest, campaigns.list_campaigns, campaigns: Campaign);
list!(ListReferrersRequest, referrals.list_referrers, referrers: Referrer);
list!(ListReferralsRequest, referrals.list_referrals, referrals: Referral);
list!(ListRewardsRequest, rewards.list_rewards, rewards: Reward);
list!(ListAuditLogRequest, qualifications.list_audit_log, lines: AuditLine);
