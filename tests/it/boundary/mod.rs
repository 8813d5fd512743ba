//! What stays inside: the plugin's sockets, its process, its secrets; and what nonsense from outside does to
//! it.
//!
//! | Module | Who must not get through |
//! |---|---|
//! | `strangers` | another process of this machine that is not the host |
//! | `place` | whoever looks at the file system, and at the process |
//! | `secrets` | readers of logs, plans, states and messages |
//! | `endpoints` | whoever is between us and an endpoint without encryption |
//! | `nonsense` | values that no schema of ours allows |

mod endpoints;
mod nonsense;
#[cfg(target_os = "linux")]
mod place;
mod secrets;
mod strangers;

use serde_json::Value;
use terraform_provider_tencentcloud::proto::tfplugin6::{Diagnostic, DynamicValue, configure_provider};

use support::host::Host;

const TYPE: &str = "tencentcloud_org_member_auth_identity";

fn dynamic(value: &Value) -> DynamicValue {
    DynamicValue { json: value.to_string().into(), ..DynamicValue::default() }
}

/// What configuring the provider with this block is answered with.
async fn configured(host: &Host, block: &Value) -> Vec<Diagnostic> {
    let request = configure_provider::Request { config: Some(dynamic(block)), ..Default::default() };
    host.provider().configure_provider(request).await.unwrap().into_inner().diagnostics
}
