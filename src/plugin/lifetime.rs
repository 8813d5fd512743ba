//! When the process ends, and what it waits for before it does.
//!
//! The host normally asks; when it is killed it cannot, and a provider with cloud credentials must not
//! stay behind as an orphan. The decision is a pure function of a few facts; the loop around it gathers
//! them. Who the host is and how signals arrive is not known here: see `host` and `signal`.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::signal::Signal;

/// How often to look whether the host still lives.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// How long a host that seems alive may stay without a connection.
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);

/// How long a host may go on using us after we were told to terminate. It was probably told the same,
/// and is waiting for our cancelled work to answer so that it can save its state.
const TERMINATION_TIME_MAX: Duration = Duration::from_mins(2);

/// How long work in flight may go on after `Shutdown`: the host kills us after two seconds.
const WORK_TIME_MAX_AFTER_SHUTDOWN: Duration = Duration::from_secs(1);

/// How long cancelled work may take to end where no host waits for the exit.
const WORK_TIME_MAX: Duration = Duration::from_secs(10);

/// The same in debug mode. With the wait for what was logged, less than the five seconds in which Ctrl-C is
/// to work.
const WORK_TIME_MAX_IN_DEBUG: Duration = Duration::from_secs(4);

/// What the provider and the plugin floor tell each other about the end.
#[derive(Clone, Debug, Default)]
pub struct Lifetime {
    /// Cancelled when work in flight should come to a safe end: on a termination signal, on `Shutdown`,
    /// and when the host is gone. Never renewed. The provider passes child tokens to its work, and
    /// cancels those of its own accord when the host calls `StopProvider`.
    pub stop: CancellationToken,
    /// Work that must not be torn apart. What the provider spawns here is waited for, within bounds, when
    /// the process ends; the future of an RPC itself is dropped when its connection is.
    pub work: TaskTracker,
}

/// Why the process ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// The host asked, through the controller service.
    Shutdown,
    /// No connection is left, and the host is dead or has not come back in time.
    HostGone,
    /// A signal asked, and the host is gone or had its time.
    Terminated,
    /// A developer asked, whose process it is, and who waits for nobody.
    Interrupted,
}

/// Who decides about the end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// The host owns this process: it asks for the end, and its death is ours. Ctrl-C is not for us.
    Managed,
    /// A developer owns it: hosts come and go, and Ctrl-C ends it.
    Debug,
}

/// What the decision rests on.
#[derive(Clone, Copy, Debug)]
struct Facts {
    connections: usize,
    /// Since when the number of connections is what it is.
    unchanged: Duration,
    host_is_gone: bool,
    /// How long ago a signal asked for the end.
    terminated: Option<Duration>,
}

/// The end that the facts call for; `None`: go on.
fn decide(mode: Mode, facts: Facts) -> Option<End> {
    let Facts { connections, unchanged, host_is_gone, terminated } = facts;
    let alone = connections == 0;
    match (mode, terminated) {
        (Mode::Debug, terminated) => terminated.map(|_| End::Interrupted),
        (Mode::Managed, Some(ago)) if alone || ago >= TERMINATION_TIME_MAX => Some(End::Terminated),
        (Mode::Managed, _) if alone && (host_is_gone || unchanged >= IDLE_TIME_MAX) => Some(End::HostGone),
        (Mode::Managed, _) => None,
    }
}

/// Waits for the end: for `ending` to be cancelled, or for what [`decide`] makes of the connections, the
/// signals and `host_is_gone`. A termination signal cancels `lifetime.stop` at once.
pub(super) async fn until_end(
    mode: Mode,
    lifetime: &Lifetime,
    ending: &CancellationToken,
    mut connections: watch::Receiver<usize>,
    mut signals: mpsc::Receiver<Signal>,
    host_is_gone: impl Fn() -> bool,
) -> End {
    let mut look = interval(LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut changed = Instant::now();
    let mut terminated: Option<Instant> = None;
    loop {
        tokio::select! {
            () = ending.cancelled() => return End::Shutdown,
            Some(signal) = signals.recv() => {
                // A terminal sends Ctrl-C to the host and to us alike; a host will call StopProvider.
                if mode == Mode::Debug || signal == Signal::Terminate {
                    warn!(signal = ?signal, "asked to terminate; cancelling work in flight");
                    lifetime.stop.cancel();
                    terminated.get_or_insert_with(Instant::now);
                }
            }
            Ok(()) = connections.changed() => changed = Instant::now(),
            _ = look.tick() => {}
        }
        let facts = Facts {
            connections: *connections.borrow_and_update(),
            unchanged: changed.elapsed(),
            host_is_gone: host_is_gone(),
            terminated: terminated.map(|moment| moment.elapsed()),
        };
        if let Some(end) = decide(mode, facts) {
            return end;
        }
    }
}

/// Cancels the work in flight and gives it, and the `server`, the time to end that `end` allows.
pub(super) async fn wind_down(end: End, lifetime: &Lifetime, server: impl Future) {
    info!(end = ?end, "ending");
    lifetime.stop.cancel();
    lifetime.work.close();
    let time_max = match end {
        End::Shutdown => WORK_TIME_MAX_AFTER_SHUTDOWN,
        End::Interrupted => WORK_TIME_MAX_IN_DEBUG,
        End::HostGone | End::Terminated => WORK_TIME_MAX,
    };
    let ended = async {
        lifetime.work.wait().await;
        server.await;
    };
    if timeout(time_max, ended).await.is_err() {
        warn!(tasks = lifetime.work.len(), "ending with work or connections still open");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    fn check(mode: Mode, facts: Facts, expected: Option<End>) {
        assert_eq!(decide(mode, facts), expected, "{mode:?} {facts:?}");
    }

    const QUIET: Facts = Facts { connections: 1, unchanged: SOON, host_is_gone: false, terminated: None };

    #[test]
    fn a_managed_plugin_serves_a_connected_host_whatever_else_seems_to_be() {
        check(Mode::Managed, QUIET, None);
        check(Mode::Managed, Facts { unchanged: IDLE_TIME_MAX * 100, ..QUIET }, None);
        check(Mode::Managed, Facts { host_is_gone: true, ..QUIET }, None);
        check(Mode::Managed, Facts { terminated: Some(SOON), ..QUIET }, None);
    }

    #[test]
    fn a_managed_plugin_ends_alone() {
        let alone = Facts { connections: 0, ..QUIET };
        check(Mode::Managed, alone, None);
        check(Mode::Managed, Facts { unchanged: IDLE_TIME_MAX, ..alone }, Some(End::HostGone));
        check(Mode::Managed, Facts { host_is_gone: true, ..alone }, Some(End::HostGone));
        check(Mode::Managed, Facts { terminated: Some(SOON), ..alone }, Some(End::Terminated));
    }

    #[test]
    fn a_host_has_only_so_long_after_a_termination_signal() {
        let late = Facts { terminated: Some(TERMINATION_TIME_MAX), ..QUIET };
        check(Mode::Managed, late, Some(End::Terminated));
    }

    #[test]
    fn a_debug_plugin_ends_on_a_signal_only() {
        let forsaken = Facts { connections: 0, unchanged: IDLE_TIME_MAX * 100, host_is_gone: true, ..QUIET };
        check(Mode::Debug, forsaken, None);
        check(Mode::Debug, Facts { terminated: Some(Duration::ZERO), ..QUIET }, Some(End::Interrupted));
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_stops_the_work_at_once_and_the_process_when_the_host_leaves() {
        let (lifetime, ending) = (Lifetime::default(), CancellationToken::new());
        let (count, connections) = watch::channel(1);
        let (send, signals) = mpsc::channel(1);
        let end = until_end(Mode::Managed, &lifetime, &ending, connections, signals, || false);
        let host = async {
            send.send(Signal::Interrupt).await.unwrap();
            tokio::time::sleep(SOON).await;
            assert!(!lifetime.stop.is_cancelled(), "an interrupt is the host's to handle");
            send.send(Signal::Terminate).await.unwrap();
            lifetime.stop.cancelled().await;
            tokio::time::sleep(SOON).await;
            count.send(0).unwrap();
        };
        assert_eq!(tokio::join!(end, host).0, End::Terminated);
        assert!(!ending.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_comes_back_within_the_grace_period_is_served_on() {
        let (lifetime, ending) = (Lifetime::default(), CancellationToken::new());
        let (count, connections) = watch::channel(1);
        let (_send, signals) = mpsc::channel(1);
        let back = Cell::new(false);
        let end = until_end(Mode::Managed, &lifetime, &ending, connections, signals, || false);
        let host = async {
            count.send(0).unwrap();
            tokio::time::sleep(IDLE_TIME_MAX.saturating_sub(SOON)).await;
            count.send(1).unwrap();
            tokio::time::sleep(IDLE_TIME_MAX * 2).await;
            back.set(true);
            count.send(0).unwrap();
        };
        assert_eq!(tokio::join!(end, host).0, End::HostGone);
        assert!(back.get());
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_work_but_not_for_ever() {
        for (end, bound) in [
            (End::Shutdown, WORK_TIME_MAX_AFTER_SHUTDOWN),
            (End::HostGone, WORK_TIME_MAX),
            (End::Interrupted, WORK_TIME_MAX_IN_DEBUG),
        ] {
            for (length, finishes) in [(bound / 2, true), (bound + SOON, false)] {
                let lifetime = Lifetime::default();
                let work = lifetime.work.spawn(tokio::time::sleep(length));
                wind_down(end, &lifetime, async {}).await;
                assert!(lifetime.stop.is_cancelled());
                assert_eq!(work.is_finished(), finishes, "{end:?} {length:?}");
            }
        }
    }
}
