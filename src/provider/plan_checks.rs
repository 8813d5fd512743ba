//! Whether plans are checked against the organization.

use super::argument::SUMMARY;
use crate::ambient::Env;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::value::Field;

const VARIABLE: &str = "TENCENTCLOUD_PLAN_CHECKS";

/// The argument, else its variable, else yes.
pub(super) fn resolve(argument: Field<bool>, env: &dyn Env) -> Result<bool, Diagnostic> {
    if let Some(argument) = argument.known() {
        return Ok(*argument);
    }
    match env.var(VARIABLE).as_deref() {
        None | Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(other) => {
            let detail = format!("{VARIABLE} is {other:?}; it must be true or false.");
            Err(Diagnostic::error(SUMMARY, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    #[test]
    fn the_argument_wins_over_the_variable_and_plans_are_checked_by_default() {
        let resolved = |argument, variable: &str| {
            let env = [(VARIABLE, variable)].into_iter().collect::<FixedEnv>();
            resolve(argument, &env).map_err(|error| error.detail)
        };
        assert_eq!(resolved(Field::Null, ""), Ok(true));
        assert_eq!(resolved(Field::Null, "false"), Ok(false));
        assert_eq!(resolved(Field::Null, "0"), Ok(false));
        assert_eq!(resolved(Field::Known(true), "false"), Ok(true));
        assert_eq!(resolved(Field::Known(false), ""), Ok(false));
        let wrong = Err("TENCENTCLOUD_PLAN_CHECKS is \"no\"; it must be true or false.".to_owned());
        assert_eq!(resolved(Field::Null, "no"), wrong);
    }
}
