//! The PEM file of certificates to trust besides the platform's.

use std::path::{Path, PathBuf};

use reqwest::Certificate;

use super::file::{self, FileFault};

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
    File(#[from] FileFault),
    #[error("it is not a PEM file of certificates")]
    Content,
}

impl CaBundle {
    /// Reads the file at `path`, following symbolic links. Dropping the future ends the wait, whatever the
    /// file system does.
    pub async fn read(path: &Path) -> Result<Self, CaBundleError> {
        let refused = |source| CaBundleError { path: path.to_owned(), source };
        let pem = file::read("ca-bundle", path, LENGTH_MAX).await.map_err(|fault| refused(fault.into()))?;
        match Certificate::from_pem_bundle(&pem) {
            Ok(certificates) if !certificates.is_empty() => Ok(Self(certificates)),
            _ => Err(refused(Fault::Content)),
        }
    }

    pub(crate) fn into_certificates(self) -> Vec<Certificate> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::fs::{self, File};

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
