//! Credentials from the file that the vendor's SDKs share: sections of `key = value`.
//!
//! Read as <https://github.com/TencentCloud/tencentcloud-sdk-go> does: the section `[default]`, whole lines
//! of comment after `#` or `;`, and quotes that are part of a value.

use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::SecretString;

use super::error::CredentialsError;
use super::key_pair::{Credentials, Found};
use super::provide::ProvideCredentials;
use super::text_file::TextFile;
use crate::cloud::deadline::Deadline;

const PLACE: &str = "the SDK's credentials file";
const SECTION: &str = "default";

/// Reads the file each time that it is asked.
#[derive(Clone, Debug)]
pub struct SdkFileSource {
    path: PathBuf,
    required: bool,
}

impl SdkFileSource {
    /// The file at `path`. Whether it is `required`: that it is not there is an error then.
    pub fn new(path: PathBuf, required: bool) -> Self {
        Self { path, required }
    }

    async fn read(&self) -> Result<Credentials, CredentialsError> {
        let broken = |error| CredentialsError::failed(PLACE, error);
        let file = if self.required {
            TextFile::require(&self.path).await.map_err(broken)?
        } else {
            let file = TextFile::read(&self.path).await.map_err(broken)?;
            file.ok_or(CredentialsError::Missing { place: PLACE })?
        };
        let found = Found {
            secret_id: value(&file.text, "secret_id").map(str::to_owned),
            secret_key: value(&file.text, "secret_key").map(SecretString::from),
            token: None,
        };
        match found.check(PLACE, ["secret_id", "secret_key", "token"]) {
            // Whoever writes such a file wants it to be used.
            Err(CredentialsError::Missing { .. }) => {
                Err(broken(file.wrong("its section [default] has neither secret_id nor secret_key")))
            }
            outcome => outcome,
        }
    }
}

#[async_trait]
impl ProvideCredentials for SdkFileSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        until.race(self.read()).await.map_err(CredentialsError::Ended)?
    }
}

/// What the section `[default]` of `text` says of `wanted`; the last line wins.
fn value<'t>(text: &'t str, wanted: &str) -> Option<&'t str> {
    let mut section = "";
    let mut found = None;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((key, value)) = line.split_once('=')
            && section == SECTION
            && key.trim() == wanted
        {
            found = Some(value.trim());
        }
    }
    found
}
