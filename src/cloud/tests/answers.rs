//! How answers are read, as documented and as seen in published samples.

use super::api::organization::{
    AuthIdentity, DescribeOrganization, DescribeOrganizationMembers, Identity, ListOrganizationIdentity,
};
use super::*;

async fn answer<A: Action>(action: A, fields: &str) -> Result<A::Answer, ApiError> {
    let script = Script::new([body(&format!(r#"{{"Response":{{{fields}}}}}"#))]);
    client(&script).call(&action, &minutes(1)).await
}

#[tokio::test(start_paused = true)]
async fn a_page_of_grants_is_read() {
    let page = answer(
        READ,
        r#""Total":2,"RequestId":"r","New":{"a":[1]},"Items":[
            {"IdentityId":13,"IdentityRoleName":"role","IdentityRoleAliasName":"auditor","Description":"d",
             "CreateTime":"2026-02-01 09:30:00","UpdateTime":"2026-02-01 09:30:01","IdentityType":2,"Status":1,
             "MemberUin":100000000002,"MemberName":"dev","New":1},
            {"IdentityId":"14","MemberUin":"18446744073709551615","Status":null,"IdentityType":""}]"#,
    )
    .await
    .unwrap();
    assert_eq!(page.total, Some(2));
    let text = |text: &str| Some(text.to_owned());
    let full = AuthIdentity {
        identity_id: Some(13),
        identity_role_name: text("role"),
        identity_role_alias_name: text("auditor"),
        description: text("d"),
        create_time: text("2026-02-01 09:30:00"),
        update_time: text("2026-02-01 09:30:01"),
        identity_type: Some(2),
        status: Some(1),
        member_uin: Some(100_000_000_002),
        member_name: text("dev"),
    };
    let sparse =
        AuthIdentity { identity_id: Some(14), member_uin: Some(u64::MAX), ..AuthIdentity::default() };
    assert_eq!(page.items, [full, sparse]);
}

#[tokio::test(start_paused = true)]
async fn null_and_missing_items_are_none() {
    for fields in [r#""Items":null,"Total":null"#, ""] {
        assert_eq!(answer(READ, fields).await.unwrap(), AuthIdentityPage::default());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_another_shape_is_malformed_and_not_asked_for_again() {
    for fields in [
        r#""Items":{}"#,
        r#""Items":[1]"#,
        r#""Items":[[13]]"#,
        r#""Total":{"$serde_json::private::Number":[0]}"#,
        r#""Total":[[]]"#,
        r#""Total":-1"#,
        r#""Total":1.5"#,
        r#""Total":"many""#,
        r#""Total":18446744073709551616"#,
        r#""Items":[{"MemberUin":true}]"#,
    ] {
        let error = answer(READ, &format!(r#"{fields},"RequestId":"r""#)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Malformed, 1), "{fields}");
        assert_eq!(error.request_id(), Some("r"));
        assert!(chain(&error).contains("documented shape"), "{}", chain(&error));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_never_longer_than_it_was_asked_to_be() {
    let page = |length: usize| answer(READ, format!(r#""Items":[{}]"#, vec!["{}"; length].join(",")).leak());
    assert_eq!(page(50).await.unwrap().items.len(), 50);
    let error = page(51).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Malformed, 1));
    assert!(
        chain(&error).contains("invalid length 51, expected a list of at most 50 objects"),
        "{}",
        chain(&error)
    );
}

/// What nobody asked for may be wide and deep: it is skipped.
#[tokio::test(start_paused = true)]
async fn unknown_fields_are_skipped_whatever_is_in_them() {
    for unknown in [
        format!("[{}]", vec!["0"; 200_000].join(",")),
        format!("[{}]", vec![r#"{"":0}"#; 100_000].join(",")),
        format!("{}{}", "[".repeat(300_000), "]".repeat(300_000)),
        r#"{"a":"#.repeat(100_000) + "1e999999999" + &"}".repeat(100_000),
    ] {
        let page = answer(READ, &format!(r#""New":{unknown},"Total":1,"Items":[{{"New":{unknown}}}]"#)).await;
        assert_eq!(page.unwrap(), AuthIdentityPage { items: vec![AuthIdentity::default()], total: Some(1) });
    }
}

#[tokio::test(start_paused = true)]
async fn identities_members_and_the_organization_are_read() {
    let identities = answer(
        ListOrganizationIdentity { limit: 10, identity_type: Some(2), ..Default::default() },
        r#""Total":1,"Items":[{"IdentityId":13,"IdentityAliasName":"auditor","Description":"read only",
            "IdentityPolicy":[{"PolicyId":2,"PolicyName":"QCloudResourceFullAccess","PolicyType":2}],
            "IdentityType":2,"UpdateTime":"2026-02-01 09:00:00"},{"IdentityId":1,"IdentityPolicy":null}]"#,
    )
    .await
    .unwrap();
    let [custom, bare] = <[Identity; 2]>::try_from(identities.items).unwrap();
    assert_eq!(custom.identity_alias_name.as_deref(), Some("auditor"));
    assert_eq!(custom.identity_policy[0].policy_id, Some(2));
    assert_eq!(bare.identity_policy, []);

    let members = answer(
        DescribeOrganizationMembers { limit: 50, search_key: Some("100000000002".into()), ..Default::default() },
        r#""Total":1,"Items":[{"MemberUin":100000000002,"Name":"dev","PayUin":"","OrgIdentity":[],"NodeId":1001}]"#,
    )
    .await
    .unwrap();
    assert_eq!(members.items[0].member_uin, Some(100_000_000_002));

    let fields = r#""OrgId":101,"HostUin":100000000001,"IsManager":true,"OrgPermission":[{"Id":1}]"#;
    let organization = answer(DescribeOrganization {}, fields).await.unwrap();
    assert_eq!((organization.host_uin, organization.is_manager), (Some(100_000_000_001), Some(true)));
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_is_not_set_is_not_sent() {
    let script = Script::forever(ok());
    let client = client(&script);
    client.call(&DescribeOrganizationMembers { limit: 50, ..Default::default() }, &minutes(1)).await.unwrap();
    client.call(&DescribeOrganization {}, &minutes(1)).await.unwrap();
    let bodies: Vec<_> = script.sent().into_iter().map(|(_, request)| request.body).collect();
    assert_eq!(bodies, [r#"{"Offset":0,"Limit":50}"#, "{}"]);
}
