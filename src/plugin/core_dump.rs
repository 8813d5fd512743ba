//! No copy of this process on a disk: it holds keys.

/// Has the system write no core dump if this process should ever crash. Best effort: where it is refused,
/// only a crash is worse. Without effect on debuggers, and on handlers of crashes that ask for no limit.
pub(super) fn forbid() {
    #[cfg(unix)]
    nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0).ok();
}
