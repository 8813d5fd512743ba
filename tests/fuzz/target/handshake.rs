//! The environment in which a host starts the plugin, the host's certificate in particular.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use terraform_provider_tencentcloud::ambient::{Clock as _, FixedEnv, SystemClock};
use terraform_provider_tencentcloud::plugin::handshake::{Address, COOKIE, Launch};
use terraform_provider_tencentcloud::plugin::tls::Identity;

use super::{Target, coarse};
use crate::mutation;

/// An input is an environment as the kernel keeps it: `NAME=VALUE`, each ended by a zero byte.
pub(crate) struct Handshake;

/// The environment that Terraform 1.11 starts a provider in.
const TERRAFORM: &str = include_str!("../../data/fuzz/handshake/terraform");

impl Target for Handshake {
    fn name(&self) -> &'static str {
        "handshake"
    }

    /// Terraform's, with harm done to the certificate inside its armour, which chance would seldom leave
    /// whole.
    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let mut environment = Vec::new();
        for pair in TERRAFORM.split_terminator('\0') {
            let (name, value) = pair.split_once('=').unwrap();
            let value = if name == "PLUGIN_CLIENT_CERT" && random.u8(..4) > 0 {
                let der = CertificateDer::from_pem_slice(value.as_bytes()).unwrap();
                armour(&mutation::vary(random, &der, &der))
            } else {
                value.to_owned()
            };
            if random.u8(..16) > 0 {
                environment.extend([name.as_bytes(), b"=", value.as_bytes(), b"\0"].concat());
            }
        }
        environment
    }

    fn run(&mut self, input: &[u8]) -> String {
        let text = String::from_utf8_lossy(input);
        let env: FixedEnv = text.split('\0').filter_map(|pair| pair.split_once('=')).collect();
        let launch = match Launch::read(&env) {
            Ok(launch) => launch,
            Err(refusal) => {
                let cause = std::error::Error::source(&refusal).map(ToString::to_string).unwrap_or_default();
                return format!("{} {}", coarse(&refusal.to_string()), coarse(&cause));
            }
        };
        assert_eq!(text.matches(COOKIE.1).count().min(1), 1, "nobody without the cookie is served");
        let identity = launch.client_certificate.clone().map(|client| {
            Identity::generate(client, SystemClock.now())
                .expect("whatever the host presents, we have a certificate")
        });
        let address = Address { network: "unix", text: "/tmp/plugin/socket".to_owned() };
        let line = launch.line(&address, identity.as_ref().map(|identity| &identity.certificate));
        let fields: Vec<&str> = line.split('|').collect();
        assert_eq!(fields.len(), if launch.knows_multiplexing { 7 } else { 6 }, "{line}");
        assert!(line.bytes().all(|byte| byte.is_ascii_graphic()), "{line}");
        assert_eq!(
            fields[5].is_empty(),
            identity.is_none(),
            "plaintext if and only if no certificate was offered"
        );
        format!("{} {}", fields.len(), identity.is_some())
    }

    fn allocation_max(&self, input: &[u8]) -> usize {
        (256 << 10) + 64 * input.len()
    }
}

fn armour(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
