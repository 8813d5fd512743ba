//! Who signs, for each way to say it: block, environment, files and machine go in; the key that the simulated
//! cloud saw comes out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use simulator::{Cloud, Server};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ambient::{FixedEnv, SystemClock};
use crate::cloud::Deadline;
use crate::framework::attribute::{List, Nested, Set};
use crate::framework::value::Number;
use crate::organization::directory::IdentityFilter;

/// A block with some arguments changed: as it wipes itself, nothing can be moved out of it.
macro_rules! set {
    ($base:expr; $($field:ident: $value:expr),* $(,)?) => {{
        let mut block = $base;
        $(block.$field = $value;)*
        block
    }};
}

mod conflicts;
mod table;

const HUB: &str = "qcs::cam::uin/100000000000:roleName/hub";
const OPS: &str = "qcs::cam::uin/100000000000:roleName/ops";
const SAML: &str = "qcs::cam::uin/100000000000:saml-provider/corporate";
const DEVICE: &str = "qcs::cam:uin/100000000000::mfa/softToken";

/// One way to be somebody.
#[derive(Default)]
struct Case {
    config: Config,
    env: Vec<(&'static str, String)>,
    /// Files below the home directory.
    files: Vec<(&'static str, String)>,
    instance_role: Option<&'static str>,
}

/// What became of it.
#[derive(Debug)]
struct Outcome {
    /// Who signed the first call of the organization; else what was told.
    signer: Result<String, String>,
    actions: Vec<String>,
    regions: Vec<Option<String>>,
}

impl Case {
    fn env(mut self, variables: &[(&'static str, &str)]) -> Self {
        self.env.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self
    }

    fn file(mut self, path: &'static str, text: impl Into<String>) -> Self {
        self.files.push((path, text.into()));
        self
    }

    fn on_machine(mut self, role: &'static str) -> Self {
        self.instance_role = Some(role);
        self
    }

    /// Configures a provider in this world, and reads something of the organization twice.
    async fn run(self) -> Outcome {
        let mut cloud = Cloud::new()
            .with_role(HUB)
            .with_guarded_role(OPS, "the-word")
            .with_role("qcs::cam::uin/100000000000:roleName/plain")
            .with_saml_provider(SAML, "PHNhbWw+")
            .with_web_identity_provider("OIDC", "jwt")
            .with_web_identity_provider("tke", "pod-jwt")
            .with_second_factor(DEVICE, "123456");
        if let Some(role) = self.instance_role {
            cloud = cloud.with_instance_role(role);
        }
        for name in ["block", "environment", "profile", "other", "sdk"] {
            cloud.add_key(&format!("AKID{name}"), &format!("key-of-{name}"), None);
        }
        cloud.add_key("AKIDtoken", "key-of-token", Some("the-token"));
        let server = Server::start(cloud).unwrap();
        let home = tempfile::tempdir().unwrap();
        for (path, text) in &self.files {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let outcome = self.call(&server, home.path()).await;
        let sessions = server.cloud().sessions().to_vec();
        let journal = server.cloud().journal().to_vec();
        let of_organization = journal.iter().find(|call| call.action == "ListOrganizationIdentity");
        let signer = outcome.map(|()| {
            let id = &of_organization.unwrap().secret_id;
            match sessions.iter().find(|session| session.secret_id == *id) {
                Some(session) if session.role.is_empty() => "session of a key".to_owned(),
                Some(session) => session.role.rsplit('/').next().unwrap().to_owned(),
                None => id.trim_start_matches("AKID").to_owned(),
            }
        });
        let region = |call: &simulator::Call| call.headers.get("x-tc-region").cloned();
        Outcome {
            signer,
            actions: journal.iter().map(|call| call.action.clone()).collect(),
            regions: journal.iter().map(region).collect(),
        }
    }

    async fn call(&self, server: &Server, home: &Path) -> Result<(), String> {
        let url = server.url();
        let home = home.to_str().unwrap();
        let fixed = [
            ("HOME", home),
            ("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &url),
            ("TENCENTCLOUD_STS_ENDPOINT", &url),
            ("TENCENTCLOUD_METADATA_ENDPOINT", &url),
            ("TENCENTCLOUD_MAX_RETRIES", "0"),
        ];
        let own = self.env.iter().map(|(name, value)| (*name, value.replace('~', home)));
        let env: FixedEnv =
            fixed.into_iter().map(|(name, value)| (name, value.to_owned())).chain(own).collect();
        let told = |diagnostics: Diagnostics| {
            let texts = diagnostics.into_iter().map(|one| format!("{}: {}", one.summary, one.detail));
            texts.collect::<Vec<_>>().join("\n")
        };
        let provider = TencentCloud::new(Arc::new(env), Arc::new(SystemClock));
        let mut report = Diagnostics::new();
        let organization =
            provider.configure("1.14.0", self.config.clone(), &mut report).await.map_err(told)?;
        let until = Deadline::after(std::time::Duration::from_secs(30), CancellationToken::new());
        let read = organization.directory.identities(&IdentityFilter::default(), &until).await;
        let failed = |halt| told(crate::diagnose::read_failed("Tried to read.", halt, &until));
        read.map(drop).map_err(failed)
    }
}

fn known(text: &str) -> Field<String> {
    Field::Known(text.to_owned())
}

fn block_key() -> Config {
    set!(Config::default(); secret_id: known("AKIDblock"), secret_key: known("key-of-block"))
}

fn one<M>(block: M) -> Field<Set<Nested<M>>> {
    Field::Known(Set(vec![Field::Known(Nested(block))]))
}

fn only<M>(block: M) -> Field<List<Nested<M>>> {
    Field::Known(List(vec![Field::Known(Nested(block))]))
}

fn profile_of(name: &str) -> String {
    format!(r#"{{"secretId":"AKID{name}","secretKey":"key-of-{name}"}}"#)
}

fn sdk_file() -> String {
    "[default]\nsecret_id = AKIDsdk\nsecret_key = key-of-sdk\n".to_owned()
}
