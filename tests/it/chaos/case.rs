//! What can happen, by name: which operation, which trouble, at which call.

use std::fmt;
use std::time::Duration;

use simulator::Effect;

/// What the host asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Create,
    Update,
    Delete,
    Refresh,
    Import,
}

impl Operation {
    pub(super) const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Delete, Self::Refresh, Self::Import];

    /// Whether it may change the cloud.
    pub(super) fn writes(self) -> bool {
        !matches!(self, Self::Refresh | Self::Import)
    }
}

/// What goes wrong with the call, or with the process that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    Throttled,
    ErrorBefore,
    ErrorAfter,
    Html,
    HtmlAfter,
    ResetBefore,
    ResetAfter,
    CutShort,
    StallBefore,
    StallAfter,
    Partial,
    Lag,
    KillBefore,
    KillAfter,
    Stop,
}

impl Trouble {
    pub(super) const ALL: [(Self, &'static str); 15] = [
        (Self::Throttled, "throttled"),
        (Self::ErrorBefore, "error-before"),
        (Self::ErrorAfter, "error-after"),
        (Self::Html, "html-502"),
        (Self::HtmlAfter, "html-502-after"),
        (Self::ResetBefore, "reset-before"),
        (Self::ResetAfter, "reset-after"),
        (Self::CutShort, "cut-short"),
        (Self::StallBefore, "stall-before"),
        (Self::StallAfter, "stall-after"),
        (Self::Partial, "partial"),
        (Self::Lag, "lag"),
        (Self::KillBefore, "kill-before"),
        (Self::KillAfter, "kill-after"),
        (Self::Stop, "stop"),
    ];

    /// What the cloud does about the call. A process is killed, and a run stopped, while the call is held.
    pub(super) fn effect(self) -> Effect {
        const HELD: Duration = Duration::from_secs(30);
        let internal = || "InternalError".to_owned();
        match self {
            Self::Throttled => Effect::Throttle,
            Self::ErrorBefore => Effect::code("InternalError"),
            Self::ErrorAfter => Effect::CodeAfterApply(internal()),
            Self::Html => Effect::Html(502),
            Self::HtmlAfter => Effect::HtmlAfterApply(502),
            Self::ResetBefore => Effect::ResetBefore,
            Self::ResetAfter => Effect::ResetAfterApply,
            Self::CutShort => Effect::Truncate,
            Self::StallBefore | Self::KillBefore => Effect::StallBefore(HELD),
            Self::StallAfter | Self::KillAfter => Effect::StallAfterApply(HELD),
            Self::Partial => Effect::Partial { pairs: 3, code: internal() },
            Self::Lag => Effect::Lag(Duration::from_secs(3)),
            Self::Stop => Effect::StallAfterApply(Duration::from_millis(200)),
        }
    }

    pub(super) fn kills(self) -> bool {
        matches!(self, Self::KillBefore | Self::KillAfter)
    }

    /// Whether the operation is given less time than the call takes.
    pub(super) fn is_hurried(self) -> bool {
        matches!(self, Self::StallBefore | Self::StallAfter)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(trouble, _)| *trouble == self).unwrap().1
    }
}

/// One trouble at one call of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) operation: Operation,
    /// Whether others granted two of the resource's pairs before.
    pub(super) shared: bool,
    pub(super) trouble: Trouble,
    /// Counted from 1.
    pub(super) call: usize,
}

impl Case {
    /// What of the name counts in the table.
    pub(super) fn row(&self) -> String {
        format!("{} {}", self.operation(), self.trouble.name())
    }

    /// Whether most of its time is spent on waiting for a call to be given up.
    pub(super) fn is_slow(&self) -> bool {
        self.trouble.is_hurried()
    }

    fn operation(&self) -> String {
        format!("{:?}", self.operation).to_lowercase()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = if self.shared { "shared" } else { "alone" };
        write!(f, "{}/{owner}/{}/{}", self.operation(), self.trouble.name(), self.call)
    }
}
