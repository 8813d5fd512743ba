//! Configuring a provider.

use tokio_util::sync::CancellationToken;

use crate::framework::fake::{FakeProvider, World, text, with};
use crate::framework::server::Server;
use crate::framework::value::Object;

fn region(name: &str) -> Object {
    with(Object::new(), [("region", text(name))])
}

#[tokio::test]
async fn a_stop_ends_a_configuration_that_waits_and_leaves_the_provider_unconfigured() {
    let server = Server::new(FakeProvider::new(World::closed()));
    let stop = CancellationToken::new();
    assert!(!server.configure("1.2.3", Some(region("here")), &stop).await.has_errors());
    assert!(server.data().is_ok());

    let configuring = server.configure("1.2.3", Some(region("far away")), &stop);
    let report = tokio::join!(configuring, async { stop.cancel() }).0;
    assert_eq!(report.iter().map(|error| error.summary.as_str()).collect::<Vec<_>>(), ["Operation stopped"]);
    assert!(server.data().is_err());
}
