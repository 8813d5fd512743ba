//! What is told of failures: by data sources, which have no state and no `timeouts`, and by types that know
//! some errors better. The texts of a resource are held still beside it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ambient::FixedClock;
use crate::cloud::api::organization::{AuthIdentityPage, DescribeOrganizationMemberAuthIdentities};
use crate::cloud::{
    Agent, ApiError, Client, Credentials, Deadline, DeadlineError, Endpoint, HttpRequest, HttpResponse,
    Meaning, Product, Settings, Transport, TransportError,
};
use crate::framework::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::framework::path::Path;
use crate::framework::timeouts::Operation;
use crate::organization::Halt;
use crate::reconcile::Pair;

const TRIED: &str = "Could not list what the member holds.";

/// Every request is refused with this code; without one, no connection can be made.
#[derive(Debug)]
struct Refusing(Option<&'static str>);

#[async_trait]
impl Transport for Refusing {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let Some(code) = self.0 else {
            return Err(TransportError::NotSent("nobody listens".into()));
        };
        let body = format!(
            r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"because"}},"RequestId":"an-id"}}}}"#
        );
        Ok(HttpResponse { status: 200, date: None, body: body.into() })
    }
}

fn until() -> Deadline {
    Deadline::after(Duration::from_mins(5), CancellationToken::new())
}

/// What a data source does: one call, and its error becomes what the user reads.
async fn read(code: Option<&'static str>, until: &Deadline) -> Result<AuthIdentityPage, ApiError> {
    let settings = Settings {
        credentials: Credentials::new("AKIDtest", "the-secret-key".into(), None).unwrap().into(),
        endpoints: [(Product::Organization, Endpoint::parse("https://api.example.com").unwrap())].into(),
        region: None,
        agent: Agent::new("tests", "tests"),
        requests_per_second: None,
        max_retries: 1,
        ca_bundle: None,
    };
    let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
    let client = Client::with_transport(settings, clock, Arc::new(Refusing(code)));
    let page = DescribeOrganizationMemberAuthIdentities {
        offset: 0,
        limit: 50,
        member_uin: Some(100_000_000_002),
        identity_id: None,
    };
    client.call(&page, until).await
}

async fn error(code: &'static str) -> ApiError {
    read(Some(code), &until()).await.unwrap_err()
}

fn only(told: Diagnostics) -> Diagnostic {
    let told: Vec<Diagnostic> = told.into_iter().collect();
    let [told] = told.try_into().unwrap();
    assert_eq!(told.severity, Severity::Error);
    told
}

#[tokio::test(start_paused = true)]
async fn a_data_source_that_cannot_be_read_says_so_in_one_call() {
    let until = until();
    let page = read(Some("ResourceNotFound.OrganizationNotExist"), &until).await;
    let told = only(page.map_err(|error| read_failed(TRIED, error, &until)).unwrap_err());
    assert_eq!(told.summary, "These credentials administer no organization");
    assert_eq!(
        told.detail,
        "Could not list what the member holds. The usual cause is the credentials of another account: check \
         which account the provider's secret_id belongs to.\n\n  \
           Action:    DescribeOrganizationMemberAuthIdentities (1 attempt)\n  \
           Code:      ResourceNotFound.OrganizationNotExist\n  \
           Message:   because\n  \
           RequestId: an-id"
    );
    assert_eq!(told.path, None);
}

#[tokio::test(start_paused = true)]
async fn where_no_answer_came_the_causes_are_told() {
    let until = until();
    let told = only(read_failed(TRIED, read(None, &until).await.unwrap_err(), &until));
    assert_eq!(told.summary, "Tencent Cloud cannot be reached");
    let cause = "\n\n  Action:    DescribeOrganizationMemberAuthIdentities (2 attempts)\n  \
                   Cause:     no answer from ";
    assert!(told.detail.contains(cause), "{}", told.detail);
    assert!(told.detail.ends_with(": nobody listens"), "{}", told.detail);
}

#[tokio::test(start_paused = true)]
async fn a_data_source_that_ends_early_says_why() {
    let until = until();
    let told = |halt: Halt| only(read_failed(TRIED, halt, &until)).detail;
    assert_eq!(
        told(DeadlineError::TimedOut.into()),
        "Could not list what the member holds. The limit was 5m. Run again."
    );
    assert_eq!(
        told(DeadlineError::Stopped.into()),
        "Could not list what the member holds. You asked the run to stop. Run again."
    );
    let throttled = read(Some("RequestLimitExceeded"), &until).await.unwrap_err();
    let throttled = told(throttled.into());
    assert!(throttled.contains("block. The limit was 5m.\n\n"), "{throttled}");
}

#[tokio::test(start_paused = true)]
async fn a_data_source_hears_of_no_state_and_of_no_timeouts() {
    let until = until();
    let mut halts = vec![
        Halt::Broken,
        Halt::Ended(DeadlineError::TimedOut),
        Halt::Unclear(BTreeSet::from([Pair { member_uin: 1, identity_id: 2 }])),
    ];
    for code in [
        "AuthFailure.SecretIdNotFound",
        "FailedOperation.CreateRole",
        "FailedOperation.MemberIdentityAuthUsed",
        "InternalError",
        "LimitExceeded",
        "NobodyDocumented.This",
        "RequestLimitExceeded",
        "ResourceInUse",
        "ResourceNotFound.OrganizationIdentityNotExist",
        "ResourceNotFound.OrganizationMemberNotExist",
        "ResourceNotFound.OrganizationNotExist",
        "ResourceUnavailable",
        "ServiceUnavailable",
        "UnsupportedOperation",
    ] {
        halts.push(error(code).await.into());
    }
    for halt in halts {
        let told = only(read_failed(TRIED, halt, &until)).detail;
        for foreign in ["the state", "terraform state", "timeouts", "pply again", "member_uins"] {
            assert!(!told.contains(foreign), "{foreign}: {told}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_type_knows_better_it_says_itself() {
    const TREE: &str = "No such tree";
    fn own(meaning: Meaning) -> Option<Remedy> {
        let remedy = || Remedy::new(TREE, "Plant it first.").at(Path::attribute("tree"));
        (meaning == Meaning::NoSuchMember).then(remedy)
    }
    let until = until();
    let unknown = error("ResourceNotFound.OrganizationMemberNotExist").await;
    let told = |failed: Failed<'_>| {
        let told = failed.with_remedies(own).by_error("Could not look.", &[], &unknown, 1);
        assert_eq!(told.summary, TREE);
        assert!(told.detail.starts_with("Could not look. Plant it first.\n\n"), "{}", told.detail);
        told.path
    };
    let blamed = Some(Path::attribute("tree"));
    assert_eq!(told(Failed::resource(Operation::Create, &until)), blamed);
    assert_eq!(told(Failed::resource(Operation::Update, &until)), blamed);
    assert_eq!(told(Failed::data_source(&until)), blamed);
    // What is read or removed is in the state; the configuration may name something else by now.
    assert_eq!(told(Failed::resource(Operation::Read, &until)), None);
    assert_eq!(told(Failed::resource(Operation::Delete, &until)), None);

    let other = error("LimitExceeded").await;
    let told = Failed::data_source(&until).with_remedies(own).by_error("Could not look.", &[], &other, 1);
    assert_eq!(told.summary, "Quota reached");
}
