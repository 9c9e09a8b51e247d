//! What was answered to create calls with a request id.

use super::error::Result;
use super::sql::{Tx, args};
use crate::domain::time::Time;

/// A create call that can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The account that it belongs to.
    pub account: String,
    /// The method, such as `CreateCampaign`.
    pub method: &'static str,
    /// The caller's id.
    pub id: String,
    /// A hash of its content.
    pub fingerprint: Vec<u8>,
}

impl Tx {
    /// What was answered before: the content's hash and the resource's id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn answered(&mut self, request: &Request) -> Result<Option<(Vec<u8>, String)>> {
        let sql = "select fingerprint, resource_id from requests \
                   where account = $1 and method = $2 and request_id = $3";
        let row = self.row(sql, args![&request.account, request.method, &request.id]).await?;
        row.map(|row| Ok((row.bytes("fingerprint")?, row.text("resource_id")?))).transpose()
    }

    /// Keeps what is answered; false where another call with this id came between.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn keep_answer(&mut self, request: &Request, resource_id: &str, now: Time) -> Result<bool> {
        let sql = "insert into requests (account, method, request_id, fingerprint, resource_id, created_at) \
                   values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let Request { account, method, id, fingerprint } = request;
        Ok(self.run(sql, args![account, *method, id, fingerprint.clone(), resource_id, now]).await? > 0)
    }
}
