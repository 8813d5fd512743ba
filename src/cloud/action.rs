//! What an API action is to the client: a name, a product, a pace, and a typed request and answer.
//!
//! The actions themselves are in `api/`, one file per product.

use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One API action. The value itself is the request body.
pub trait Action: Serialize + Send + Sync {
    /// The action's name, exactly as documented; sent as `X-TC-Action`.
    const NAME: &'static str;
    /// The product it belongs to.
    const PRODUCT: Product;
    /// Whether it may change anything. Decides what is done when an outcome is unknown.
    const EFFECT: Effect;
    /// How it says who makes it.
    const AUTHENTICATION: Authentication = Authentication::Signature;
    /// The documented limit in calls per second, counted per action and caller.
    const RATE: u32 = 20;
    /// Whether its answer holds secrets. Then nobody is shown any of it, nor of the request, in whatever log.
    const CONFIDENTIAL: bool = false;
    /// What the fields of `Response` are read into. Unknown fields are ignored.
    type Answer: DeserializeOwned + Send;

    /// What is secret in the request: whatever repeats it is not shown either.
    fn secrets(&self) -> Vec<&SecretString> {
        Vec::new()
    }
}

/// Whether an action changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Repeating it is harmless.
    Read,
    /// It is never repeated unless it certainly had no effect.
    Write,
}

/// How a call says who makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// By a signature with the client's credentials.
    Signature,
    /// By what it carries itself, such as a token of another identity provider. It is sent unsigned
    /// (`Authorization: SKIP`) and needs no credentials.
    Content,
}

/// A product of the cloud: a host label, a name in signatures and a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// Tencent Cloud Organization, version 2021-03-31.
    Organization,
    /// Security Token Service, version 2018-08-13: temporary credentials.
    Sts,
}

impl Product {
    /// The name of the product in host names and in the scope of a signature.
    pub const fn service(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Sts => "sts",
        }
    }

    /// The version of the API, sent as `X-TC-Version`.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Organization => "2021-03-31",
            Self::Sts => "2018-08-13",
        }
    }

    /// The region that a call names where none is set. STS wants one, and answers the same in each.
    pub(crate) const fn default_region(self) -> Option<&'static str> {
        match self {
            Self::Organization => None,
            Self::Sts => Some("ap-guangzhou"),
        }
    }
}
