//! What is known of who holds what, and what to ask next.

pub mod cache;
pub mod cost;
mod identity_list;
mod page_hint;
mod planner;
mod question;
mod reading;
pub mod sweep;

pub use identity_list::PAGES_MAX;
pub use planner::ReadPlanner;
pub use question::{Answer, Concern, Freshness, Holdings, Question, ReadDemand, Reading};
pub use reading::{Gap, Known, Page, Revision};
