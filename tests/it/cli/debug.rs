//! A provider that runs already, in debug mode, and is shared by everything that a configuration names.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use simulator::{Call, SECRET_ID, SECRET_KEY};

use super::{CREATE, DELETE, member, organization, product, resource};
use support::sandbox::SOURCE;
use support::workspace::{Workspace, on_every_host};

/// A process in debug mode, killed when dropped.
struct Debugged(Child);

impl Debugged {
    /// Starts one, and sends every later command of `run` to it.
    fn start(run: &mut Workspace) -> Self {
        let mut command = Command::new(support::provider());
        command.args(["--debug", "--address", SOURCE]).env_clear().env("TMPDIR", run.path(""));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let notice = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS=")).unwrap();
        run.set("TF_REATTACH_PROVIDERS", notice.split('\'').nth(1).unwrap());
        Self(child)
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The keys that signed the calls about this member's pair.
fn signers(journal: &[Call], uin: u64) -> Vec<&str> {
    let about = |call: &&Call| call.pairs().iter().any(|(member, _)| *member == uin);
    journal.iter().filter(about).map(|call| call.secret_id.as_str()).collect()
}

#[test]
fn two_provider_blocks_on_one_debugged_process_keep_their_credentials_apart() {
    on_every_host(organization, |run| {
        run.server.cloud().add_key("AKIDother", "othersecret", None);
        let debugged = Debugged::start(run);
        let block = |alias: &str, id: &str, key: &str| {
            format!(
                "provider \"tencentcloud\" {{\n  {alias}\n  secret_id  = {id:?}\n  secret_key = {key:?}\n  \
                 endpoints  = {{ organization = {:?} }}\n}}\n",
                run.server.url()
            )
        };
        let blocks =
            block("", SECRET_ID, SECRET_KEY) + &block("alias = \"other\"", "AKIDother", "othersecret");
        let config = blocks.clone()
            + &resource("ours", "[100000000001]", "[11]", "")
            + &resource("theirs", "[100000000002]", "[11]", "provider = tencentcloud.other");

        let step = run.step(&config);
        assert_eq!(step.state.all_grants(), product(&[1, 2], &[11]));
        let grants: Vec<_> = step.calls.into_iter().filter(|call| call.action == CREATE).collect();
        assert_eq!(signers(&grants, member(1)), [SECRET_ID]);
        assert_eq!(signers(&grants, member(2)), ["AKIDother"]);

        run.server.cloud().clear_journal();
        run.try_apply(&blocks).succeeded();
        let journal = run.server.cloud().journal().to_vec();
        let revokes: Vec<_> = journal.into_iter().filter(|call| call.action == DELETE).collect();
        assert_eq!(signers(&revokes, member(1)), [SECRET_ID]);
        assert_eq!(signers(&revokes, member(2)), ["AKIDother"]);
        run.set("TF_REATTACH_PROVIDERS", "");
        drop(debugged);
    });
}
