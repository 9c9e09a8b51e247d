//! Rewards as the merchant sees them: what earns them, what becomes of them, and what takes them back.

mod causes;
mod life;
mod lists;
mod rules;
mod stripe;
