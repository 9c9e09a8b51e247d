//! `demo`: the product's face.

use referrald::config;
use referrald::server::Problem;

/// Tells the story.
pub async fn demo(_options: config::Demo) -> Result<(), Problem> {
    Err(Problem("not told yet".to_owned()))
}
