//! The provider's executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    terraform_provider_tencentcloud::run(std::env::args_os().skip(1))
}
