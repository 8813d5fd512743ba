//! How grants have fared lately, whoever asked for them: whether a refused call holds one bad pair among good
//! ones, or whether nearly everything fails. Pure.

/// The level from which a refused call is expected to hold many bad pairs.
const COMMON: u8 = 4;
/// The level from which a call of some pairs is expected to be refused. There is none above it.
const EVERYWHERE: u8 = 8;
/// After so many tries in vain, each some time after the one before, that time is not waited for any more.
const IN_VAIN_MAX: u8 = 10;

/// Rises with every refused call, falls with every one that succeeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trouble {
    level: u8,
    /// How many times in a row it did not help to try again after a while.
    in_vain: u8,
}

impl Trouble {
    /// A call was refused for some of its pairs.
    pub(super) fn refused(&mut self) {
        self.level = (self.level + 1).min(EVERYWHERE);
    }

    /// A call did what it was asked for.
    pub(super) fn succeeded(&mut self) {
        self.level = self.level.saturating_sub(1);
        self.in_vain = 0;
    }

    /// What had failed was tried again after a while, and failed.
    pub(super) fn tried_in_vain(&mut self) {
        self.in_vain = self.in_vain.saturating_add(1);
    }

    /// Whether to take a refused call apart at once. Halving takes fewer calls where one pair is bad, more
    /// where every third is.
    pub(super) fn is_common(self) -> bool {
        self.level >= COMMON
    }

    /// Whether not to begin with calls of several pairs.
    pub(super) fn is_everywhere(self) -> bool {
        self.level >= EVERYWHERE
    }

    /// Whether it helps to try again after a while what has failed.
    pub(super) fn may_pass(self) -> bool {
        self.in_vain < IN_VAIN_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(calls: &str) -> (bool, bool) {
        let mut trouble = Trouble::default();
        for call in calls.chars() {
            if call == 'x' { trouble.refused() } else { trouble.succeeded() }
        }
        (trouble.is_common(), trouble.is_everywhere())
    }

    #[test]
    fn one_bad_pair_among_good_ones_is_no_common_trouble() {
        for search in ["", "xxx", "xxx.x.x", "......xx.x", "x.x.x.x.x.x"] {
            assert_eq!(after(search), (false, false), "{search}");
        }
    }

    #[test]
    fn where_nearly_all_fails_it_is_and_it_passes() {
        assert_eq!(after("xxxx"), (true, false));
        assert_eq!(after("xx.xxxx.xx"), (true, false));
        assert_eq!(after("xxxxxxxxxxxxxx"), (true, true));
        assert_eq!(after("xxxxxxxxxxxxxx."), (true, false));
        assert_eq!(after("xxxxxxxxxxxxxx....."), (false, false));
    }

    #[test]
    fn a_success_makes_waiting_worth_it_again() {
        let mut trouble = Trouble::default();
        (0..IN_VAIN_MAX).for_each(|_| trouble.tried_in_vain());
        assert!(!trouble.may_pass());
        trouble.succeeded();
        assert!(trouble.may_pass());
    }
}
