//! The handshake: what the host asks for through the environment, and the one line that answers it.
//!
//! Pure: environment in, [`Launch`] or [`Refusal`] out, and a line of text. It opens nothing and prints
//! nothing; `serve` does. Follows go-plugin's `server.go` and its client's reading of the line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::server::ParsedCertificate;
use thiserror::Error;

use crate::ambient::Env;

/// The protocol of go-plugin itself: how the line is read.
const CORE_PROTOCOL: u8 = 1;

/// The major version of the protocol that is served. It is announced whatever the host offers in
/// `PLUGIN_PROTOCOL_VERSIONS`: a host that does not speak it says so to its user, better than we could.
pub const APP_PROTOCOL: u8 = 6;

/// Name and value by which Terraform and OpenTofu alike tell a plugin that they, and not a person, start it.
pub const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What the host asked for when it started this process.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Launch {
    /// The only client certificate to let in, from `PLUGIN_CLIENT_CERT`. `None`: serve plaintext.
    pub client_certificate: Option<CertificateDer<'static>>,
    /// The host knows the seventh field of the line, because it set `PLUGIN_MULTIPLEX_GRPC`.
    pub knows_multiplexing: bool,
}

/// Why nothing is served.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The cookie is missing or wrong: a person ran the program.
    #[error("the program was not started by Terraform or OpenTofu")]
    ByHand,
    /// `PLUGIN_CLIENT_CERT` holds no PEM certificate. Serving would only fail every connection later.
    #[error("PLUGIN_CLIENT_CERT, the host's client certificate, is not PEM")]
    Pem(#[source] pem::Error),
    /// `PLUGIN_CLIENT_CERT` is PEM around something that is no X.509 certificate.
    #[error("PLUGIN_CLIENT_CERT, the host's client certificate, is not an X.509 certificate")]
    Certificate(#[source] rustls::Error),
}

/// Where the host finds the listener, in the words of the line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    /// `unix` or `tcp`.
    pub network: &'static str,
    /// The path of the socket, or `127.0.0.1:PORT`.
    pub text: String,
}

impl Launch {
    /// Reads what the host asks for; refuses when it is not a host that asks, or when it asks the impossible.
    pub fn read(env: &dyn Env) -> Result<Self, Refusal> {
        let (name, value) = COOKIE;
        if env.var(name).as_deref() != Some(value) {
            return Err(Refusal::ByHand);
        }
        let client_certificate = env.var("PLUGIN_CLIENT_CERT").map(|pem| certificate(&pem)).transpose()?;
        let knows_multiplexing = env.var("PLUGIN_MULTIPLEX_GRPC").is_some();
        Ok(Self { client_certificate, knows_multiplexing })
    }

    /// The line that tells the host where and as whom we serve, without its line feed.
    ///
    /// Unpadded base64, as Go's reader insists. The seventh field appears only where the host knows it:
    /// older hosts split into at most six and would take it for a part of the certificate.
    pub fn line(&self, address: &Address, server_certificate: Option<&CertificateDer<'_>>) -> String {
        let Address { network, text } = address;
        let certificate = server_certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        let multiplexing = if self.knows_multiplexing { "|false" } else { "" };
        format!("{CORE_PROTOCOL}|{APP_PROTOCOL}|{network}|{text}|grpc|{certificate}{multiplexing}")
    }
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, Refusal> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(Refusal::Pem)?;
    ParsedCertificate::try_from(&der).map_err(Refusal::Certificate)?;
    Ok(der)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    fn check(pairs: &[(&str, &str)]) -> Result<Launch, String> {
        let env: FixedEnv = pairs.iter().copied().collect();
        Launch::read(&env).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn only_the_exact_cookie_is_a_host() {
        assert_eq!(check(&[COOKIE]), Ok(Launch::default()));
        for pairs in [&[][..], &[(COOKIE.0, "")], &[(COOKIE.0, "D602")], &[("COOKIE", COOKIE.1)]] {
            assert_eq!(check(pairs), Err(Refusal::ByHand.to_string()), "{pairs:?}");
        }
    }

    #[test]
    fn a_client_certificate_that_cannot_be_read_is_refused() {
        let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        for text in ["not PEM".to_owned(), pem("?"), pem("AAAA")] {
            let refusal = check(&[COOKIE, ("PLUGIN_CLIENT_CERT", &text)]).unwrap_err();
            assert!(refusal.starts_with("PLUGIN_CLIENT_CERT"), "{refusal}");
        }
    }

    #[test]
    fn the_line_has_its_fields_in_order() {
        let address = Address { network: "unix", text: "/tmp/p/s".to_owned() };
        let der = CertificateDer::from(vec![0xfb, 0xff]);
        let mut launch = Launch::default();
        assert_eq!(launch.line(&address, None), "1|6|unix|/tmp/p/s|grpc|");
        assert_eq!(launch.line(&address, Some(&der)), "1|6|unix|/tmp/p/s|grpc|+/8");
        launch.knows_multiplexing = true;
        assert_eq!(launch.line(&address, Some(&der)), "1|6|unix|/tmp/p/s|grpc|+/8|false");
    }
}
