//! A Unix socket with a place in the file system that is ours: made on binding, gone on drop.
//!
//! Follows go-plugin's `server.go`, except that by default the socket lies in a directory closed to
//! other users, where go-plugin leaves it to the umask.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::Path;

use nix::unistd::Group;
use tokio::net::{UnixListener, UnixStream};

use super::listen::ListenError;
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
        let place = match env.var("PLUGIN_UNIX_SOCKET_DIR") {
            Some(directory) => Place::in_shared(&directory)?,
            None => Place::in_own(env.var("TMPDIR"), group)?,
        };
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

    /// A new directory that only this user may enter (and pass through, the given group).
    ///
    /// In `/tmp` where the path under `temporary` would be too long for a socket.
    fn in_own(temporary: Option<String>, group: Option<u32>) -> Result<Self, ListenError> {
        let name = format!("plugin-{}", random_name());
        let path_in = |parent: &str| format!("{parent}/{name}/socket");
        let parent = temporary.filter(|parent| fits(&path_in(parent))).unwrap_or_else(|| "/tmp".to_owned());
        let directory = format!("{parent}/{name}");
        let make = || {
            DirBuilder::new().mode(0o700).create(&directory)?;
            match group {
                Some(group) => share(&directory, group, 0o710),
                None => Ok(()),
            }
        };
        make().map_err(|source| ListenError::Bind { place: directory.clone(), source })?;
        Ok(Self { path: path_in(&parent), own_directory: Some(directory) })
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

/// The path can be bound, and stands in the handshake line as one field.
fn fits(path: &str) -> bool {
    path.len() <= PATH_BYTES_MAX && !path.contains(['|', '\n', '\r'])
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
