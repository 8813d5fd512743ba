//! What a request says about its sender: `User-Agent` and `X-TC-RequestClient`.
//!
//! The user agent has the shape the usual SDK gives it, with the user's `TF_APPEND_USER_AGENT` at its end.
//! The request client is Tencent Cloud's own label (at most 128 characters of `[0-9a-zA-Z-_ ,;.]`); the
//! public provider's variable `TENCENTCLOUD_API_REQUEST_CLIENT` replaces it. Neither can smuggle a line break
//! into a header.

use crate::ambient::Env;

/// The two labels, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    user_agent: String,
    request_client: String,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const REQUEST_CLIENT_LENGTH_MAX: usize = 128;

impl Agent {
    /// The labels for a host of version `host_version` (what the host calls `terraform_version`, which may be
    /// empty).
    pub fn new(host_version: &str, env: &dyn Env) -> Self {
        let host = if host_version.is_empty() { String::new() } else { format!("/{host_version}") };
        let append = env.var("TF_APPEND_USER_AGENT").unwrap_or_default();
        let text = format!(
            "Terraform{host} (+https://www.terraform.io) terraform-provider-tencentcloud/{VERSION} {}",
            append.trim()
        );
        let user_agent: String = text.chars().filter(|c| (' '..='~').contains(c)).collect();

        let label: String = env
            .var("TENCENTCLOUD_API_REQUEST_CLIENT")
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_ ,;.".contains(*c))
            .take(REQUEST_CLIENT_LENGTH_MAX)
            .collect();
        let label = label.trim();
        let request_client = if label.is_empty() { format!("Terraform-{VERSION}") } else { label.to_owned() };

        Self { user_agent: user_agent.trim().to_owned(), request_client }
    }

    /// The value of `User-Agent`.
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// The value of `X-TC-RequestClient`.
    pub fn request_client(&self) -> &str {
        &self.request_client
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    fn agent(env: &[(&str, &str)]) -> Agent {
        Agent::new("1.14.0", &env.iter().copied().collect::<FixedEnv>())
    }

    #[test]
    fn a_request_names_host_and_provider() {
        let agent = agent(&[]);
        let expected =
            format!("Terraform/1.14.0 (+https://www.terraform.io) terraform-provider-tencentcloud/{VERSION}");
        assert_eq!(agent.user_agent(), expected);
        assert_eq!(agent.request_client(), format!("Terraform-{VERSION}"));
    }

    #[test]
    fn the_user_appends_to_one_and_replaces_the_other() {
        let agent =
            agent(&[("TF_APPEND_USER_AGENT", " ci/7 "), ("TENCENTCLOUD_API_REQUEST_CLIENT", "Team-A; v1")]);
        assert!(agent.user_agent().ends_with(&format!("/{VERSION} ci/7")));
        assert_eq!(agent.request_client(), "Team-A; v1");
    }

    #[test]
    fn no_header_can_be_split_or_overrun() {
        let long = "x".repeat(500);
        for hostile in ["a\r\nX-TC-Token: b", "\u{7f}\u{0}é\t", long.as_str()] {
            let agent =
                agent(&[("TF_APPEND_USER_AGENT", hostile), ("TENCENTCLOUD_API_REQUEST_CLIENT", hostile)]);
            assert!(agent.user_agent().chars().all(|c| (' '..='~').contains(&c)), "{agent:?}");
            assert!(
                agent.request_client().chars().all(|c| c.is_ascii_alphanumeric() || "-_ ,;.".contains(c))
            );
            assert!((1..=128).contains(&agent.request_client().len()));
        }
    }
}
