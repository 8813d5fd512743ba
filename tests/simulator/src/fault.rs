//! Things that go wrong on purpose: which call, and what happens to it.
//!
//! A fault fires on a call that has passed the gateway (signature, route, rate limit) and takes its place in
//! the script: of those that fit a call the one scripted first fires, and no call gets two.

use std::time::Duration;

/// What happens to the call. "Applied" means the action runs as usual and only its answer suffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `RequestLimitExceeded`; not applied.
    Throttle,
    /// Any error; not applied.
    Code {
        /// The API's error code.
        code: String,
        /// The text that goes with it.
        message: String,
    },
    /// Applied, then answered with this error code.
    CodeAfterApply(String),
    /// The first pairs of a grant call are granted, member by member, then it is answered with the error
    /// code. On any other action the same as [`Effect::CodeAfterApply`].
    Partial {
        /// How many.
        pairs: usize,
        /// The API's error code.
        code: String,
    },
    /// An HTML page with this status, as a proxy in front would send; not applied.
    Html(u16),
    /// Applied, then answered with an HTML page of this status.
    HtmlAfterApply(u16),
    /// The connection is reset; not applied.
    ResetBefore,
    /// Applied, then the connection is reset.
    ResetAfterApply,
    /// Applied; the connection ends after half of the body.
    Truncate,
    /// Applied; the body is no JSON.
    Garbage,
    /// Held for this long, then `InternalError`; not applied.
    StallBefore(Duration),
    /// Applied at once; the answer is held for this long.
    StallAfterApply(Duration),
    /// Applied and answered at once; lists show it only after this long.
    Lag(Duration),
    /// Answered as usual; then this member leaves the organization.
    MemberLeaves(u64),
}

impl Effect {
    /// An error code with a text of no importance; not applied.
    pub fn code(code: &str) -> Self {
        Self::Code { code: code.to_owned(), message: "Scripted.".to_owned() }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Throttle => "Throttle",
            Self::Code { .. } => "Code",
            Self::CodeAfterApply(_) => "CodeAfterApply",
            Self::Partial { .. } => "Partial",
            Self::Html(_) => "Html",
            Self::HtmlAfterApply(_) => "HtmlAfterApply",
            Self::ResetBefore => "ResetBefore",
            Self::ResetAfterApply => "ResetAfterApply",
            Self::Truncate => "Truncate",
            Self::Garbage => "Garbage",
            Self::StallBefore(_) => "StallBefore",
            Self::StallAfterApply(_) => "StallAfterApply",
            Self::Lag(_) => "Lag",
            Self::MemberLeaves(_) => "MemberLeaves",
        }
    }
}

/// One entry of the script: by default it fires once, on the next call of its action.
#[derive(Debug, Clone)]
pub struct Fault {
    action: Option<String>,
    effect: Effect,
    first: usize,
    times: Option<usize>,
    seen: usize,
    fired: usize,
}

impl Fault {
    /// On the next call of this action.
    pub fn on(action: &str, effect: Effect) -> Self {
        Self { action: Some(action.to_owned()), ..Self::any(effect) }
    }

    /// On the next call, whatever its action.
    pub fn any(effect: Effect) -> Self {
        Self { action: None, effect, first: 1, times: Some(1), seen: 0, fired: 0 }
    }

    /// Not before the `n`th call, counted from 1 at the moment the fault joins the script.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.first = n;
        self
    }

    /// On `n` calls instead of one.
    #[must_use]
    pub fn times(mut self, n: usize) -> Self {
        self.times = Some(n);
        self
    }

    /// On every call.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    fn concerns(&self, action: &str) -> bool {
        self.action.as_ref().is_none_or(|name| name == action)
    }

    fn is_due(&self) -> bool {
        self.seen >= self.first && self.times.is_none_or(|times| self.fired < times)
    }

    /// What is still to come, in words; `None` once a bounded fault is used up or an unbounded one has fired.
    fn outstanding(&self) -> Option<String> {
        let missing = self.times.unwrap_or(1).saturating_sub(self.fired);
        let action = self.action.as_deref().unwrap_or("any action");
        (missing > 0).then(|| format!("{} on {action} still to fire {missing} time(s)", self.effect.name()))
    }
}

/// The faults in order.
#[derive(Debug, Default)]
pub(crate) struct Script(Vec<Fault>);

impl Script {
    pub(crate) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts the call with every fault it concerns and fires the first that is due.
    pub(crate) fn fire(&mut self, action: &str) -> Option<Effect> {
        for fault in self.0.iter_mut().filter(|fault| fault.concerns(action)) {
            fault.seen += 1;
        }
        let fault = self.0.iter_mut().find(|fault| fault.concerns(action) && fault.is_due())?;
        fault.fired += 1;
        Some(fault.effect.clone())
    }

    pub(crate) fn outstanding(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(Fault::outstanding)
    }
}

#[cfg(test)]
mod tests;
