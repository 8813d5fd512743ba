//! Functions with one of everything that parameters can have.

use crate::framework::attribute::{List, Nested, Set};
use crate::framework::function::{Arguments, Function, FunctionError, Given, Param, Parameters};
use crate::framework::gadget::Question;
use crate::framework::testing::Raw;
use crate::framework::value::Field;

/// Joins parts: some text between each two, then any number of them. An empty part is an error.
pub(crate) struct Join;

pub(crate) struct JoinArgs {
    between: Option<String>,
    parts: Vec<String>,
}

const BETWEEN: Param<Option<String>> = Param::new("between", "What is put between.");
const PART: Param<String> = Param::new("part", "A part.");

impl Arguments for JoinArgs {
    fn parameters() -> Parameters {
        Parameters { positional: vec![BETWEEN.declare()], variadic: Some(PART.declare()) }
    }

    fn read(given: &mut Given) -> Result<Self, FunctionError> {
        Ok(Self { between: BETWEEN.read(given)?, parts: PART.read_rest(given)? })
    }
}

impl Function for Join {
    const NAME: &'static str = "join";
    const SUMMARY: &'static str = "Joins parts";
    const DESCRIPTION: &'static str = "Joins *parts*.";
    const DEPRECATED: Option<&'static str> = Some("Use another.");
    type Args = JoinArgs;
    type Return = String;

    fn call(&self, args: JoinArgs) -> Result<String, FunctionError> {
        assert!(!args.parts.iter().any(|part| part == "panic"), "asked to panic");
        match args.parts.iter().position(String::is_empty) {
            Some(empty) => Err(FunctionError::new("A part is empty. Leave it out.").at(1 + empty)),
            None => Ok(args.parts.join(args.between.as_deref().unwrap_or("-"))),
        }
    }
}

/// Says in which state its argument is.
pub(crate) struct Describe;

pub(crate) struct DescribeArgs(Field<List<Nested<Raw<Question>>>>);

const THING: Param<Field<List<Nested<Raw<Question>>>>> = Param::new("thing", "What to describe.");

impl Arguments for DescribeArgs {
    fn parameters() -> Parameters {
        Parameters { positional: vec![THING.declare()], variadic: None }
    }

    fn read(given: &mut Given) -> Result<Self, FunctionError> {
        THING.read(given).map(Self)
    }
}

impl Function for Describe {
    const NAME: &'static str = "describe";
    const SUMMARY: &'static str = "Describes a thing";
    const DESCRIPTION: &'static str = "Describes a thing.";
    type Args = DescribeArgs;
    type Return = Set<String>;

    fn call(&self, args: DescribeArgs) -> Result<Set<String>, FunctionError> {
        let state = match args.0 {
            Field::Null => "null",
            Field::Unknown => "unknown",
            Field::Known(_) => "known",
        };
        Ok(Set(vec![Field::Known(state.to_owned())]))
    }
}
