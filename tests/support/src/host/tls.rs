//! The host's half of the mutual TLS, in the shape that go-plugin's `mtls.go` gives it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P521_SHA512, date_time_ymd,
};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// A host's certificate and key, fresh for each plugin.
#[derive(Debug)]
pub struct ClientIdentity {
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl ClientIdentity {
    /// P-521 with SHA-512, self-signed, and an authority, as Terraform's is.
    pub fn generate() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::OrganizationName, "HashiCorp");
        parameters.distinguished_name.push(DnType::CommonName, "localhost");
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = date_time_ymd(2060, 1, 1);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        parameters.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = parameters.self_signed(&key).unwrap().into();
        Self { certificate, key }
    }

    /// What the host puts into `PLUGIN_CLIENT_CERT`.
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.certificate);
        let lines: Vec<_> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// Certificate and key, for a client that presents them in its own way.
    pub fn certified_key(&self) -> Arc<CertifiedKey> {
        let key = aws_lc_rs::default_provider().key_provider.load_private_key(self.private_key()).unwrap();
        Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

/// How to connect to a plugin; by default as a current host does.
#[derive(Debug)]
pub struct Dial {
    /// The versions of TLS to offer.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// The protocols to offer.
    pub alpn: &'static [&'static [u8]],
    /// The name to verify the server under.
    pub name: &'static str,
}

impl Default for Dial {
    fn default() -> Self {
        Self { versions: vec![&TLS13, &TLS12], alpn: &[b"h2"], name: "localhost" }
    }
}

impl Dial {
    /// With no other version of TLS.
    pub fn only(version: &'static SupportedProtocolVersion) -> Self {
        Self { versions: vec![version], ..Self::default() }
    }

    /// Trusts exactly `server`, and presents `client` if there is one.
    pub fn config(&self, server: &CertificateDer<'static>, client: Option<&ClientIdentity>) -> ClientConfig {
        let builder = self.builder(server);
        let config = match client {
            Some(client) => {
                builder.with_client_auth_cert(vec![client.certificate.clone()], client.private_key()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        self.with_alpn(config)
    }

    /// Trusts exactly `server`, and leaves it to `client` what to present.
    pub fn config_resolving(
        &self,
        server: &CertificateDer<'static>,
        client: Arc<dyn ResolvesClientCert>,
    ) -> ClientConfig {
        self.with_alpn(self.builder(server).with_client_cert_resolver(client))
    }

    fn builder(
        &self,
        server: &CertificateDer<'static>,
    ) -> rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
        let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(server.clone()).unwrap();
        ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots)
    }

    fn with_alpn(&self, mut config: ClientConfig) -> ClientConfig {
        config.alpn_protocols = self.alpn.iter().map(|name| name.to_vec()).collect();
        config
    }
}
