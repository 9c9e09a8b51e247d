//! The main road from end to end.

use referrald::proto::v1::ReferralState;

use crate::harness::{RULE, Server, both_databases};

both_databases!(an_invited_person_who_spends_enough_in_time_qualifies);
async fn an_invited_person_who_spends_enough_in_time_qualifies(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "Ben@Example.com").await;
    assert_eq!((ben.state(), ben.spend_minor), (ReferralState::Pending, 0));

    server.pay("ben@example.com", 4_000).await;
    assert_eq!(server.stands(&ben.id).await, (ReferralState::Pending, 4_000));
    let why = server.explain(&ben.id).await;
    assert_eq!((why.spend_minor, why.missing_minor, why.decision_waits), (4_000, Some(6_000), false));

    server.pay("ben@example.com", 6_000).await;
    let ben = server.referral(&ben.id).await;
    assert_eq!((ben.state(), ben.spend_minor), (ReferralState::Qualified, 10_000));
    assert!(ben.qualified_at.is_some());
}
