//! Another process of this machine, as the same user even, gets nothing from any service.

use std::io;
use std::sync::Arc;

use futures_util::future::join_all;
use hyper_util::rt::TokioIo;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::version::TLS12;
use rustls::{ClientConfig, SignatureScheme};
use terraform_provider_tencentcloud::plugin::listen::Duplex;
use terraform_provider_tencentcloud::proto::go_plugin::{
    ConnInfo, Empty, grpc_broker_client::GrpcBrokerClient, grpc_controller_client::GrpcControllerClient,
    grpc_stdio_client::GrpcStdioClient,
};
use terraform_provider_tencentcloud::proto::grpc_health::HealthCheckRequest;
use terraform_provider_tencentcloud::proto::grpc_health::health_client::HealthClient;
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_tencentcloud::proto::tfplugin6::{
    configure_provider, get_provider_schema, stop_provider,
};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use support::host::tls::{ClientIdentity, Dial};
use support::host::{Host, HostOptions, Launched};

/// Who tries. Each knows the address and our certificate, as anyone may who reads the host's output.
#[derive(Clone, Copy, Debug)]
enum Stranger {
    /// Speaks HTTP/2 without TLS.
    Plaintext,
    /// Shows no certificate.
    Nobody,
    /// Shows a certificate of its own, made like the host's to the letter.
    Lookalike,
    /// The same, in the older version of TLS.
    OldLookalike,
    /// Shows the host's own certificate, which is no secret, and signs with another key.
    Copycat,
}

const ALL: [Stranger; 5] =
    [Stranger::Plaintext, Stranger::Nobody, Stranger::Lookalike, Stranger::OldLookalike, Stranger::Copycat];

/// Always presents the same certificate and key, fitting or not.
#[derive(Debug)]
struct Presents(Arc<CertifiedKey>);

impl ResolvesClientCert for Presents {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl Stranger {
    /// How it connects to a plugin with the certificate `server`, whose host is `host`.
    fn config(
        self,
        server: &CertificateDer<'static>,
        host: &CertificateDer<'static>,
    ) -> Option<ClientConfig> {
        let own = ClientIdentity::generate();
        match self {
            Self::Plaintext => None,
            Self::Nobody => Some(Dial::default().config(server, None)),
            Self::Lookalike => Some(Dial::default().config(server, Some(&own))),
            Self::OldLookalike => Some(Dial::only(&TLS12).config(server, Some(&own))),
            Self::Copycat => {
                let key = Arc::clone(&own.certified_key().key);
                let presents = Presents(Arc::new(CertifiedKey::new(vec![host.clone()], key)));
                Some(Dial::default().config_resolving(server, Arc::new(presents)))
            }
        }
    }

    /// A channel that connects anew for every call, as often as it is refused.
    fn channel(self, launched: &Launched) -> Channel {
        let config = self.config(&launched.server_certificate(), &launched.identity.certificate);
        let tls = config.map(|config| TlsConnector::from(Arc::new(config)));
        let path = launched.address().to_owned();
        Endpoint::from_static("http://localhost").connect_with_connector_lazy(tower::service_fn(move |_| {
            let (path, tls) = (path.clone(), tls.clone());
            async move {
                let stream = UnixStream::connect(path).await?;
                let stream: Box<dyn Duplex> = match tls {
                    Some(tls) => {
                        Box::new(tls.connect(ServerName::try_from("localhost").unwrap(), stream).await?)
                    }
                    None => Box::new(stream),
                };
                Ok::<_, io::Error>(TokioIo::new(stream))
            }
        }))
    }
}

/// The calls, of each service, that `channel` got an answer to.
async fn answered(channel: Channel) -> Vec<&'static str> {
    let mut provider = ProviderClient::new(channel.clone());
    let mut controller = GrpcControllerClient::new(channel.clone());
    let knocks = tokio_stream::iter([ConnInfo::default()]);
    let health = HealthCheckRequest { service: "plugin".to_owned() };
    let answers = [
        ("schema", provider.get_provider_schema(get_provider_schema::Request {}).await.is_ok()),
        ("configure", provider.configure_provider(configure_provider::Request::default()).await.is_ok()),
        ("stop", provider.stop_provider(stop_provider::Request {}).await.is_ok()),
        ("stdio", GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.is_ok()),
        ("broker", GrpcBrokerClient::new(channel.clone()).start_stream(knocks).await.is_ok()),
        ("health", HealthClient::new(channel).check(health).await.is_ok()),
        ("shutdown", controller.shutdown(Empty {}).await.is_ok()),
    ];
    answers.into_iter().filter_map(|(call, answered)| answered.then_some(call)).collect()
}

#[tokio::test]
async fn the_host_itself_is_answered_by_every_service() {
    let launched = Host::launch(HostOptions::default()).await;
    let channel = launched.channel(&Dial::default()).await.unwrap();
    let all = ["schema", "configure", "stop", "stdio", "broker", "health", "shutdown"];
    assert_eq!(answered(channel).await, all);
}

#[tokio::test]
async fn a_stranger_gets_nothing_from_any_service() {
    let mut host = Host::start(HostOptions::default()).await;
    for stranger in ALL {
        assert_eq!(answered(stranger.channel(&host.launched)).await, [""; 0], "{stranger:?}");
    }
    // Neither were the stop and the end obeyed that they asked for.
    assert!(host.provider().get_provider_schema(get_provider_schema::Request {}).await.is_ok());
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn a_stranger_that_is_faster_than_the_host_gets_nothing_and_keeps_nobody_out() {
    for _ in 0..3 {
        let launched = Host::launch(HostOptions::default()).await;
        // The line is out and the host not there yet; some even hold their connections.
        let _held = [launched.dial().await, launched.dial().await];
        let strangers = ALL.iter().cycle().take(15).map(|stranger| answered(stranger.channel(&launched)));
        let dial = Dial::default();
        let (strangers, host) = tokio::join!(join_all(strangers), launched.channel(&dial));
        assert!(strangers.iter().all(Vec::is_empty), "{strangers:?}");
        assert!(answered(host.unwrap()).await.contains(&"schema"));
    }
}
