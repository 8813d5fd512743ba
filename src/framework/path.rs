//! Where in a value something is.

use std::fmt;

/// One step into a value. Sets have no steps: their elements cannot be addressed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an object's attribute, or a block.
    Attribute(String),
    /// Into a map, by key.
    Key(String),
    /// Into a list or tuple, by position from 0.
    Index(i64),
}

/// A way from the root of a configuration or state to one of its attributes. Always starts with an
/// attribute: the host shows a path without steps as no place at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    /// The attribute `name` of the root.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self(vec![Step::Attribute(name.into())])
    }

    /// The attribute `name` of the object at `outer`; of the root, if that is `None`.
    pub fn within(outer: Option<&Self>, name: &str) -> Self {
        match outer {
            Some(outer) => outer.clone().then(Step::Attribute(name.to_owned())),
            None => Self::attribute(name),
        }
    }

    /// The path of `steps`, if it is one: the first must be an attribute.
    pub fn from_steps(steps: Vec<Step>) -> Option<Self> {
        matches!(steps.first(), Some(Step::Attribute(_))).then_some(Self(steps))
    }

    /// This path, one step further.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// As a user would write it: `timeouts.create`, `grants["1#2"]`, `list[0]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s108_a_path_begins_with_an_attribute() {
        let (key, index) = (Step::Key("k".to_owned()), Step::Index(0));
        assert_eq!(Path::from_steps(Vec::new()), None);
        assert_eq!(Path::from_steps(vec![key.clone(), Step::Attribute("a".to_owned())]), None);
        let path = Path::attribute("a").then(key).then(index).then(Step::Attribute("b".to_owned()));
        assert_eq!(Path::from_steps(path.steps().to_vec()), Some(path.clone()));
        assert_eq!(path.to_string(), "a[\"k\"][0].b");
    }
}
