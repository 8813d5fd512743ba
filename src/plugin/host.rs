//! The process that started us, and whether it is still there.
//!
//! Two signs, neither of which asks the host's help: our parent has changed, or nobody holds the other
//! end of our stdout. `PR_SET_PDEATHSIG` would be no third: it fires when the *thread* that started us
//! ends, and a Go host starts processes from any. Where neither sign exists, the answer is "still there".

/// The host, as it was when this value was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    #[cfg(unix)]
    parent: u32,
}

#[cfg(unix)]
impl Host {
    pub(super) fn of_this_process() -> Self {
        Self { parent: std::os::unix::process::parent_id() }
    }

    pub(super) fn is_gone(self) -> bool {
        std::os::unix::process::parent_id() != self.parent || has_no_reader(&std::io::stdout())
    }
}

#[cfg(not(unix))]
impl Host {
    pub(super) fn of_this_process() -> Self {
        Self {}
    }

    pub(super) fn is_gone(self) -> bool {
        false
    }
}

/// Whether `output` is a pipe or socket whose other end is closed.
#[cfg(unix)]
fn has_no_reader(output: &impl std::os::fd::AsFd) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    // Linux reports an error for such a pipe, macOS a hang-up; neither needs to be asked for.
    let mut polled = [PollFd::new(output.as_fd(), PollFlags::empty())];
    let closed = PollFlags::POLLERR | PollFlags::POLLHUP;
    poll(&mut polled, PollTimeout::ZERO).is_ok()
        && polled.iter().filter_map(PollFd::revents).any(|events| events.intersects(closed))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_has_a_reader_until_its_other_end_closes() {
        let (reader, writer) = std::io::pipe().unwrap();
        assert!(!has_no_reader(&writer));
        drop(reader);
        assert!(has_no_reader(&writer));
        let file = tempfile::tempfile().unwrap();
        assert!(!has_no_reader(&file));
    }
}
