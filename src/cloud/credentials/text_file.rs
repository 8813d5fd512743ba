//! The files that sources read: small texts, some of them JSON. No error holds anything of what is in one.

use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use serde::de::DeserializeOwned;

use crate::cloud::api::lenient::Object;
use crate::cloud::file::{self, FileFault};

/// Many times what any of these files takes.
const LENGTH_MAX: u64 = 1 << 20;

/// A file that a source cannot use.
#[derive(Debug, thiserror::Error)]
#[error("the file {} cannot be used", .path.display())]
pub(super) struct TextFileError {
    path: PathBuf,
    source: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("it is not text in UTF-8")]
    NotText,
    #[error("it is not the JSON that is expected there (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("{0}")]
    Content(&'static str),
}

/// A file that was read.
pub(super) struct TextFile {
    path: PathBuf,
    pub(super) text: Zeroizing<String>,
}

impl TextFile {
    /// Reads the file at `path`; `None` where there is none.
    pub(super) async fn read(path: &Path) -> Result<Option<Self>, TextFileError> {
        let wrong = |source| TextFileError { path: path.to_owned(), source };
        match file::read("credentials", path, LENGTH_MAX).await {
            Ok(bytes) => {
                let text = std::str::from_utf8(&bytes).map_err(|_| wrong(Fault::NotText))?;
                Ok(Some(Self { path: path.to_owned(), text: Zeroizing::new(text.to_owned()) }))
            }
            Err(fault) if fault.is_absence() => Ok(None),
            Err(fault) => Err(wrong(fault.into())),
        }
    }

    /// Reads the file at `path`, which must be there.
    pub(super) async fn require(path: &Path) -> Result<Self, TextFileError> {
        Self::read(path).await?.ok_or_else(|| {
            let source = Fault::Content("there is no such file");
            TextFileError { path: path.to_owned(), source }
        })
    }

    /// The object that it holds as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, TextFileError> {
        let read: Result<Object<T>, _> = serde_json::from_str(&self.text);
        read.map(|Object(object)| object).map_err(|error| {
            // The reader's words may quote what it read.
            self.wrong_with(Fault::NotJson { line: error.line(), column: error.column() })
        })
    }

    /// What is wrong with it.
    pub(super) fn wrong(&self, why: &'static str) -> TextFileError {
        self.wrong_with(Fault::Content(why))
    }

    fn wrong_with(&self, source: Fault) -> TextFileError {
        TextFileError { path: self.path.clone(), source }
    }
}
