//! Many calls at once, dropped ones, and stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use tokio::sync::{Barrier, Notify};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{configured, named, one_error, received, sent, sent_null, type_name};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::testing::{FakeProvider, Raw, World};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::wire::Service;

fn read(name: &str) -> proto::read_resource::Request {
    proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named(name)),
        ..Default::default()
    }
}

fn create() -> proto::apply_resource_change::Request {
    proto::apply_resource_change::Request {
        type_name: type_name(),
        prior_state: sent_null(),
        planned_state: sent(named("a")),
        config: sent(named("a")),
        ..Default::default()
    }
}

#[tokio::test]
async fn s109_sixteen_rpcs_run_at_once() {
    let all = Arc::new(Barrier::new(16));
    let host = configured(World::reading(move |_, known| {
        let all = Arc::clone(&all);
        Box::pin(async move {
            all.wait().await;
            Ok(Some(known))
        })
    }))
    .await;
    let reads = (0..16).map(|number| {
        let mut host = host.clone();
        async move { host.read_resource(read(&number.to_string())).await.unwrap().into_inner() }
    });
    for (number, reply) in (0..16).zip(join_all(reads).await) {
        assert_eq!(received(reply.new_state), Some(named(&number.to_string())));
    }
}

#[tokio::test]
async fn s109_a_slow_rpc_does_not_hold_up_the_others() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let world = World::reading({
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        move |_, known| {
            let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
            Box::pin(async move {
                if known == named("slow") {
                    begun.notify_one();
                    go_on.notified().await;
                }
                Ok(Some(known))
            })
        }
    });
    let mut host = configured(world).await;
    let slow = tokio::spawn({
        let mut host = host.clone();
        async move { host.read_resource(read("slow")).await }
    });
    begun.notified().await;
    host.read_resource(read("quick")).await.unwrap();
    host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    go_on.notify_one();
    assert_eq!(received(slow.await.unwrap().unwrap().into_inner().new_state), Some(named("slow")));
}

/// A world in which the first apply says that it has begun, and waits.
fn stalling(begun: &Arc<Notify>) -> World {
    let begun = Arc::clone(begun);
    World::applying(move |cx, _, planned, slot| {
        let begun = Arc::clone(&begun);
        Box::pin(async move {
            begun.notify_one();
            cx.stop().cancelled().await;
            slot.save(Raw::new(planned.unwrap()));
            Err(Diagnostic::error("Stopped", "").into())
        })
    })
}

#[tokio::test]
async fn s34_stop_reaches_what_is_running_and_not_what_comes_later() {
    let begun = Arc::new(Notify::new());
    let mut host = configured(stalling(&begun)).await;
    for _ in 0..2 {
        let running = tokio::spawn({
            let mut host = host.clone();
            async move { host.apply_resource_change(create()).await }
        });
        begun.notified().await;
        assert!(!running.is_finished());
        let stopped = host.stop_provider(proto::stop_provider::Request {}).await.unwrap().into_inner();
        assert_eq!(stopped.error, "");
        let reply = running.await.unwrap().unwrap().into_inner();
        assert_eq!(one_error(&reply.diagnostics).summary, "Stopped");
        assert_eq!(received(reply.new_state), Some(named("a")));
    }
}

#[tokio::test]
async fn s110_a_dropped_rpc_leaves_the_service_healthy_and_an_apply_running() {
    let (begun, done) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let go_on = Arc::new(Notify::new());
    let world = World {
        read: World::reading({
            let begun = Arc::clone(&begun);
            move |_, _| {
                let begun = Arc::clone(&begun);
                Box::pin(async move {
                    begun.notify_one();
                    std::future::pending().await
                })
            }
        })
        .read,
        ..World::applying({
            let (begun, go_on, done) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&done));
            move |_, _, planned, slot| {
                let (begun, go_on, done) = (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&done));
                Box::pin(async move {
                    begun.notify_one();
                    go_on.notified().await;
                    slot.save(Raw::new(planned.unwrap()));
                    done.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                })
            }
        })
    };
    let work = TaskTracker::new();
    let service = Service::new(FakeProvider::new(world), CancellationToken::new(), work.clone());
    let mut host = ProviderClient::new(service.into_server());
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let applied = tokio::select! {
        reply = host.apply_resource_change(create()) => Some(reply),
        () = begun.notified() => None,
    };
    assert!(applied.is_none());
    let found = tokio::select! {
        reply = host.read_resource(read("a")) => Some(reply),
        () = begun.notified() => None,
    };
    assert!(found.is_none());
    host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert_eq!((work.len(), done.load(Ordering::SeqCst)), (1, 0));
    go_on.notify_one();
    work.close();
    work.wait().await;
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_termination_of_the_process_stops_what_runs() {
    let (begun, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let service = Service::new(FakeProvider::new(stalling(&begun)), stop.clone(), TaskTracker::new());
    let mut host = ProviderClient::new(service.into_server());
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let running = tokio::spawn({
        let mut host = host.clone();
        async move { host.apply_resource_change(create()).await }
    });
    begun.notified().await;
    stop.cancel();
    let reply = running.await.unwrap().unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Stopped");
}
