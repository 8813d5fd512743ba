//! Lists.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::error_paths;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::gadget::{Gadget, Shop, error, gadget, identity};
use crate::framework::list_resource::{Ended, ListEvent, Listing};
use crate::framework::registry::Registry;
use crate::framework::server::ListRequest;
use crate::framework::testing::{Raw, text};
use crate::framework::value::{Object, Value};

const SERIALS: [&str; 4] = ["s1", "s2", "s3", "s4"];

/// Lists four gadgets, of which each is counted before it is sent.
fn four(asked: &Arc<AtomicUsize>) -> Shop {
    let asked = Arc::clone(asked);
    Shop::listing(move |_, _, found| {
        let asked = Arc::clone(&asked);
        Box::pin(async move {
            for serial in SERIALS {
                asked.fetch_add(1, Ordering::Relaxed);
                let secret = ("secret", text("hush"));
                found
                    .send(Raw::new(gadget([("serial", text(serial)), secret])), format!("Gadget {serial}"))
                    .await?;
            }
            Ok(())
        })
    })
}

fn all() -> ListRequest {
    ListRequest { filter: None, limit: 100, wants_state: false }
}

/// What a list sends when somebody takes it as it comes.
async fn list(shop: Shop, request: ListRequest, stop: &CancellationToken) -> Vec<ListEvent> {
    let mut registry = Registry::new();
    registry.resource(Gadget).identified().listed();
    assert_eq!(registry.problems(), Diagnostics::new());
    let resource = registry.find_resource("fake_gadget").unwrap();
    let (shop, (sender, mut events)) = (Configured::Ready(shop), mpsc::channel(1));
    let taken = async {
        let mut taken = Vec::new();
        while let Some(event) = events.recv().await {
            taken.push(event);
        }
        taken
    };
    let ((), taken) = tokio::join!(resource.list(&shop, stop, request, sender), taken);
    taken
}

fn serials(events: &[ListEvent]) -> Vec<String> {
    let serial = |event: &ListEvent| match event {
        ListEvent::Found(listing) => format!("{:?}", listing.identity["serial"]),
        ListEvent::Told(report) => report.iter().map(|told| told.summary.clone()).collect(),
    };
    events.iter().map(serial).collect()
}

fn quoted(serials: &[&str]) -> Vec<String> {
    serials.iter().map(|serial| format!("String({serial:?})")).collect()
}

#[tokio::test]
async fn s105_what_is_found_has_an_identity_a_name_and_a_state_where_that_is_wanted() {
    let asked = Arc::default();
    let listing = |state| {
        let (identity, report) = (identity(text("s1")), Diagnostics::new());
        ListEvent::Found(Listing { identity, display_name: "Gadget s1".to_owned(), state, report })
    };
    let events = list(four(&asked), all(), &CancellationToken::new()).await;
    assert_eq!((events.len(), &events[0]), (4, &listing(None)));
    let events =
        list(four(&asked), ListRequest { wants_state: true, ..all() }, &CancellationToken::new()).await;
    assert_eq!(events[0], listing(Some(gadget([("serial", text("s1"))]))));
}

#[tokio::test]
async fn s105_a_list_ends_at_the_limit_and_asks_for_nothing_beyond_it() {
    for (limit, wanted) in [(1, 1), (2, 2), (4, 4), (5, 4), (0, 0), (-1, 0)] {
        let asked = Arc::default();
        let events = list(four(&asked), ListRequest { limit, ..all() }, &CancellationToken::new()).await;
        assert_eq!(serials(&events), quoted(&SERIALS[..wanted]), "{limit}");
        assert_eq!(asked.load(Ordering::Relaxed), wanted, "{limit}");
    }
}

#[tokio::test]
async fn s105_nothing_is_asked_for_before_what_was_found_is_taken() {
    let asked = Arc::default();
    let mut registry = Registry::new();
    registry.resource(Gadget).identified().listed();
    let resource = registry.find_resource("fake_gadget").unwrap();
    let (shop, stop) = (Configured::Ready(four(&asked)), CancellationToken::new());
    let (sender, mut events) = mpsc::channel(1);
    let mut listing = std::pin::pin!(resource.list(&shop, &stop, all(), sender));
    for taken in 1..=3 {
        assert!((&mut listing).now_or_never().is_none());
        assert!((&mut listing).now_or_never().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), taken);
        assert!(events.try_recv().is_ok());
    }
    drop(events);
    listing.await;
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn s105_a_stop_ends_a_list_with_an_error() {
    let stop = CancellationToken::new();
    let shop = Shop::listing(|cx, _, found| {
        Box::pin(async move {
            found.send(Raw::new(gadget([("serial", text("s1"))])), "one").await?;
            cx.stop().cancelled().await;
            assert_eq!(
                found.send(Raw::new(gadget([("serial", text("s2"))])), "two").await,
                Err(Ended::Stopped)
            );
            Ok(())
        })
    });
    let stopping = async { stop.cancel() };
    let (events, ()) = tokio::join!(list(shop, all(), &stop), stopping);
    assert_eq!(serials(&events).last().unwrap(), "Operation stopped");
}

#[tokio::test]
async fn s105_what_has_no_known_identity_is_a_bug_and_ends_the_list() {
    for serial in [Value::Null, Value::Unknown] {
        let shop = Shop::listing(move |_, _, found| {
            let state = Raw::new(gadget([("serial", serial.clone())]));
            Box::pin(async move { Ok(found.send(state, "nobody").await?) })
        });
        let events = list(shop, all(), &CancellationToken::new()).await;
        assert_eq!(serials(&events), ["Bug in the provider"]);
    }
}

#[tokio::test]
async fn s105_what_is_told_comes_with_its_result_or_at_the_end() {
    let shop = Shop::listing(|cx, _, found| {
        Box::pin(async move {
            let stale = Diagnostic::warning("Stale", "It is old.").into();
            found.send_with(Raw::new(gadget([("serial", text("s1"))])), "one", stale).await?;
            cx.warn(Diagnostic::warning("Slow", "It took long."));
            Err(error("Lost"))
        })
    });
    let events = list(shop, all(), &CancellationToken::new()).await;
    let ListEvent::Found(listing) = &events[0] else { panic!("{events:?}") };
    assert_eq!(listing.report, Diagnostic::warning("Stale", "It is old.").into());
    let ListEvent::Told(report) = &events[1] else { panic!("{events:?}") };
    assert_eq!(report.iter().map(|told| told.summary.as_str()).collect::<Vec<_>>(), ["Slow", "Lost"]);
    assert_eq!(
        serials(&list(Shop::closed(), all(), &CancellationToken::new()).await),
        ["Bug in the provider"]
    );
}

#[tokio::test]
async fn a_filter_that_is_not_known_is_not_looked_for() {
    let filter = Object::from([("label".to_owned(), Value::Unknown)]);
    let request = ListRequest { filter: Some(filter.clone()), ..all() };
    let events = list(Shop::closed(), request, &CancellationToken::new()).await;
    let [ListEvent::Told(report)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(error_paths(report), ["label"]);
    let mut registry = Registry::new();
    registry.resource(Gadget).identified().listed();
    let resource = registry.find_resource("fake_gadget").unwrap();
    assert_eq!(resource.validate_filter(&filter), Ok(Diagnostics::new()));
}

#[test]
fn s47_what_is_listed_has_an_identity() {
    let mut registry = Registry::new();
    registry.resource(Gadget).listed();
    assert!(registry.problems().iter().next().unwrap().detail.contains("no identity to be listed by"));
}
