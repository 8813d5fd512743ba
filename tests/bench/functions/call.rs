//! One call of the API, without the network: serialise, take a turn, sign, read the answer.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use criterion::Criterion;
use support::transport::settings;
use terraform_provider_tencentcloud::ambient::SystemClock;
use terraform_provider_tencentcloud::cloud::api::organization::CreateOrganizationMemberAuthIdentity;
use terraform_provider_tencentcloud::cloud::{
    Client, Deadline, HttpRequest, HttpResponse, Settings, Transport, TransportError,
};
use tokio_util::sync::CancellationToken;

use crate::sizes;

/// Says yes to everything.
#[derive(Debug)]
struct Yes;

#[async_trait]
impl Transport for Yes {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        black_box(request);
        let body =
            Bytes::from_static(br#"{"Response":{"RequestId":"00000000-0000-0000-0000-000000000000"}}"#);
        Ok(HttpResponse { status: 200, date: None, body })
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let client = client();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    sizes(criterion, "sign and send", |size| {
        let action =
            CreateOrganizationMemberAuthIdentity { member_uins: (0..size).collect(), identity_ids: vec![13] };
        let (client, runtime) = (&client, &runtime);
        move || {
            let until = Deadline::after(Duration::from_mins(1), CancellationToken::new());
            drop(black_box(runtime.block_on(client.call(&action, &until))));
        }
    });
}

fn client() -> Client {
    let settings = Settings { requests_per_second: Some(u32::MAX), ..settings() };
    Client::with_transport(settings, Arc::new(SystemClock), Arc::new(Yes))
}
