//! A Unix socket with a place in the file system that is ours: made on binding, gone on drop.
//!
//! Follows go-plugin's `server.go`, except that by default the socket lies in a directory closed to
//! other users, where go-plugin leaves it to the umask.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::Group;
use tokio::net::{UnixListener, UnixStream};

use super::listen_error::ListenError;
use crate::ambient::Env;

/// `sun_path` holds 104 bytes on macOS and 108 on Linux, its final zero included.
const PATH_BYTES_MAX: usize = 99;

/// A bound socket. Dropping it removes its file, and its directory where that is ours.
#[derive(Debug)]
pub(super) struct Socket {
    listener: UnixListener,
    place: Place,
}

/// Where the socket lies; removed on drop.
#[derive(Debug)]
struct Place {
    path: String,
    own_directory: Option<String>,
}

impl Socket {
    pub(super) fn bind(env: &dyn Env) -> Result<Self, ListenError> {
        let group = env.var("PLUGIN_UNIX_SOCKET_GROUP").map(group_id).transpose()?;
        match env.var("PLUGIN_UNIX_SOCKET_DIR") {
            Some(directory) => Self::at(Place::in_shared(&directory)?, group),
            None => Self::in_first(parents(env), group),
        }
    }

    /// In the first of `parents` that can hold it: any may be missing, full, read-only, or too long a path.
    fn in_first(parents: Vec<String>, group: Option<u32>) -> Result<Self, ListenError> {
        let mut refusals = Vec::new();
        for parent in parents {
            match Place::in_own(&parent, group).and_then(|place| Self::at(place, group)) {
                Ok(socket) => return Ok(socket),
                Err(ListenError::Bind { source, .. }) if !is_out_of_descriptors(&source) => {
                    refusals.push(format!("{}: {source}", parent.escape_debug()));
                }
                // No other directory would help.
                Err(error) => return Err(error),
            }
        }
        Err(ListenError::Nowhere(refusals.join("; ")))
    }

    fn at(place: Place, group: Option<u32>) -> Result<Self, ListenError> {
        let bind = || {
            let listener = UnixListener::bind(&place.path)?;
            if let Some(group) = group {
                share(&place.path, group, 0o660)?;
            }
            Ok(listener)
        };
        match bind() {
            Ok(listener) => Ok(Self { listener, place }),
            Err(source) => Err(ListenError::Bind { place: place.path.clone(), source }),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.place.path
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Place {
    /// A free name in a directory that the host chose and looks after.
    fn in_shared(directory: &str) -> Result<Self, ListenError> {
        let path = format!("{directory}/plugin{}", random_name());
        if fits(&path) { Ok(Self { path, own_directory: None }) } else { Err(ListenError::Path(path)) }
    }

    /// A new directory under `parent` that only this user may enter (and pass through, the given group).
    fn in_own(parent: &str, group: Option<u32>) -> Result<Self, ListenError> {
        let directory = format!("{parent}/plugin-{}", random_name());
        let path = format!("{directory}/socket");
        if !fits(&path) {
            return Err(ListenError::Bind { place: path, source: io::ErrorKind::InvalidFilename.into() });
        }
        let refused = |source| ListenError::Bind { place: directory.clone(), source };
        DirBuilder::new().mode(0o700).create(&directory).map_err(refused)?;
        let place = Self { path, own_directory: Some(directory.clone()) };
        match group.map(|group| share(&directory, group, 0o710)) {
            Some(Err(source)) => Err(refused(source)),
            _ => Ok(place),
        }
    }
}

impl Drop for Place {
    /// Best effort: a leftover in a temporary directory is no reason to fail an exit.
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
        if let Some(directory) = &self.own_directory {
            fs::remove_dir(directory).ok();
        }
    }
}

/// Where to look for room, in this order. The last are for machines whose root is read-only, or whose `/tmp`
/// is full.
fn parents(env: &dyn Env) -> Vec<String> {
    let chosen = [env.var("TMPDIR"), Some("/tmp".to_owned()), env.var("XDG_RUNTIME_DIR")];
    let others = ["/var/tmp", "/dev/shm"].map(|parent| Some(parent.to_owned()));
    chosen.into_iter().chain(others).flatten().collect()
}

/// The path can be bound, and stands in the handshake line as one field.
fn fits(path: &str) -> bool {
    path.len() <= PATH_BYTES_MAX && !path.contains(['|', '\n', '\r'])
}

fn is_out_of_descriptors(error: &io::Error) -> bool {
    let code = error.raw_os_error().map(Errno::from_raw);
    matches!(code, Some(Errno::EMFILE | Errno::ENFILE))
}

fn random_name() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(10).collect()
}

/// By name, or else as a number: a group may well be called `1000`.
fn group_id(group: String) -> Result<u32, ListenError> {
    match Group::from_name(&group) {
        Ok(Some(found)) => Ok(found.gid.as_raw()),
        _ => group.parse().map_err(|_| ListenError::Group(group)),
    }
}

fn share(path: &str, group: u32, mode: u32) -> io::Result<()> {
    chown(Path::new(path), None, Some(group))?;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    /// Paths that cannot hold a directory, whoever asks.
    fn unusable(directory: &Path) -> [String; 5] {
        let at = |name: &str| directory.join(name).display().to_string();
        fs::write(at("file"), "").unwrap();
        [at("missing"), at("file"), at(&"deep".repeat(30)), at("a|b"), "/proc".to_owned()]
    }

    #[tokio::test]
    async fn a_temporary_directory_that_cannot_hold_the_socket_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let usable = directory.path().display().to_string();
        for parent in unusable(directory.path()) {
            let socket = Socket::in_first(vec![parent.clone(), usable.clone()], None).unwrap();
            assert_eq!(
                Path::new(socket.path()).parent().unwrap().parent(),
                Some(directory.path()),
                "{parent}"
            );
            let socket = Socket::bind(&FixedEnv::from_iter([("TMPDIR", &parent)])).unwrap();
            assert!(socket.path().starts_with("/tmp/plugin-"), "{parent}: {}", socket.path());
        }
    }

    #[tokio::test]
    async fn where_no_directory_can_hold_it_the_error_names_each_with_its_cause_and_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let parents = unusable(directory.path());
        let error = Socket::in_first(parents.to_vec(), None).unwrap_err().to_string();
        for parent in parents {
            assert!(error.contains(&format!("{parent}: ")), "{error}");
        }
        assert!(error.contains("o such file") && error.contains("set TMPDIR"), "{error}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "the file");
    }

    #[tokio::test]
    async fn what_was_made_where_the_socket_cannot_be_bound_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let parent = directory.path().display().to_string();
        let place = Place::in_own(&parent, None).unwrap();
        fs::write(&place.path, "in the way").unwrap();
        assert!(Socket::at(place, None).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
