//! One case from the first process to the last: the operation in trouble, the apply that heals, the destroy.
//!
//! Each step is a process of its own, configured and driven as a host would; the state is kept here, and so
//! is the mark that a host sets when a creation fails.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use nix::sys::signal::Signal;
use simulator::{Behaviour, Call, Cloud, Fault, Rate, Server};
use support::organization::{organization, with_grants};
use terraform_provider_tencentcloud::framework::value::{Object, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::Diagnostic;
use tokio::time::{sleep, timeout};
use tonic::Status;

use super::case::{Case, Operation, Trouble};
use crate::protocol::provider::session::{Session, config, errors, set};

type Pairs = BTreeSet<(u64, u64)>;

const MEMBERS: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
const IDENTITIES: [u64; 7] = [11, 12, 13, 14, 15, 16, 17];

/// What an update comes to: member 13 is added, member 1 removed, identity 16 swapped for 17.
const UPDATED: ([u64; 12], [u64; 6]) = ([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [11, 12, 13, 14, 15, 17]);

/// Granted by others: nothing may touch these.
const OTHERS: [(u64, u64); 3] = [(1, 99), (9999, 11), (9999, 99)];

/// No case takes longer than this.
const PATIENCE: Duration = Duration::from_mins(2);

/// The outcome of an operation that was over before the call at which the trouble was to come.
pub(super) const FEWER_CALLS: &str = "done in fewer calls";

/// What all cases share.
pub(super) struct Stage {
    /// The state before an operation on what exists.
    before: Object,
    /// How many calls each operation makes when all is well.
    calls: Vec<(Operation, usize)>,
}

/// What an operation left to the host: the answer, or nothing but the state from before.
type Answer = Result<(Option<Object>, Vec<Diagnostic>), Status>;

impl Stage {
    pub(super) async fn new() -> Self {
        let server = Server::start(cloud()).unwrap();
        let session = Session::configured(&server).await;
        let planned = session.plan(None, Some(&wanted(Operation::Create))).await;
        let before = session.apply(None, planned.as_ref()).await.0.unwrap();
        let mut stage = Self { before, calls: Vec::new() };
        for operation in Operation::ALL {
            let case = Case { operation, shared: false, trouble: Trouble::Lag, call: 0 };
            let server = stage.set(&case);
            let session = Session::configured(&server).await;
            let (_, diagnostics) = stage.act(&session, &case).await.unwrap();
            assert_eq!(errors(&diagnostics), [""; 0]);
            stage.calls.push((operation, server.cloud().journal().len()));
        }
        stage
    }

    /// Every case there is.
    pub(super) fn cases(&self) -> impl Iterator<Item = Case> {
        self.calls.iter().flat_map(|&(operation, calls)| {
            let adopts = matches!(operation, Operation::Create | Operation::Update);
            let owners: &[bool] = if adopts { &[false, true] } else { &[false] };
            owners.iter().flat_map(move |&shared| {
                Trouble::ALL.into_iter().flat_map(move |(trouble, _)| {
                    (1..=calls).map(move |call| Case { operation, shared, trouble, call })
                })
            })
        })
    }

    /// The cloud before the operation.
    fn set(&self, case: &Case) -> Server {
        let mut cloud = cloud();
        let before =
            if case.operation == Operation::Create { Pairs::new() } else { listed(Some(&self.before)) };
        for (uin, id) in before.into_iter().chain(shared(case)) {
            cloud.grant(uin, id);
        }
        if case.operation == Operation::Refresh {
            cloud.revoke(4, 13);
        }
        Server::start(cloud).unwrap()
    }

    fn before(&self, case: &Case) -> Option<Object> {
        let exists = !matches!(case.operation, Operation::Create | Operation::Import);
        exists.then(|| limited(case, self.before.clone()))
    }

    async fn act(&self, session: &Session, case: &Case) -> Answer {
        let before = self.before(case);
        match case.operation {
            Operation::Create | Operation::Update => {
                let config = limited(case, wanted(case.operation));
                let planned = session.plan(before.as_ref(), Some(&config)).await;
                session.try_apply(before.as_ref(), planned.as_ref()).await
            }
            Operation::Delete => session.try_apply(before.as_ref(), None).await,
            Operation::Refresh => session.try_read(&before.unwrap()).await,
            Operation::Import => {
                let id = "1,2,3,4,5,6,7,8,9,10,11,12#11,12,13,14,15,16";
                match session.try_import(id).await? {
                    (Some(imported), _) => session.try_read(&imported).await,
                    failed => Ok(failed),
                }
            }
        }
    }
}

/// Plays `case`. What came of it, in a few words; an error says which promise was broken.
pub(super) async fn play(stage: &Stage, case: &Case) -> Result<&'static str, String> {
    let server = stage.set(case);
    let played = timeout(PATIENCE, play_on(&server, stage, case)).await;
    server.cloud().clear_faults();
    played.unwrap_or_else(|_| Err(format!("not over after {PATIENCE:?}")))
}

async fn play_on(server: &Server, stage: &Stage, case: &Case) -> Result<&'static str, String> {
    server.cloud().fault(Fault::any(case.trouble.effect()).nth(case.call));
    let mut session = Session::configured(server).await;
    let answer = meddle(stage, case, server, &session).await;
    session.host.kill().await;
    server.cloud().clear_faults();
    if server.cloud().journal().iter().all(|call| call.fault.is_none()) {
        // How many calls it takes to see what was granted depends on how they meet.
        return Ok(FEWER_CALLS);
    }

    let answered = answer.is_some();
    let prior = stage.before(case);
    let (state, told) = answer.unwrap_or_else(|| (prior.clone(), Vec::new()));
    let failed = !errors(&told).is_empty();
    // A host keeps what it had where a look failed.
    let state = if failed && !case.operation.writes() { prior } else { state };
    let outcome = judge(case, server, state.as_ref(), &told, answered)?;

    let healed = heal(case, server, state, failed).await?;
    let session = Session::configured(server).await;
    let (left, told) = session.apply(Some(&healed), None).await;
    if left.is_some() || !errors(&told).is_empty() || !ours(server).is_empty() {
        return Err(format!("not destroyed: {:?}, {told:?}", ours(server)));
    }
    match OTHERS.iter().find(|pair| !server.cloud().snapshot().contains(pair)) {
        Some(pair) => Err(format!("{pair:?} of others is gone")),
        None => Ok(outcome),
    }
}

/// Does it, and brings the trouble that is not the cloud's to bring. `None` if the process did not live to
/// answer.
async fn meddle(
    stage: &Stage,
    case: &Case,
    server: &Server,
    session: &Session,
) -> Option<(Option<Object>, Vec<Diagnostic>)> {
    let acting = stage.act(session, case);
    if !(case.trouble.kills() || case.trouble == Trouble::Stop) {
        return acting.await.ok();
    }
    let mut acting = pin!(acting);
    let arrived = async {
        while server.cloud().journal().len() < case.call {
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        answer = &mut acting => return answer.ok(),
        () = arrived => {}
    }
    if case.trouble.kills() {
        session.host.launched.process.signal(Signal::SIGKILL);
        return acting.await.ok();
    }
    // Ctrl-C reaches the whole process group; the host alone acts on it.
    session.host.launched.process.signal(Signal::SIGINT);
    tokio::join!(acting, session.stop()).0.ok()
}

/// The state holds what exists, and what it holds besides was told of.
fn judge(
    case: &Case,
    server: &Server,
    state: Option<&Object>,
    told: &[Diagnostic],
    answered: bool,
) -> Result<&'static str, String> {
    let failed = !errors(told).is_empty();
    let listed = listed(state);
    let others: Pairs = &shared(case) - &listed;
    let exists: Pairs = &ours(server) - &others;
    if !others.is_subset(&ours(server)) {
        return Err(format!("others' grants are gone, and in no state: {others:?}"));
    }
    if !answered {
        return if case.trouble.kills() { Ok("killed") } else { Err("no answer".to_owned()) };
    }
    if !case.operation.writes() && failed {
        return Ok("error, state as it was");
    }
    let lost = &exists - &listed;
    if !lost.is_empty() {
        return Err(format!("lost: {lost:?}; {told:?}"));
    }
    let doubted: Pairs =
        server.cloud().journal().iter().filter(|call| call.is_doubtful()).flat_map(Call::pairs).collect();
    let invented = &(&listed - &exists) - &doubted;
    if !invented.is_empty() {
        return Err(format!("listed for no reason: {invented:?}; {told:?}"));
    }
    if listed != exists {
        let mut texts = told.iter().map(|told| told.detail.as_str());
        return if texts.any(|text| text.contains("not seen yet") || text.contains("Could not revoke")) {
            Ok("error, state holds what may exist")
        } else {
            Err(format!("listed, does not exist, and not told of: {:?}; {told:?}", &listed - &exists))
        };
    }
    if failed {
        return Ok("error, state exact");
    }
    let target = match case.operation {
        Operation::Delete => Pairs::new(),
        Operation::Refresh => exists.clone(),
        operation => declared(&wanted(operation)),
    };
    if exists == target {
        Ok("done")
    } else {
        Err(format!("done, but not as wanted: {:?}", &exists ^ &target))
    }
}

/// One more apply by a process of its own, as a host would go about it. The state that it ends with.
async fn heal(case: &Case, server: &Server, state: Option<Object>, failed: bool) -> Result<Object, String> {
    if case.trouble == Trouble::Lag {
        // The cloud is well again when its lists are.
        sleep(Duration::from_secs(3)).await;
    }
    let config = wanted(case.operation);
    let session = Session::configured(server).await;
    let mut state = match state {
        Some(state) => session.read(&state).await,
        None => None,
    };
    if failed && case.operation == Operation::Create && state.is_some() {
        let (left, told) = session.apply(state.take().as_ref(), None).await;
        if left.is_some() || !errors(&told).is_empty() {
            return Err(format!("what is tainted cannot be destroyed: {told:?}"));
        }
    }
    let planned = session.plan(state.as_ref(), Some(&config)).await;
    let (healed, told) = session.apply(state.as_ref(), planned.as_ref()).await;
    if !errors(&told).is_empty() {
        return Err(format!("does not heal: {told:?}"));
    }
    let exists = ours(server);
    if listed(healed.as_ref()) != exists || exists != declared(&config) {
        return Err(format!("not healed: {:?}", &exists ^ &declared(&config)));
    }
    let healed = healed.ok_or("healed to nothing")?;
    let again = session.plan(Some(&healed), Some(&config)).await;
    if again.as_ref() == Some(&healed) { Ok(healed) } else { Err("the next plan is not empty".to_owned()) }
}

fn cloud() -> Cloud {
    let cloud = organization(MEMBERS.into_iter().chain([9999]), IDENTITIES.into_iter().chain([99]));
    with_grants(cloud, OTHERS).with_behaviour(Behaviour { rate: Rate::Off, ..Behaviour::default() })
}

/// What is configured: 12 members × 6 identities.
fn wanted(operation: Operation) -> Object {
    match operation {
        Operation::Update => config(set(&UPDATED.0), set(&UPDATED.1)),
        _ => config(set(&MEMBERS[..12]), set(&IDENTITIES[..6])),
    }
}

/// Pairs of the resource that others granted before.
fn shared(case: &Case) -> Pairs {
    match case.operation {
        _ if !case.shared => Pairs::new(),
        Operation::Update => [(13, 11), (5, 17)].into(),
        _ => [(3, 12), (9, 14)].into(),
    }
}

/// The same, with little time for each operation where the case wants that.
fn limited(case: &Case, mut object: Object) -> Object {
    if case.trouble.is_hurried() {
        let limits =
            ["create", "read", "update", "delete"].map(|name| (name.to_owned(), Value::string("2s")));
        object.insert("timeouts".to_owned(), Value::Object(limits.into()));
    }
    object
}

fn ours(server: &Server) -> Pairs {
    server.cloud().snapshot().into_iter().filter(|pair| !OTHERS.contains(pair)).collect()
}

/// The grants that a state lists.
fn listed(state: Option<&Object>) -> Pairs {
    let Some(Value::Map(grants)) = state.map(|state| &state["grants"]) else { return Pairs::new() };
    let pair = |key: &String| {
        let (uin, id) = key.split_once('#').unwrap();
        (uin.parse().unwrap(), id.parse().unwrap())
    };
    grants.keys().map(pair).collect()
}

/// The grants that a configuration declares.
fn declared(config: &Object) -> Pairs {
    let numbers = |name: &str| -> Vec<u64> {
        let Value::Set(numbers) = &config[name] else { panic!("{name} is no set") };
        let number = |value: &Value| if let Value::Number(number) = value { number.to_u64() } else { None };
        numbers.iter().map(|value| number(value).unwrap()).collect()
    };
    let (members, identities) = (numbers("member_uins"), numbers("identity_ids"));
    members.iter().flat_map(|uin| identities.iter().map(|id| (*uin, *id))).collect()
}
