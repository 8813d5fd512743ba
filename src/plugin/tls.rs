//! Mutual TLS between exactly two processes: a throw-away certificate of ours, and the host's pinned to the
//! byte.
//!
//! No certificate authority takes part. The host's certificate is self-signed, P-521 and marked as an
//! authority, which the usual verifier refuses for a client; we know the very bytes to expect, so comparing
//! them is both simpler and stricter. The crypto provider is always named: one set as the process-wide
//! default could lack P-521, and the host would then present no certificate at all.
//! Follows go-plugin's `mtls.go`, and gRPC for the ALPN name.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, Utc};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    SerialNumber, date_time_ymd,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use thiserror::Error;

/// The name under which the host verifies the server.
const SERVER_NAME: &str = "localhost";

/// Our half of the mutual authentication, made anew by every process.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate that the handshake line announces.
    pub certificate: CertificateDer<'static>,
    /// Ready to accept: our certificate and key, the one client to let in, and `h2`.
    pub server: Arc<ServerConfig>,
}

/// Why no TLS identity could be made.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The key or the certificate.
    #[error("cannot make the server certificate")]
    Certificate(#[from] rcgen::Error),
    /// The TLS configuration around them.
    #[error("cannot configure TLS")]
    Configuration(#[from] rustls::Error),
}

impl Identity {
    /// A fresh key and certificate, letting in only who holds the key of `client`.
    ///
    /// Valid from the day before `now`, so that a clock that differs a little does not matter, and for
    /// as long as the host's own. P-256, because every start of the plugin pays for the key.
    pub fn generate(client: CertificateDer<'static>, now: DateTime<Utc>) -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate: CertificateDer<'static> = parameters(now)?.self_signed(&key)?.into();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_client_cert_verifier(Arc::new(PinnedClient::new(client, &provider)))
            .with_single_cert(vec![certificate.clone()], key)?;
        server.alpn_protocols = vec![b"h2".to_vec()];
        // Every connection proves itself in full; nobody comes back on a ticket.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        Ok(Self { certificate, server: Arc::new(server) })
    }
}

fn parameters(now: DateTime<Utc>) -> Result<CertificateParams, rcgen::Error> {
    let midnight = |moment: DateTime<Utc>| {
        // `time` panics on a day that its month lacks; the first 28 are everywhere.
        let (month, day) = (u8::try_from(moment.month()), u8::try_from(moment.day().min(28)));
        date_time_ymd(moment.year(), month.unwrap_or(1), day.unwrap_or(1))
    };
    let mut parameters = CertificateParams::new([SERVER_NAME.to_owned()])?;
    parameters.distinguished_name.push(DnType::CommonName, SERVER_NAME);
    parameters.not_before = midnight(now.checked_sub_days(Days::new(1)).unwrap_or(now));
    parameters.not_after = midnight(now.checked_add_days(Days::new(30 * 365)).unwrap_or(now));
    parameters.serial_number = Some(serial());
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(parameters)
}

/// 16 octets, positive in DER and never with a leading zero.
fn serial() -> SerialNumber {
    let mut octets = fastrand::u128(..).to_be_bytes();
    if let Some(first) = octets.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    SerialNumber::from(octets.to_vec())
}

/// Lets in whoever presents exactly this certificate and proves to hold its key.
#[derive(Debug)]
struct PinnedClient {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedClient {
    fn new(certificate: CertificateDer<'static>, provider: &CryptoProvider) -> Self {
        Self { certificate, algorithms: provider.signature_verification_algorithms }
    }
}

impl ClientCertVerifier for PinnedClient {
    /// Empty: Go offers its certificate only when its issuer is on the list or the list is empty.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_positive_and_has_sixteen_octets() {
        for _ in 0..1_000 {
            let octets = serial().to_bytes();
            assert_eq!(octets.len(), 16);
            assert!((0x40..0x80).contains(&octets[0]), "{octets:?}");
        }
    }

    #[test]
    fn a_certificate_can_be_made_on_any_day() {
        let client = CertificateDer::from(vec![0]);
        for day in ["2024-02-29", "2026-01-01", "2026-03-31", "2026-12-31", "2049-12-31"] {
            let now: DateTime<Utc> = format!("{day}T23:59:59Z").parse().unwrap();
            Identity::generate(client.clone(), now).unwrap();
            let parameters = parameters(now).unwrap();
            assert!(parameters.not_before.unix_timestamp() <= now.timestamp() - 30, "{day}");
            assert!(parameters.not_after.unix_timestamp() > now.timestamp() + 86_400 * 365, "{day}");
        }
    }

    #[test]
    fn p521_with_sha512_is_asked_for_and_no_authority_is_named() {
        let verifier = PinnedClient::new(CertificateDer::from(vec![0]), &aws_lc_rs::default_provider());
        assert!(verifier.supported_verify_schemes().contains(&SignatureScheme::ECDSA_NISTP521_SHA512));
        assert!(verifier.root_hint_subjects().is_empty());
        assert!(verifier.client_auth_mandatory());
    }
}
