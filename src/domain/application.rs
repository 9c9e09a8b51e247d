//! How far a newer version of a campaign's rule has come with the referrals of before.

use super::event::Cause;
use super::id::KeyId;
use super::time::Time;

/// The call that asks for it, as events name it.
const CALL: &str = "CampaignService/UpdateCampaign";

/// The raise of all referrals of a campaign to a version of its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Referrals of an older version are raised to this one.
    pub version: u32,
    /// The key of whoever asked, if one was shown.
    pub asked_by: Option<KeyId>,
    /// How many referrals were of an older version when it was asked for.
    pub total: u64,
    /// How many of them have been decided anew.
    pub done: u64,
    /// When it was asked for.
    pub started_at: Time,
    /// When the last of them was; none while some are left.
    pub finished_at: Option<Time>,
}

impl Application {
    /// Asked for, with nothing counted and nothing done.
    pub fn new(version: u32, asked_by: Option<KeyId>, now: Time) -> Self {
        Self { version, asked_by, total: 0, done: 0, started_at: now, finished_at: None }
    }

    /// With the number of referrals that it is about; without any it has ended.
    #[must_use]
    pub fn of(self, total: u64) -> Self {
        let finished_at = (total == 0).then_some(self.started_at);
        Self { total, finished_at, ..self }
    }

    /// So many referrals further.
    #[must_use]
    pub fn advanced(&self, raised: u64, none_left: bool, now: Time) -> Self {
        Self { done: self.done + raised, finished_at: none_left.then_some(now), ..self.clone() }
    }

    /// Whether referrals are left.
    pub fn is_under_way(&self) -> bool {
        self.finished_at.is_none()
    }

    /// What led to the changes that it makes: the call that asked for it.
    pub fn cause(&self) -> Cause {
        Cause::Call { key: self.asked_by, call: CALL.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::day;
    use super::*;

    #[test]
    fn it_ends_with_its_last_referral_and_at_once_where_there_is_none() {
        let asked = Application::new(2, None, day(1));
        assert_eq!(asked.clone().of(0).finished_at, Some(day(1)));
        let all = asked.of(300);
        assert!(all.is_under_way());
        let some = all.advanced(200, false, day(2));
        assert_eq!((some.done, some.is_under_way()), (200, true));
        let none = some.advanced(100, true, day(3));
        assert_eq!((none.done, none.total, none.finished_at), (300, 300, Some(day(3))));
    }
}
