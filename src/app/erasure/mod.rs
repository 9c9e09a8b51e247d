//! Erasure of a person: everything that tells of them goes, what was decided stays, and who comes again is not taken.

mod estate;
mod later;

use std::collections::BTreeSet;
use std::sync::Arc;

use estate::Estate;
pub(super) use later::{erased_among, forgotten, refuse_erased};

use super::audit::note;
use super::error::{Error, Result};
use super::{App, Caller, accounts};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::email::Email;
use crate::domain::erasure::{Counts, Receipt, pseudonym};
use crate::domain::event;
use crate::domain::id::ErasureId;
use crate::domain::referral::{Referrer, random_code};
use crate::domain::time::Time;
use crate::store::{Erasure, LedgerRow, Tx};

/// Who is erased, by whom and when.
struct Order<'a> {
    email: &'a Email,
    cause: Arc<event::Cause>,
    now: Time,
}

/// Everything that an account has of a person.
struct Belongings {
    account: String,
    digest: String,
    /// As whom they go on counting.
    erasure: Erasure,
    /// Whether they were erased before.
    is_known: bool,
    referrer: Option<Referrer>,
    estates: Vec<Estate>,
}

impl App {
    /// Erases a person in one account, or in all that the caller may touch. Repeated, it erases what came since.
    pub async fn erase_person(
        &self,
        caller: &Caller,
        email: &Email,
        account: Option<String>,
        cancels: bool,
    ) -> Result<Receipt> {
        let order = Order { email, cause: Arc::new(caller.cause()), now: self.clock.now() };
        let mut tx = self.store.write().await?;
        let accounts = chosen(&mut tx, caller, account).await?;
        let mut all = Vec::new();
        let locked = accounts::lock_whole(&mut tx, accounts).await?;
        self.seal.check(&mut tx).await?;
        for (account, ledgers) in locked {
            all.push(self.belongings(&mut tx, &order, account, ledgers).await?);
        }
        check_rewards(all.iter().flat_map(|of| &of.estates), cancels)?;
        let mut counts = Counts::default();
        for of in &all {
            erase(&mut tx, &order, of, &mut counts).await?;
        }
        let first_erased_at = all.iter().map(|of| of.erasure.erased_at).min().unwrap_or(order.now);
        let accounts: Vec<String> = all.into_iter().map(|of| of.account).collect();
        let (id, erased_at) = (ErasureId::new(order.now, random()), order.now);
        let only = accounts.first().filter(|_| accounts.len() == 1);
        let subject = Subject::of_account(SubjectKind::Erasure, id, only.map(String::as_str));
        note(&mut tx, caller, subject, &[], order.now).await?;
        tx.commit().await?;
        // It is done, whatever comes of this.
        match self.store.empty_write_ahead().await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!("somebody reads for long: the file -wal has who was erased until it is emptied");
            }
            Err(why) => tracing::warn!(%why, "the file -wal could not be emptied, and has who was erased until it is"),
        }
        self.jobs_wanted.notify_one();
        Ok(Receipt { id, erased_at, first_erased_at, accounts, counts })
    }

    async fn belongings(
        &self,
        tx: &mut Tx,
        order: &Order<'_>,
        account: String,
        ledgers: Vec<LedgerRow>,
    ) -> Result<Belongings> {
        let digest = self.seal.person_key().digest(order.email.identity());
        let known = tx.erasures(&account, [&digest]).await?.remove(&digest);
        let is_known = known.is_some();
        let erasure = if let Some(known) = known {
            known
        } else {
            let pseudonym = pseudonym(random()).map_err(|_| Error::Internal)?;
            Erasure { pseudonym, erased_at: order.now }
        };
        let referrer = tx.referrer_by_email(&account, order.email.identity()).await?;
        let mut estates = Vec::new();
        for row in ledgers {
            estates.push(Estate::load(tx, row, order, referrer.as_ref()).await?);
        }
        Ok(Belongings { account, digest, erasure, is_known, referrer, estates })
    }
}

/// The accounts in which a person is to be erased.
async fn chosen(tx: &mut Tx, caller: &Caller, account: Option<String>) -> Result<Vec<String>> {
    let known = tx.accounts().await?;
    if let Some(account) = account {
        caller.touches(&account, "account", &account)?;
        return if known.contains(&account) { Ok(vec![account]) } else { Err(accounts::not_found(&account)) };
    }
    Ok(known.into_iter().filter(|account| caller.touches(account, "account", "").is_ok()).collect())
}

/// Refuses to leave somebody without a name who still waits for something.
fn check_rewards<'a>(estates: impl Iterator<Item = &'a Estate>, cancels: bool) -> Result<()> {
    let (mut open, mut under_way) = (Vec::new(), 0);
    for of in estates {
        open.extend(of.open.iter().map(|(reward, ..)| reward.id));
        under_way += of.under_way;
    }
    match under_way {
        1.. => Err(Error::RewardsUnderWay(under_way)),
        0 if !cancels && !open.is_empty() => Err(Error::OpenRewards(open)),
        0 => Ok(()),
    }
}

async fn erase(tx: &mut Tx, order: &Order<'_>, of: &Belongings, counts: &mut Counts) -> Result<()> {
    let pseudonym = &of.erasure.pseudonym;
    for estate in &of.estates {
        estate.erase(tx, order, pseudonym, counts).await?;
    }
    if let Some(referrer) = &of.referrer {
        tx.erase_referrer(&referrer.erased(pseudonym, random_code(random()), order.now)).await?;
        tx.forget_plans(referrer.id).await?;
        for estate in &of.estates {
            tx.forget_links(estate.row.id, &referrer.code).await?;
        }
        counts.answers += tx.drop_answers(&BTreeSet::from([referrer.id.to_string()])).await?;
        counts.referrers += 1;
    }
    if !of.is_known {
        tx.add_erasure(&of.account, &of.digest, &of.erasure).await?;
    }
    Ok(())
}
