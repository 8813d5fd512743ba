//! Figures as a table in Markdown: a line a case, with medians and whether its goal is met.

use std::collections::BTreeMap;
use std::fmt;

/// What one command took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// From its start to its end.
    pub(crate) seconds: f64,
    /// Of processor time, its providers' included.
    pub(crate) cpu: f64,
    /// Calls of the API, by action.
    pub(crate) calls: BTreeMap<String, usize>,
    /// Calls refused for their rate.
    pub(crate) refused: usize,
}

impl Sample {
    /// Calls of all actions.
    pub(crate) fn call_count(&self) -> usize {
        self.calls.values().sum()
    }

    /// Calls that make, revoke or list grants: all but what a plan looks up to be checked.
    pub(crate) fn grant_call_count(&self) -> usize {
        let about_grants = self.calls.iter().filter(|(action, _)| action.contains("AuthIdentit"));
        about_grants.map(|(_, count)| count).sum()
    }
}

/// A line of the table.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) floor: Option<String>,
    pub(crate) ours: String,
    pub(crate) ratio: Option<f64>,
    pub(crate) cpu: Option<(f64, f64)>,
    pub(crate) calls: Option<String>,
    pub(crate) goal: &'static str,
    pub(crate) met: bool,
}

/// The goal of a line that is there to be compared with.
pub(crate) const NO_GOAL: &str = "none";

/// The head of the table.
pub(crate) const HEAD: &str = "\
| case | floor | ours | ratio | CPU, floor / ours | calls (most of any run) | goal | met |
|---|---|---|---|---|---|---|---|";

impl Row {
    /// Compares runs of ours with as many of the floor's; `met` is given the floor's and our median seconds
    /// and the run with the most calls.
    pub(crate) fn compare(
        name: impl Into<String>,
        floor: &[Sample],
        ours: &[Sample],
        goal: &'static str,
        met: impl Fn(f64, f64, &Sample) -> bool,
    ) -> Self {
        let seconds = |samples: &[Sample]| median(samples.iter().map(|sample| sample.seconds));
        let cpu = |samples: &[Sample]| median(samples.iter().map(|sample| sample.cpu));
        let dearest = ours.iter().max_by_key(|sample| sample.call_count()).cloned().unwrap_or_default();
        let refused = ours.iter().map(|sample| sample.refused).max().unwrap_or_default();
        let dearest = Sample { refused, ..dearest };
        let by_action = dearest.calls.iter().map(|(action, count)| format!("{count} {}", short(action)));
        let by_action = by_action.collect::<Vec<_>>().join(" + ");
        let compared = !floor.is_empty();
        Self {
            name: name.into(),
            floor: compared.then(|| format!("{:.2} s", seconds(floor))),
            ours: format!("{:.2} s", seconds(ours)),
            ratio: compared.then(|| seconds(ours) / seconds(floor)),
            cpu: compared.then(|| (cpu(floor), cpu(ours))),
            calls: (!by_action.is_empty()).then(|| format!("{by_action}; {refused} refused")),
            goal,
            met: met(seconds(floor), seconds(ours), &dearest),
        }
    }
}

/// The action as readers of the table know it.
fn short(action: &str) -> &str {
    match action {
        "CreateOrganizationMemberAuthIdentity" => "grant",
        "DeleteOrganizationMemberAuthIdentity" => "revoke",
        "DescribeOrganizationMemberAuthIdentities" => "list",
        "DescribeOrganizationMembers" => "of members",
        "DescribeOrganizationNodes" => "of units",
        "ListOrganizationIdentity" => "of identities",
        "DescribeOrganizationMembersAuthPolicy" => "of bindings",
        other => other,
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, ours, goal, .. } = self;
        let floor = self.floor.as_deref().unwrap_or("–");
        let ratio = self.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        let cpu = self.cpu.map_or("–".to_owned(), |(floor, ours)| format!("{floor:.2} / {ours:.2} s"));
        let calls = self.calls.as_deref().unwrap_or("–");
        let met = match (*goal, self.met) {
            (NO_GOAL, _) => "–",
            (_, true) => "yes",
            (_, false) => "**no**",
        };
        write!(f, "| {name} | {floor} | {ours} | {ratio} | {cpu} | {calls} | {goal} | {met} |")
    }
}

/// The middle one; 0 of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value that this share of all does not exceed; 0 of none.
pub(crate) fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position in a short list"
    )]
    let position = (values.len().saturating_sub(1) as f64 * share).round() as usize;
    values.get(position).copied().unwrap_or_default()
}
