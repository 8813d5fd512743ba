//! Log lines for the host: `tracing` events as JSON on stderr.
//!
//! The host filters by level, but we inherit its environment and so need not even format what it would
//! throw away: without a level set, there is no subscriber at all. Only this crate's own events are
//! written; what dependencies trace can hold bytes of requests. Nothing waits for a line to be written, see
//! `stderr`. Follows hclog's JSON form as go-plugin
//! reads it, and Terraform's variables.

mod layer;
mod line;

use tracing::Level;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;

use self::layer::JsonLines;
use crate::ambient::{Clock, Env};
use crate::plugin::stderr;

/// From now on this process logs as the environment says, for the provider type `name` (`aws`, say).
///
/// Does nothing when logging is off, or when something else in the process logs already.
pub fn install(name: &str, env: &dyn Env, clock: &'static dyn Clock) {
    let Some(level) = level(name, env) else { return };
    let lines = JsonLines::new(level, clock, stderr::log);
    tracing::subscriber::set_global_default(Registry::default().with(lines)).ok();
}

/// Waits, but not for long, until what was logged is written: the last thing that a process does.
pub fn flush() {
    stderr::flush();
}

/// The most detailed level that anybody wants to see; `None` when logging is off.
///
/// The first variable that is set decides: the provider's own, that for providers, that for all.
fn level(name: &str, env: &dyn Env) -> Option<Level> {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    let wanted = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"].iter().find_map(|name| env.var(name))?;
    match wanted.to_uppercase().as_str() {
        "OFF" => None,
        "ERROR" => Some(Level::ERROR),
        "WARN" => Some(Level::WARN),
        "INFO" => Some(Level::INFO),
        "DEBUG" => Some(Level::DEBUG),
        // TRACE, JSON (which is about the host's output), and, as in the host, anything else.
        _ => Some(Level::TRACE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    fn check(pairs: &[(&str, &str)], expected: Option<Level>) {
        let env: FixedEnv = pairs.iter().copied().collect();
        assert_eq!(level("my-cloud", &env), expected, "{pairs:?}");
    }

    #[test]
    fn levels_are_read_as_the_host_reads_them() {
        check(&[], None);
        check(&[("TF_LOG_CORE", "TRACE")], None);
        for (text, level) in [
            ("TRACE", Some(Level::TRACE)),
            ("debug", Some(Level::DEBUG)),
            ("Info", Some(Level::INFO)),
            ("WARN", Some(Level::WARN)),
            ("ERROR", Some(Level::ERROR)),
            ("off", None),
            ("JSON", Some(Level::TRACE)),
            ("loud", Some(Level::TRACE)),
        ] {
            check(&[("TF_LOG", text)], level);
        }
    }

    #[test]
    fn the_nearest_variable_decides() {
        let (own, providers, all) = ("TF_LOG_PROVIDER_MY_CLOUD", "TF_LOG_PROVIDER", "TF_LOG");
        check(&[(own, "WARN"), (providers, "INFO"), (all, "TRACE")], Some(Level::WARN));
        check(&[(providers, "INFO"), (all, "TRACE")], Some(Level::INFO));
        check(&[(own, "OFF"), (all, "TRACE")], None);
        check(&[(own, ""), (all, "INFO")], Some(Level::INFO));
    }
}
