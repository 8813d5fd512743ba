//! The plugin's process and its two pipes, read line by line for as long as they are open.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// No test waits longer for anything; reached only when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A child process, killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// What it writes to its standard output.
    pub stdout: Pipe,
    /// What it writes to its standard error.
    pub stderr: Pipe,
}

/// The lines that came through a pipe so far.
#[derive(Debug)]
pub struct Pipe {
    lines: watch::Receiver<Vec<String>>,
    reading: watch::Sender<bool>,
    reader: JoinHandle<()>,
}

impl Process {
    /// Starts `command`, whose stdin is empty and whose stdout and stderr are read from now on.
    pub fn start(mut command: Command) -> Self {
        let piped =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = piped.spawn().unwrap();
        let stdout = Pipe::read(child.stdout.take().unwrap());
        let stderr = Pipe::read(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// The process id; panics once the process was waited for.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Kills the process as nothing can prevent.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.id().try_into().unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Waits until the process is over, whoever reads its pipes.
    pub async fn wait_over(&mut self, within: Duration) -> ExitStatus {
        timeout(within, self.child.wait()).await.expect("still running").unwrap()
    }

    /// Waits until the process is over and, as go-plugin does too, until both pipes are at their end.
    pub async fn wait_exit(&mut self, within: Duration) -> ExitStatus {
        let over = async {
            let status = self.child.wait().await.unwrap();
            self.stdout.wait_end().await;
            self.stderr.wait_end().await;
            status
        };
        let status = timeout(within, over).await;
        status.unwrap_or_else(|_| panic!("still running; stderr: {:#?}", self.stderr.lines()))
    }
}

impl Pipe {
    fn read(pipe: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let (send, lines) = watch::channel(Vec::new());
        let (reading, mut may_read) = watch::channel(true);
        let reader = tokio::spawn(async move {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while may_read.wait_for(|may| *may).await.is_ok()
                && pipe.read_until(b'\n', &mut line).await.is_ok_and(|bytes| bytes > 0)
            {
                let text = String::from_utf8_lossy(&line).into_owned();
                send.send_modify(|lines| lines.push(text));
                line.clear();
            }
        });
        Self { lines, reading, reader }
    }

    /// The lines so far, line feeds included.
    pub fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// The first line that satisfies `wanted`, once it is there; `None` when the pipe ends without it.
    pub async fn line(&mut self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let found = |lines: &Vec<String>| lines.iter().any(|line| wanted(line));
        let waited = timeout(PATIENCE, self.lines.wait_for(found)).await.expect("no such line in time");
        waited.ok().and_then(|lines| lines.iter().find(|line| wanted(line)).cloned())
    }

    /// Waits until no process holds the other end.
    pub async fn wait_end(&mut self) {
        while self.lines.changed().await.is_ok() {}
    }

    /// Stops reading, after a line more at most, and leaves the pipe open: it fills up.
    pub fn pause(&self) {
        self.reading.send_replace(false);
    }

    /// Reads on, what has waited first.
    pub fn resume(&self) {
        self.reading.send_replace(true);
    }

    /// Closes our end: from now on whoever writes to the pipe finds it broken.
    pub async fn close(&mut self) {
        self.reader.abort();
        self.wait_end().await;
    }
}
