//! A small file that a configuration names.
//!
//! What stands in a configuration may name anything: a device that never ends, a pipe to which nobody writes,
//! a share whose server is gone. So only a regular file of a sensible size is read, in a thread of its own
//! that a caller can turn away from.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::thread::on_thread;

/// Why a file cannot be read. Holds nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileFault {
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error("it is {0}, not a file")]
    Kind(&'static str),
    #[error("it is larger than {} MiB", .0 >> 20)]
    Length(u64),
}

impl FileFault {
    /// Whether there is nothing at the path.
    pub(crate) fn is_absence(&self) -> bool {
        let Self::Read(error) = self else { return false };
        matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
    }
}

/// Reads the file at `path`, following symbolic links, on a thread called `thread`; it may have `length_max`
/// bytes. Dropping the future ends the wait, whatever the file system does.
pub(crate) async fn read(
    thread: &str,
    path: &Path,
    length_max: u64,
) -> Result<Zeroizing<Vec<u8>>, FileFault> {
    let path = path.to_owned();
    let read = on_thread(thread, move || read_now(&path, length_max)).await;
    read.unwrap_or_else(|refused| Err(refused.into()))
}

fn read_now(path: &Path, length_max: u64) -> Result<Zeroizing<Vec<u8>>, FileFault> {
    // Merely to open a device or a pipe can have an effect, or wait.
    expect_file(std::fs::metadata(path)?.file_type())?;
    let file = open(path)?;
    expect_file(file.metadata()?.file_type())?;
    let mut content = Zeroizing::new(Vec::new());
    // The length that the system tells need not be true: that of a file in `/proc` is 0.
    file.take(length_max + 1).read_to_end(&mut content)?;
    if u64::try_from(content.len()).is_ok_and(|length| length > length_max) {
        return Err(FileFault::Length(length_max));
    }
    Ok(content)
}

/// Opens without waiting for a writer, should the file have become a pipe meanwhile.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits());
    }
    options.open(path)
}

fn expect_file(kind: FileType) -> Result<(), FileFault> {
    if kind.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return Err(FileFault::Kind("a pipe"));
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Err(FileFault::Kind("a device"));
        }
        if kind.is_socket() {
            return Err(FileFault::Kind("a socket"));
        }
    }
    Err(FileFault::Kind(if kind.is_dir() { "a directory" } else { "something else" }))
}
