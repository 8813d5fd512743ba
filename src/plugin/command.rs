//! The command line: what a host, a developer and a curious person each get.
//!
//! A host passes no arguments. The two-dash and one-dash spellings mean the same, as in Go programs.

use std::ffi::OsString;

use thiserror::Error;

/// What to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Serve the host that started this process.
    Serve,
    /// Serve hosts that are told of this process by `TF_REATTACH_PROVIDERS`, under this provider address.
    Debug {
        /// The key of the variable, such as `ns/foo` or `registry.terraform.io/ns/foo`.
        address: String,
    },
    /// Print name and version.
    Version,
    /// Print the usage.
    Help,
}

/// Arguments that mean nothing.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Misuse {
    /// No such flag, or not a flag.
    #[error("unknown argument: {0}")]
    Unknown(String),
    /// `--address` is last, or empty.
    #[error("--address needs a provider address, such as hashicorp/aws")]
    Address,
    /// `--address` would have no effect.
    #[error("--address goes with --debug only")]
    AddressAlone,
}

impl Command {
    /// Parses `arguments`, the program's name left out. `name` is the address of a provider that was given
    /// none.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>, name: &str) -> Result<Self, Misuse> {
        let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
        let (mut debug, mut address) = (false, None);
        while let Some(argument) = arguments.next() {
            let flag = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-')).unwrap_or("");
            match flag.split_once('=') {
                None if flag == "debug" => debug = true,
                None if flag == "version" => return Ok(Self::Version),
                None if flag == "help" || flag == "h" => return Ok(Self::Help),
                None if flag == "address" => address = Some(arguments.next().unwrap_or_default()),
                Some(("address", value)) => address = Some(value.to_owned()),
                _ => return Err(Misuse::Unknown(argument)),
            }
        }
        match (debug, address) {
            (_, Some(address)) if address.is_empty() => Err(Misuse::Address),
            (false, Some(_)) => Err(Misuse::AddressAlone),
            (false, None) => Ok(Self::Serve),
            (true, address) => Ok(Self::Debug { address: address.unwrap_or_else(|| name.to_owned()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: impl Into<Result<Command, Misuse>>) {
        let arguments = line.split(' ').filter(|word| !word.is_empty()).map(OsString::from);
        assert_eq!(Command::parse(arguments, "foo"), expected.into(), "{line}");
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        let debug = |address: &str| Ok(Command::Debug { address: address.to_owned() });
        check("", Ok(Command::Serve));
        check("--version", Ok(Command::Version));
        check("-version", Ok(Command::Version));
        check("--help", Ok(Command::Help));
        check("-h", Ok(Command::Help));
        check("--debug", debug("foo"));
        check("-debug --address ns/foo", debug("ns/foo"));
        check("--address=ns/foo --debug", debug("ns/foo"));
        check("--debug --address", Err(Misuse::Address));
        check("--debug --address=", Err(Misuse::Address));
        check("--address=ns/foo", Err(Misuse::AddressAlone));
        check("--debug=true", Err(Misuse::Unknown("--debug=true".to_owned())));
        check("--port 1", Err(Misuse::Unknown("--port".to_owned())));
        check("serve", Err(Misuse::Unknown("serve".to_owned())));
    }
}
