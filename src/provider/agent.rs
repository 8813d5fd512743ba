//! How the provider introduces itself to the API.
//!
//! The user agent has the shape that the usual SDK gives it, with the user's `TF_APPEND_USER_AGENT` at its
//! end. The request client is Tencent Cloud's own label; the public provider's variable
//! `TENCENTCLOUD_API_REQUEST_CLIENT` replaces it.

use crate::ambient::Env;
use crate::cloud::Agent;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The labels for a host of version `host_version` (what the host calls `terraform_version`, which may be
/// empty).
pub(super) fn agent(host_version: &str, env: &dyn Env) -> Agent {
    let host = if host_version.is_empty() { String::new() } else { format!("/{host_version}") };
    let append = env.var("TF_APPEND_USER_AGENT").unwrap_or_default();
    let user_agent = format!(
        "Terraform{host} (+https://www.terraform.io) terraform-provider-tencentcloud/{VERSION} {}",
        append.trim()
    );
    let label = env.var("TENCENTCLOUD_API_REQUEST_CLIENT").unwrap_or_default();
    let agent = Agent::new(&user_agent, &label);
    if agent.request_client().is_empty() {
        return Agent::new(&user_agent, &format!("Terraform-{VERSION}"));
    }
    agent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    fn of(env: &[(&str, &str)]) -> Agent {
        agent("1.14.0", &env.iter().copied().collect::<FixedEnv>())
    }

    #[test]
    fn a_request_names_host_and_provider() {
        let agent = of(&[]);
        let expected =
            format!("Terraform/1.14.0 (+https://www.terraform.io) terraform-provider-tencentcloud/{VERSION}");
        assert_eq!(agent.user_agent(), expected);
        assert_eq!(agent.request_client(), format!("Terraform-{VERSION}"));
    }

    #[test]
    fn the_user_appends_to_one_and_replaces_the_other() {
        let agent =
            of(&[("TF_APPEND_USER_AGENT", " ci/7 "), ("TENCENTCLOUD_API_REQUEST_CLIENT", "Team-A; v1")]);
        assert!(agent.user_agent().ends_with(&format!("/{VERSION} ci/7")));
        assert_eq!(agent.request_client(), "Team-A; v1");
    }

    #[test]
    fn a_label_of_nothing_that_can_be_sent_is_as_none() {
        let agent = of(&[("TENCENTCLOUD_API_REQUEST_CLIENT", "é\r\n")]);
        assert_eq!(agent.request_client(), format!("Terraform-{VERSION}"));
    }
}
