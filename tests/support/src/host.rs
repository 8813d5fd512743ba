//! The mini-host: starts the real binary as Terraform does and speaks the protocol to it.
//!
//! [`Host::start`] is go-plugin's client rebuilt from its documentation: cookie, environment, handshake line,
//! mutual TLS with a fresh P-521 certificate, one connection with its stdio and broker streams open in
//! the background. [`Host::launch`] stops short of the connection, for tests of what comes before it.
//! What the provider's calls mean is not known here.

pub mod process;
pub mod tls;

use std::future::pending;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use terraform_provider_tencentcloud::plugin::listen::Duplex;
use terraform_provider_tencentcloud::proto::go_plugin::{
    ConnInfo, Empty, grpc_broker_client::GrpcBrokerClient, grpc_controller_client::GrpcControllerClient,
    grpc_stdio_client::GrpcStdioClient,
};
use terraform_provider_tencentcloud::proto::grpc_health::health_client::HealthClient;
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::task::AbortOnDropHandle;
use tonic::transport::{Channel, Endpoint};

use self::process::{PATIENCE, Process};
use self::tls::{ClientIdentity, Dial};

/// How long go-plugin waits for the exit after it asked for it, before it kills.
pub const EXIT_TIME_MAX: Duration = Duration::from_secs(2);

const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// How the host starts the plugin; by default as Terraform does, in an otherwise empty environment.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    binary: Option<PathBuf>,
    environment: Vec<(String, Option<String>)>,
    plaintext: bool,
    under_shell: bool,
    open_files_max: Option<u32>,
}

impl HostOptions {
    /// Another plugin than the one that was built beside the test.
    #[must_use]
    pub fn binary(mut self, path: &Path) -> Self {
        self.binary = Some(path.to_owned());
        self
    }

    /// Sets an environment variable of the plugin, over whatever the host would set.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Unsets an environment variable of the plugin.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.environment.push((name.to_owned(), None));
        self
    }

    /// As with `TF_DISABLE_PLUGIN_TLS`: offers no certificate.
    #[must_use]
    pub fn plaintext(mut self) -> Self {
        self.plaintext = true;
        self
    }

    /// Lets the plugin open so many files at once and no more, its standard streams among them.
    #[must_use]
    pub fn open_files_max(mut self, number: u32) -> Self {
        self.open_files_max = Some(number);
        self
    }

    /// Makes a shell the plugin's parent, so that the parent can be killed.
    #[must_use]
    pub fn under_shell(mut self) -> Self {
        self.under_shell = true;
        self
    }
}

/// A plugin that was started and has answered the handshake.
#[derive(Debug)]
pub struct Launched {
    /// The plugin.
    pub process: Process,
    /// What the host presents to it.
    pub identity: ClientIdentity,
    /// The fields of the handshake line.
    pub fields: Vec<String>,
    /// The plugin's `TMPDIR`.
    pub temporary: TempDir,
    plaintext: bool,
}

/// A plugin that is connected.
#[derive(Debug)]
pub struct Host {
    /// The plugin, and how it answered the handshake.
    pub launched: Launched,
    channel: Channel,
    background: AbortOnDropHandle<()>,
}

/// The command that starts the binary, with `temporary` for its `TMPDIR`.
pub fn command(options: &HostOptions, identity: &ClientIdentity, temporary: &TempDir) -> Command {
    let binary = options.binary.clone().unwrap_or_else(crate::provider);
    let mut command = if let Some(number) = options.open_files_max {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("ulimit -n {number} && exec \"$0\"")]).arg(binary);
        shell
    } else if options.under_shell {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "\"$0\" & wait"]).arg(binary);
        shell
    } else {
        Command::new(binary)
    };
    command.env_clear().env(COOKIE.0, COOKIE.1).env("TMPDIR", temporary.path());
    command.envs([
        ("PLUGIN_MIN_PORT", "10000"),
        ("PLUGIN_MAX_PORT", "25000"),
        ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
    ]);
    if !options.plaintext {
        command.env("PLUGIN_CLIENT_CERT", identity.pem());
    }
    for (name, value) in &options.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Starts the binary with a temporary directory of its own, and reads nothing.
pub fn spawn(options: &HostOptions) -> (Process, ClientIdentity, TempDir) {
    let (identity, temporary) = (ClientIdentity::generate(), tempfile::tempdir().unwrap());
    (Process::start(command(options, &identity, &temporary)), identity, temporary)
}

impl Launched {
    /// Starts the binary as a developer does, in debug mode, and waits for what it prints: the value of
    /// `TF_REATTACH_PROVIDERS`, returned as well. Without a cookie, and despite a client certificate.
    pub async fn debug(arguments: &[&str]) -> (Self, serde_json::Value) {
        let options = HostOptions::default().without(COOKIE.0);
        let (identity, temporary) = (ClientIdentity::generate(), tempfile::tempdir().unwrap());
        let mut command = command(&options, &identity, &temporary);
        command.args(arguments);
        let mut process = Process::start(command);
        let line = process.stdout.line(|line| line.contains("TF_REATTACH_PROVIDERS=")).await.unwrap();
        let quoted = line.split_once('\'').and_then(|(_, rest)| rest.rsplit_once('\'')).unwrap().0;
        let variable: serde_json::Value = serde_json::from_str(quoted).unwrap();
        let reattach = variable.as_object().unwrap().values().next().unwrap();
        let address = reattach["Addr"]["String"].as_str().unwrap().to_owned();
        let fields = vec![String::new(), String::new(), String::new(), address];
        (Self { process, identity, fields, temporary, plaintext: true }, variable)
    }

    /// The address that the handshake line names.
    pub fn address(&self) -> &str {
        &self.fields[3]
    }

    /// The certificate that the handshake line carries.
    pub fn server_certificate(&self) -> CertificateDer<'static> {
        STANDARD_NO_PAD.decode(&self.fields[5]).expect("unpadded standard base64").into()
    }

    /// Connects, and says nothing.
    pub async fn dial(&self) -> UnixStream {
        UnixStream::connect(self.address()).await.unwrap()
    }

    /// Connects with TLS. An error if either side refuses the other.
    pub async fn dial_tls(
        &self,
        config: ClientConfig,
        name: &'static str,
    ) -> io::Result<tokio_rustls::client::TlsStream<UnixStream>> {
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(ServerName::try_from(name).unwrap(), self.dial().await).await
    }

    /// A channel over one new connection, made as `dial` says. An error if the plugin refuses it.
    pub async fn channel(&self, dial: &Dial) -> Result<Channel, tonic::transport::Error> {
        let path = self.address().to_owned();
        let tls = (!self.plaintext).then(|| {
            let config = dial.config(&self.server_certificate(), Some(&self.identity));
            TlsConnector::from(Arc::new(config))
        });
        let name = dial.name;
        let connector = tower::service_fn(move |_| {
            let (path, tls) = (path.clone(), tls.clone());
            async move {
                let stream = UnixStream::connect(path).await?;
                let stream: Box<dyn Duplex> = match tls {
                    Some(tls) => Box::new(tls.connect(ServerName::try_from(name).unwrap(), stream).await?),
                    None => Box::new(stream),
                };
                Ok::<_, io::Error>(TokioIo::new(stream))
            }
        });
        Endpoint::from_static("http://localhost").connect_with_connector(connector).await
    }
}

impl Host {
    /// Starts the plugin and waits for its handshake line.
    pub async fn launch(options: HostOptions) -> Launched {
        let (mut process, identity, temporary) = spawn(&options);
        let Some(line) = process.stdout.line(|_| true).await else {
            process.stderr.wait_end().await;
            panic!("no handshake line; stderr: {:#?}", process.stderr.lines());
        };
        let fields = line.strip_suffix('\n').expect("a whole line").split('|').map(str::to_owned).collect();
        Launched { process, identity, fields, temporary, plaintext: options.plaintext }
    }

    /// Starts the plugin and connects to it.
    pub async fn start(options: HostOptions) -> Self {
        let launched = Self::launch(options).await;
        let channel = launched.channel(&Dial::default()).await.unwrap_or_else(|error| {
            panic!("cannot connect: {error:?}; stderr: {:#?}", launched.process.stderr.lines())
        });
        // As go-plugin's client does: opened first thing, and held until the connection ends.
        let (mut stdio, mut broker) =
            (GrpcStdioClient::new(channel.clone()), GrpcBrokerClient::new(channel.clone()));
        let stdio = stdio.stream_stdio(()).await.unwrap();
        let background = tokio::spawn(async move {
            let (send, knocks) = mpsc::channel::<ConnInfo>(1);
            let _open = (stdio, broker.start_stream(ReceiverStream::new(knocks)).await, send);
            pending::<()>().await;
        });
        Self { launched, channel, background: AbortOnDropHandle::new(background) }
    }

    /// The provider, ready for answers of any size.
    pub fn provider(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.channel.clone())
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX)
    }

    /// The service that ends the plugin.
    pub fn controller(&self) -> GrpcControllerClient<Channel> {
        GrpcControllerClient::new(self.channel.clone())
    }

    /// The service for the plugin's own output.
    pub fn stdio(&self) -> GrpcStdioClient<Channel> {
        GrpcStdioClient::new(self.channel.clone())
    }

    /// The service for side connections.
    pub fn broker(&self) -> GrpcBrokerClient<Channel> {
        GrpcBrokerClient::new(self.channel.clone())
    }

    /// The service that says whether the plugin serves.
    pub fn health(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel.clone())
    }

    /// What the plugin wrote to stderr so far.
    pub fn stderr_lines(&self) -> Vec<String> {
        self.launched.process.stderr.lines()
    }

    /// What the plugin wrote to stdout after its handshake line, so far.
    pub fn stdout_rest(&self) -> String {
        self.launched.process.stdout.lines().split_off(1).concat()
    }

    /// Kills the plugin.
    pub async fn kill(&mut self) {
        self.launched.process.kill().await;
    }

    /// Closes the connection, as the death of a host does.
    pub async fn disconnect(self) -> Launched {
        let Self { launched, background, channel: _ } = self;
        background.abort();
        background.await.unwrap_err();
        launched
    }

    /// Ends the plugin as go-plugin does: asks for it, and waits for the exit as long as it would.
    pub async fn shutdown(&mut self) -> ExitStatus {
        let mut controller = self.controller();
        timeout(PATIENCE, controller.shutdown(Empty {})).await.unwrap().unwrap();
        self.wait_exit().await
    }

    /// Waits for the exit as long as go-plugin would.
    pub async fn wait_exit(&mut self) -> ExitStatus {
        self.launched.process.wait_exit(EXIT_TIME_MAX).await
    }
}
