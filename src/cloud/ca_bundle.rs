//! The PEM file of certificates to trust besides the platform's.
//!
//! What stands in a configuration may name anything: a device that never ends, a pipe to which nobody writes,
//! a share whose server is gone. So only a regular file of a sensible size is read, in a thread of its own
//! that a caller can turn away from.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use reqwest::Certificate;

use super::thread::on_thread;

/// Many times what a whole system's bundle takes.
const LENGTH_MAX: u64 = 4 << 20;

/// Certificates that were read from a file.
#[derive(Clone, Debug)]
pub struct CaBundle(Vec<Certificate>);

/// Why a file is no CA bundle.
#[derive(Debug, thiserror::Error)]
#[error("the CA bundle {} cannot be used", .path.display())]
pub struct CaBundleError {
    path: PathBuf,
    source: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error("it is {0}, not a file")]
    Kind(&'static str),
    #[error("it is larger than {} MiB", LENGTH_MAX >> 20)]
    Length,
    #[error("it is not a PEM file of certificates")]
    Content,
}

impl CaBundle {
    /// Reads the file at `path`, following symbolic links. Dropping the future ends the wait, whatever the
    /// file system does.
    pub async fn read(path: &Path) -> Result<Self, CaBundleError> {
        let place = path.to_owned();
        let read = on_thread("ca-bundle", move || read_file(&place)).await;
        let read = read.unwrap_or_else(|refused| Err(refused.into()));
        read.map_err(|source| CaBundleError { path: path.to_owned(), source })
    }

    pub(crate) fn into_certificates(self) -> Vec<Certificate> {
        self.0
    }
}

fn read_file(path: &Path) -> Result<CaBundle, Fault> {
    // Merely to open a device or a pipe can have an effect, or wait.
    expect_file(std::fs::metadata(path)?.file_type())?;
    let file = open(path)?;
    expect_file(file.metadata()?.file_type())?;
    let mut pem = Vec::new();
    // The length that the system tells need not be true: that of a file in `/proc` is 0.
    file.take(LENGTH_MAX + 1).read_to_end(&mut pem)?;
    if u64::try_from(pem.len()).is_ok_and(|length| length > LENGTH_MAX) {
        return Err(Fault::Length);
    }
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(CaBundle(certificates)),
        _ => Err(Fault::Content),
    }
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

fn expect_file(kind: FileType) -> Result<(), Fault> {
    if kind.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return Err(Fault::Kind("a pipe"));
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Err(Fault::Kind("a device"));
        }
        if kind.is_socket() {
            return Err(Fault::Kind("a socket"));
        }
    }
    Err(Fault::Kind(if kind.is_dir() { "a directory" } else { "something else" }))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::fs;

    use super::*;

    async fn check(path: &Path, expected: &str) {
        let error = CaBundle::read(path).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the CA bundle {} cannot be used", path.display()));
        let cause = error.source().unwrap().to_string();
        assert!(cause.contains(expected), "{}: {cause}", path.display());
    }

    fn certificate() -> String {
        rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap().cert.pem()
    }

    #[tokio::test]
    async fn a_file_of_certificates_is_read_through_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bundle.pem");
        fs::write(&file, format!("{}{}", certificate(), certificate())).unwrap();
        assert_eq!(CaBundle::read(&file).await.unwrap().into_certificates().len(), 2);
        #[cfg(unix)]
        {
            let link = directory.path().join("link.pem");
            std::os::unix::fs::symlink(&file, &link).unwrap();
            assert_eq!(CaBundle::read(&link).await.unwrap().into_certificates().len(), 2);
        }
    }

    #[tokio::test]
    async fn what_is_not_there_or_no_pem_of_certificates_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bundle.pem");
        check(&file, "o such file").await;
        for content in ["", "not PEM", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            fs::write(&file, content).unwrap();
            check(&file, "not a PEM file of certificates").await;
        }
    }

    #[tokio::test]
    async fn a_file_longer_than_any_bundle_is_refused_and_one_as_long_as_allowed_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bundle.pem");
        let length = usize::try_from(LENGTH_MAX).unwrap();
        let mut content = certificate().into_bytes();
        content.resize(length, b'\n');
        fs::write(&file, &content).unwrap();
        assert_eq!(CaBundle::read(&file).await.unwrap().into_certificates().len(), 1);
        content.push(b'\n');
        fs::write(&file, &content).unwrap();
        check(&file, "larger than 4 MiB").await;
        // It takes no room on the disk, and would take a terabyte in memory.
        File::create(&file).unwrap().set_len(1 << 40).unwrap();
        check(&file, "larger than 4 MiB").await;
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn what_is_no_file_is_not_even_opened() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        check(&at("pipe"), "it is a pipe, not a file").await;
        check(&at("link"), "it is a device, not a file").await;
        check(&at("socket"), "it is a socket, not a file").await;
        check(directory.path(), "it is a directory, not a file").await;
    }
}
