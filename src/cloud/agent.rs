//! What a request says about its sender: `User-Agent` and `X-TC-RequestClient`, the API's own label. What is
//! in them is the business of whoever makes the client; here they are made fit for a header.

/// The two labels, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    user_agent: String,
    request_client: String,
}

/// What the API takes.
const REQUEST_CLIENT_LENGTH_MAX: usize = 128;

impl Agent {
    /// Takes the labels without what no header may hold, line ends above all, and the second one also without
    /// what the API does not take: it allows 128 characters of `[0-9a-zA-Z-_ ,;.]`.
    pub fn new(user_agent: &str, request_client: &str) -> Self {
        let user_agent: String = user_agent.chars().filter(|c| (' '..='~').contains(c)).collect();
        let allowed = |c: &char| c.is_ascii_alphanumeric() || "-_ ,;.".contains(*c);
        let request_client: String =
            request_client.chars().filter(allowed).take(REQUEST_CLIENT_LENGTH_MAX).collect();
        Self { user_agent: user_agent.trim().to_owned(), request_client: request_client.trim().to_owned() }
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

    #[test]
    fn no_header_can_be_split_or_overrun() {
        let long = "x".repeat(500);
        for hostile in ["a\r\nX-TC-Token: b", "\u{7f}\u{0}é\tx", long.as_str()] {
            let agent = Agent::new(hostile, hostile);
            assert!(agent.user_agent().chars().all(|c| (' '..='~').contains(&c)), "{agent:?}");
            let label = agent.request_client();
            assert!(label.chars().all(|c| c.is_ascii_alphanumeric() || "-_ ,;.".contains(c)), "{agent:?}");
            assert!((1..=128).contains(&label.len()), "{agent:?}");
        }
    }

    #[test]
    fn blanks_around_a_label_are_not_sent() {
        let agent = Agent::new(" tool/1 \n", " Team-A; v1 ");
        assert_eq!((agent.user_agent(), agent.request_client()), ("tool/1", "Team-A; v1"));
        assert_eq!(Agent::new("", "é").request_client(), "");
    }
}
