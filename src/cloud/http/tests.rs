//! The real transport against servers on this machine.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::ambient::FixedEnv;
use crate::cloud::endpoint::Endpoint;
use crate::cloud::proxy;

const NAME: &str = "organization.example.test";
const PLAIN: &str = "HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: 2\r\n\r\n{}";

fn http(env: &[(&str, String)], certificates: Vec<Certificate>) -> Http {
    let env: FixedEnv = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Http::new(certificates, proxy::from_env(&env).unwrap())
}

fn request(url: &str) -> HttpRequest {
    let endpoint = Endpoint::parse(url).unwrap();
    let headers = vec![
        ("Content-Type", "application/json".to_owned().into()),
        ("Host", endpoint.host().to_owned().into()),
        ("X-TC-Action", "DescribeOrganization".to_owned().into()),
    ];
    HttpRequest { method: Method::Post, endpoint, headers, body: Bytes::from_static(b"{}") }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, format!("http://{address}"))
}

/// Reads one request with a body of two bytes, or what there is of it.
async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    while let end = if text.starts_with("CONNECT") { "\r\n\r\n" } else { "\r\n\r\n{}" }
        && !text.ends_with(end)
        && let Ok(byte) = stream.read_u8().await
    {
        text.push(char::from(byte));
    }
    text
}

async fn respond(stream: &mut (impl AsyncWrite + Unpin), answer: &[u8]) {
    stream.write_all(answer).await.unwrap();
    stream.flush().await.unwrap();
}

/// Answers so many requests of one connection with `answer`, and gives them.
async fn serve_one(listener: TcpListener, answer: Vec<u8>, requests: usize) -> Vec<String> {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..requests {
        seen.push(receive(&mut stream).await);
        respond(&mut stream, &answer).await;
    }
    seen
}

async fn answer_to(answer: Vec<u8>) -> Result<HttpResponse, TransportError> {
    let (listener, url) = listen().await;
    let server = tokio::spawn(serve_one(listener, answer, 1));
    let outcome = http(&[], vec![]).send(request(&url)).await;
    server.await.unwrap();
    outcome
}

#[tokio::test]
async fn a_request_is_sent_by_its_method() {
    for (method, start) in [(Method::Get, "GET / HTTP/1.1\r\n"), (Method::Post, "POST / HTTP/1.1\r\n")] {
        let (listener, url) = listen().await;
        let server = tokio::spawn(serve_one(listener, PLAIN.into(), 1));
        http(&[], vec![]).send(HttpRequest { method, ..request(&url) }).await.unwrap();
        let seen = server.await.unwrap();
        assert!(seen[0].starts_with(start), "{seen:?}");
    }
}

#[tokio::test]
async fn requests_share_a_connection_and_carry_the_headers_they_were_given() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(serve_one(listener, PLAIN.into(), 3));
    let http = http(&[], vec![]);
    for _ in 0..3 {
        let answer = http.send(request(&url)).await.unwrap();
        assert_eq!((answer.status, answer.body), (200, Bytes::from_static(b"{}")));
        assert_eq!(answer.date.as_deref(), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    }
    let host = url.trim_start_matches("http://");
    for request in server.await.unwrap() {
        assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
        let lower = request.to_lowercase();
        assert!(lower.contains(&format!("\r\nhost: {host}\r\n")), "{request}");
        assert!(lower.contains("\r\ncontent-type: application/json\r\n"), "{request}");
        assert!(lower.contains("\r\nx-tc-action: describeorganization\r\n"), "{request}");
        assert!(!lower.contains("\r\naccept-encoding:"), "{request}");
        assert_eq!(lower.matches("\r\nhost:").count(), 1, "{request}");
    }
}

#[tokio::test]
async fn any_status_is_an_answer_and_a_redirect_is_not_followed() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: http://example.test/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(answer_to(moved.into()).await.unwrap().status, 302);
    let failed = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>";
    let answer = answer_to(failed.into()).await.unwrap();
    assert_eq!((answer.status, answer.body), (502, Bytes::from_static(b"<html>")));
}

#[tokio::test]
async fn a_connection_refused_is_not_sent() {
    let (listener, url) = listen().await;
    drop(listener);
    let outcome = http(&[], vec![]).send(request(&url)).await;
    assert!(matches!(outcome, Err(TransportError::NotSent(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_later_may_have_sent() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Resp", "SMTP"] {
        let outcome = answer_to(answer.into()).await;
        assert!(matches!(outcome, Err(TransportError::MaybeSent(_))), "{answer}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        receive(&mut stream).await;
        let mut outcome = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while outcome.is_ok() {
            outcome = stream.write_all(&[b' '; 1 << 12]).await;
        }
    });
    let error = http(&[], vec![]).send(request(&url)).await.unwrap_err();
    assert!(error.source().is_some_and(|source| source.to_string().contains("1 MiB")), "{error:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn a_header_that_cannot_be_written_is_not_sent() {
    let mut request = request("http://127.0.0.1:1");
    request.headers.push(("X-TC-Region", "a\r\nb".to_owned().into()));
    let outcome = http(&[], vec![]).send(request).await;
    assert!(matches!(outcome, Err(TransportError::Unusable(_))), "{outcome:?}");
}

/// A certificate authority and a server certificate for [`NAME`] of it.
fn authority() -> (Vec<Certificate>, TlsAcceptor) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([NAME.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let trusted = Certificate::from_pem_bundle(issuer.pem().as_bytes()).unwrap();
    (trusted, TlsAcceptor::from(Arc::new(config)))
}

/// A proxy that opens a tunnel and is itself what is at its end.
async fn tunnel(listener: TcpListener, tls: TlsAcceptor) -> (String, Option<String>) {
    let (mut stream, _): (TcpStream, _) = listener.accept().await.unwrap();
    let connect = receive(&mut stream).await;
    respond(&mut stream, b"HTTP/1.1 200 Connection established\r\n\r\n").await;
    let Ok(mut stream) = tls.accept(stream).await else { return (connect, None) };
    let request = receive(&mut stream).await;
    respond(&mut stream, PLAIN.as_bytes()).await;
    (connect, Some(request))
}

#[tokio::test]
async fn a_ca_bundle_and_a_proxy_work_together() {
    let (trusted, tls) = authority();
    let (listener, url) = listen().await;
    let server = tokio::spawn(tunnel(listener, tls));
    let http = http(&[("HTTPS_PROXY", url)], trusted);
    let answer = http.send(request(&format!("https://{NAME}"))).await.unwrap();
    assert_eq!(answer.status, 200);
    let (connect, request) = server.await.unwrap();
    assert!(connect.starts_with(&format!("CONNECT {NAME}:443 HTTP/1.1\r\n")), "{connect}");
    assert!(request.unwrap().to_lowercase().contains(&format!("\r\nhost: {NAME}\r\n")));
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_not_worth_another_try() {
    let (_, tls) = authority();
    let (listener, url) = listen().await;
    let server = tokio::spawn(tunnel(listener, tls));
    let outcome = http(&[("https_proxy", url)], vec![]).send(request(&format!("https://{NAME}"))).await;
    assert!(matches!(outcome, Err(TransportError::Unusable(_))), "{outcome:?}");
    assert_eq!(server.await.unwrap().1, None);
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    let refusal = |name: &str, value: &str| {
        let env: FixedEnv = [(name, value)].into_iter().collect();
        proxy::from_env(&env).map(|proxies| proxies.len()).map_err(|error| error.to_string())
    };
    for variable in ["HTTPS_PROXY", "http_proxy"] {
        for value in ["socks5://me:secret@example.test", "http://", "a b"] {
            let expected = format!("the environment variable `{variable}` is not the URL of an HTTP proxy");
            assert_eq!(refusal(variable, value), Err(expected), "{value}");
        }
        for value in ["http://me:secret@example.test:3128", "https://example.test", "example.test:3128"] {
            assert_eq!(refusal(variable, value), Ok(1), "{value}");
        }
    }
    assert_eq!(refusal("NO_PROXY", "*"), Ok(0));
}

#[tokio::test]
async fn a_plain_request_goes_through_its_proxy_but_not_to_loopback_nor_where_no_proxy_says() {
    let (listener, proxy) = listen().await;
    let server = tokio::spawn(serve_one(listener, PLAIN.into(), 1));
    let through =
        http(&[("HTTP_PROXY", proxy.clone()), ("HTTPS_PROXY", "http://127.0.0.1:1".into())], vec![]);
    through.send(request(&format!("http://{NAME}"))).await.unwrap();
    let seen = server.await.unwrap().remove(0);
    assert!(seen.starts_with(&format!("POST http://{NAME}/ HTTP/1.1\r\n")), "{seen}");

    let (listener, local) = listen().await;
    let server = tokio::spawn(serve_one(listener, PLAIN.into(), 1));
    let env = [("HTTP_PROXY", "http://127.0.0.1:1".into()), ("no_proxy", "example.org".into())];
    http(&env, vec![]).send(request(&local)).await.unwrap();
    assert!(server.await.unwrap().remove(0).starts_with("POST / HTTP/1.1\r\n"));

    // This address is the machine itself too, but not among those that are never proxied.
    let (closed, _) = listen().await;
    let direct = format!("http://0.0.0.0:{}", closed.local_addr().unwrap().port());
    drop(closed);
    let (listener, proxy) = listen().await;
    let server = tokio::spawn(serve_one(listener, PLAIN.into(), 1));
    let exempt = http(&[("HTTP_PROXY", proxy.clone()), ("NO_PROXY", "0.0.0.0".into())], vec![]);
    let outcome = exempt.send(request(&direct)).await;
    assert!(matches!(outcome, Err(TransportError::NotSent(_))), "{outcome:?}");
    http(&[("HTTP_PROXY", proxy)], vec![]).send(request(&direct)).await.unwrap();
    server.await.unwrap();
}
