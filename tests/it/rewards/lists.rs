//! Rewards by page and filter, and for whom they are there.

use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use referrald::proto::v1::{RewardRecipient, RewardRule, RewardState};
use tonic::Code;

use crate::harness::{Caller, Server, both_databases, each_qualified, refused};

fn filter() -> v1::ListRewardsRequest {
    v1::ListRewardsRequest::default()
}

async fn listed(caller: &Caller, filter: v1::ListRewardsRequest) -> Vec<String> {
    let page = caller.rewards().list_rewards(filter).await.expect("a page").into_inner();
    page.rewards.into_iter().map(|reward| reward.id).collect()
}

both_databases!(rewards_are_listed_by_campaign_recipient_referral_and_state);
async fn rewards_are_listed_by_campaign_recipient_referral_and_state(server: &Server) {
    let both = || {
        let referred = RewardRecipient::Referred.into();
        vec![each_qualified(), RewardRule { recipient: referred, auto_issue: true, ..each_qualified() }]
    };
    let (one, two) = (server.rewarding(both()).await, server.rewarding(both()).await);
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&one, &maya, "ben@example.com").await;
    let eve = server.register(&two, &maya, "eve@example.com").await;
    for name in ["ben", "eve"] {
        server.pay(&format!("{name}@example.com"), 10_000).await;
    }
    let all = listed(&server.caller, filter()).await;
    assert_eq!(all.len(), 4);
    let (due, issued) = (RewardState::Due.into(), RewardState::Issued.into());
    for (wanted, number) in [
        (v1::ListRewardsRequest { campaign_id: one.id.clone(), ..filter() }, 2),
        (v1::ListRewardsRequest { recipient_id: maya.id.clone(), ..filter() }, 2),
        (v1::ListRewardsRequest { recipient_id: eve.id.clone(), ..filter() }, 1),
        (v1::ListRewardsRequest { referral_id: ben.id.clone(), ..filter() }, 2),
        (v1::ListRewardsRequest { state: due, ..filter() }, 2),
        (v1::ListRewardsRequest { state: issued, campaign_id: two.id.clone(), ..filter() }, 1),
        (v1::ListRewardsRequest { recipient_id: maya.id.clone(), campaign_id: two.id, state: issued, ..filter() }, 0),
    ] {
        assert_eq!(listed(&server.caller, wanted.clone()).await.len(), number, "{wanted:?}");
    }
    let mut paged = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListRewardsRequest { page_size: 3, page_token, ..filter() };
        let page = server.caller.rewards().list_rewards(request).await.expect("a page").into_inner();
        paged.extend(page.rewards.into_iter().map(|reward| reward.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, all, "each is on one page, the oldest first");
    assert!(all.is_sorted());
}

both_databases!(rewards_of_another_account_are_not_there);
async fn rewards_of_another_account_are_not_there(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    let reward = server.reward_of(&maya.id).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    let stranger = server.caller_of(&Scope::ALL, Some("eu")).await;
    assert_eq!(listed(&stranger, filter()).await, Vec::<String>::new());
    let get = v1::GetRewardRequest { id: reward.id.clone() };
    let refusal = refused(stranger.rewards().get_reward(get).await);
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(refusal.resource, Some(("reward".to_owned(), reward.id.clone())));

    let reader = server.caller_of(&[Scope::Read], Some("default")).await;
    assert_eq!(listed(&reader, filter()).await, std::slice::from_ref(&reward.id));
    let approve = v1::ApproveRewardRequest { id: reward.id, etag: String::new() };
    let refusal = refused(reader.rewards().approve_reward(approve).await);
    assert_eq!(refusal.kind(), (Code::PermissionDenied, "SCOPE_MISSING"));
}

both_databases!(an_etag_that_is_not_current_changes_nothing);
async fn an_etag_that_is_not_current_changes_nothing(server: &Server) {
    let campaign = server.rewarding(vec![RewardRule { hold_days: 3, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    let held = server.reward_of(&maya.id).await;
    let noted = server.approve(&held).await;
    assert_ne!(noted.etag, held.etag);
    let late = v1::ApproveRewardRequest { id: held.id.clone(), etag: held.etag };
    let refusal = refused(server.caller.rewards().approve_reward(late).await);
    assert_eq!(refusal.kind(), (Code::Aborted, "ETAG_MISMATCH"));
    let current = v1::ApproveRewardRequest { id: held.id, etag: noted.etag.clone() };
    server.caller.rewards().approve_reward(current).await.expect("it is current");
    assert_eq!(server.reward_of(&maya.id).await, noted);
}
