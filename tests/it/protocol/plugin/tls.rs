//! Statements 10 to 18: mutual TLS.

use std::sync::{Arc, Mutex};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, SignatureScheme};
use terraform_provider_tencentcloud::proto::grpc_health::HealthCheckRequest;
use terraform_provider_tencentcloud::proto::grpc_health::health_client::HealthClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use support::host::tls::{ClientIdentity, Dial};
use support::host::{Host, HostOptions, Launched};

/// Connects as `dial` says and makes a call; the version of TLS in use, or why it failed.
async fn check(launched: &Launched, dial: Dial) -> Result<ProtocolVersion, String> {
    let config = dial.config(&launched.server_certificate(), Some(&launched.identity));
    let stream = launched.dial_tls(config, dial.name).await.map_err(|error| error.to_string())?;
    let version = stream.get_ref().1.protocol_version().unwrap();
    let channel = launched.channel(&dial).await.map_err(|error| format!("{error:?}"))?;
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    HealthClient::new(channel).check(request).await.map_err(|status| status.to_string())?;
    Ok(version)
}

#[tokio::test]
async fn s10_the_certificate_in_the_line_is_unpadded_base64_in_every_run() {
    for _ in 0..20 {
        let launched = Host::launch(HostOptions::default()).await;
        assert!(!launched.fields[5].contains('='));
        let der = launched.server_certificate();
        let (rest, _) = X509Certificate::from_der(&der).unwrap();
        assert!(rest.is_empty());
    }
}

#[tokio::test]
async fn s11_the_server_certificate_is_one_that_a_host_accepts() {
    let launched = Host::launch(HostOptions::default()).await;
    let der = launched.server_certificate();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let names = &certificate.subject_alternative_name().unwrap().unwrap().value.general_names;
    assert_eq!(names[..], [GeneralName::DNSName("localhost")]);
    assert!(certificate.extended_key_usage().unwrap().unwrap().value.server_auth);
    assert!(certificate.validity().is_valid());
    let serial = certificate.raw_serial();
    assert!((1..=20).contains(&serial.len()) && serial[0] < 0x80 && serial.iter().any(|&octet| octet > 0));
    // And a real verifier agrees, by the host's name for it only.
    assert!(check(&launched, Dial::default()).await.is_ok());
    assert!(check(&launched, Dial { name: "example.com", ..Dial::default() }).await.is_err());
}

#[tokio::test]
async fn s13_the_hosts_certificate_is_accepted_over_tls_1_3() {
    let launched = Host::launch(HostOptions::default()).await;
    assert_eq!(check(&launched, Dial::only(&TLS13)).await, Ok(ProtocolVersion::TLSv1_3));
    assert_eq!(check(&launched, Dial::default()).await, Ok(ProtocolVersion::TLSv1_3));
}

#[tokio::test]
async fn s14_the_hosts_certificate_is_accepted_over_tls_1_2() {
    let launched = Host::launch(HostOptions::default()).await;
    assert_eq!(check(&launched, Dial::only(&TLS12)).await, Ok(ProtocolVersion::TLSv1_2));
}

/// Whether the plugin takes a byte of a client who presents `client`. (In TLS 1.3 a client learns of the
/// refusal only when it reads.)
async fn is_refused(launched: &Launched, client: Option<&ClientIdentity>, dial: &Dial) -> bool {
    let config = dial.config(&launched.server_certificate(), client);
    match launched.dial_tls(config, dial.name).await {
        Err(_) => true,
        Ok(mut stream) => {
            // The server speaks first in HTTP/2 as well, so an accepted client reads something.
            stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.ok();
            !matches!(stream.read(&mut [0; 1]).await, Ok(1))
        }
    }
}

#[tokio::test]
async fn s15_anyone_but_the_host_is_refused() {
    let launched = Host::launch(HostOptions::default()).await;
    let stranger = ClientIdentity::generate();
    for version in [&TLS13, &TLS12] {
        let dial = Dial::only(version);
        assert!(!is_refused(&launched, Some(&launched.identity), &dial).await);
        assert!(is_refused(&launched, Some(&stranger), &dial).await);
        assert!(is_refused(&launched, None, &dial).await);
    }
}

#[tokio::test]
async fn s16_http_2_is_negotiated() {
    let launched = Host::launch(HostOptions::default()).await;
    let dial = Dial { alpn: &[b"http/1.1", b"h2"], ..Dial::default() };
    let config = dial.config(&launched.server_certificate(), Some(&launched.identity));
    let stream = launched.dial_tls(config, dial.name).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

/// Presents a certificate, and remembers what the server asked for.
#[derive(Debug)]
struct Curious {
    key: Arc<CertifiedKey>,
    asked: Mutex<Option<(usize, Vec<SignatureScheme>)>>,
}

impl ResolvesClientCert for Curious {
    fn resolve(&self, authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        *self.asked.lock().unwrap() = Some((authorities.len(), schemes.to_vec()));
        Some(Arc::clone(&self.key))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn s17_the_server_asks_for_p521_and_names_no_authority() {
    let launched = Host::launch(HostOptions::default()).await;
    for version in [&TLS13, &TLS12] {
        let dial = Dial::only(version);
        let curious = Arc::new(Curious { key: launched.identity.certified_key(), asked: Mutex::new(None) });
        let config = dial.config_resolving(&launched.server_certificate(), Arc::clone(&curious) as _);
        launched.dial_tls(config, dial.name).await.unwrap();
        let (authorities, schemes) = curious.asked.lock().unwrap().take().unwrap();
        assert_eq!(authorities, 0);
        assert!(schemes.contains(&SignatureScheme::ECDSA_NISTP521_SHA512), "{schemes:?}");
    }
}

#[tokio::test]
async fn s18_failed_and_stalled_handshakes_hold_up_nobody() {
    let mut launched = Host::launch(HostOptions::default().env("TF_LOG", "ERROR")).await;
    let _stalled: Vec<_> = [launched.dial().await, launched.dial().await].into();
    let mut garbage = launched.dial().await;
    garbage.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(is_refused(&launched, None, &Dial::default()).await);
    // The host itself would only say that the plugin did not respond.
    let told = launched.process.stderr.line(|line| line.contains("TLS handshake")).await.unwrap();
    assert!(told.contains("\"@level\":\"error\""), "{told}");
    assert!(check(&launched, Dial::default()).await.is_ok());
}

#[test]
fn the_test_hosts_own_certificate_has_terraforms_shape() {
    let identity = ClientIdentity::generate();
    let der: &CertificateDer<'_> = &identity.certificate;
    let (_, certificate) = X509Certificate::from_der(der).unwrap();
    let extensions = certificate.key_usage().unwrap().unwrap().value;
    assert!(extensions.digital_signature() && extensions.key_cert_sign());
    assert_eq!(certificate.signature_algorithm.algorithm.to_id_string(), "1.2.840.10045.4.3.4");
    assert!(certificate.is_ca());
}
