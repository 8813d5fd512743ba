use super::*;

/// The codes that the documentation lists for each action that is called.
const OF_ACTIONS: &[(&str, &[&str])] = &[
    (
        "CreateOrganizationMemberAuthIdentity",
        &[
            "FailedOperation.CreateRole",
            "FailedOperation.OrganizationIdentityPolicyError",
            "InternalError",
            "InvalidParameter",
            "ResourceNotFound.OrganizationIdentityNotExist",
            "ResourceNotFound.OrganizationMemberNotExist",
            "ResourceNotFound.OrganizationNotExist",
            "UnsupportedOperation",
        ],
    ),
    (
        "DeleteOrganizationMemberAuthIdentity",
        &[
            "FailedOperation.MemberIdentityAuthUsed",
            "InternalError",
            "InvalidParameter",
            "ResourceNotFound.MemberIdentityNotExist",
            "ResourceNotFound.OrganizationIdentityNotExist",
            "ResourceNotFound.OrganizationNotExist",
        ],
    ),
    (
        "DescribeOrganizationMemberAuthIdentities",
        &["InternalError", "InvalidParameter", "ResourceNotFound.OrganizationNotExist"],
    ),
    (
        "ListOrganizationIdentity",
        &["InternalError", "InvalidParameter", "ResourceNotFound.OrganizationNotExist"],
    ),
    (
        "DescribeOrganizationMembers",
        &[
            "FailedOperation.OperateBillingPermissionErr",
            "InternalError",
            "InvalidParameter",
            "ResourceNotFound.OrganizationNodeNotExist",
            "ResourceNotFound.OrganizationNotExist",
            "ResourceNotFound.OrganizationServiceNotExist",
        ],
    ),
    (
        "DescribeOrganizationNodes",
        &["InternalError", "InvalidParameter", "ResourceNotFound.OrganizationNotExist"],
    ),
    (
        "DescribeOrganizationMembersAuthPolicy",
        &["InternalError", "InvalidParameter", "ResourceNotFound.OrganizationNotExist"],
    ),
    (
        "DescribeOrganization",
        &[
            "FailedOperation.OperateBillingPermissionErr",
            "InternalError",
            "InvalidParameter",
            "ResourceNotFound.OrganizationNotExist",
        ],
    ),
];

/// The codes of STS that mean the same whatever the action.
const OF_STS: [&str; 14] = [
    "AuthFailure.AccessKeyIllegal",
    "FailedOperation.CheckMFAError",
    "FailedOperation.MFATypeNotSupported",
    "FailedOperation.TempKeyNotAllowed",
    "InternalError.GetRoleError",
    "InvalidParameter.AccessKeyNotSupport",
    "InvalidParameter.OverLimit",
    "InvalidParameter.OverTimeError",
    "InvalidParameter.PolicyTooLong",
    "InvalidParameter.ResouceError",
    "InvalidParameter.StrategyFormatError",
    "InvalidParameter.StrategyInvalid",
    "InvalidParameter.WebIdentityTokenError",
    "ResourceNotFound.RoleNotFound",
];

/// The common codes of API 3.0.
const COMMON: [&str; 36] = [
    "ActionOffline",
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.InvalidSecretId",
    "AuthFailure.MFAFailure",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureExpire",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "AuthFailure.UnauthorizedOperation",
    "DryRunOperation",
    "FailedOperation",
    "InternalError",
    "InvalidAction",
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidRequest",
    "IpInBlacklist",
    "IpNotInWhitelist",
    "LimitExceeded",
    "MissingParameter",
    "NoSuchProduct",
    "NoSuchVersion",
    "OperationDenied",
    "RequestLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "RequestSizeLimitExceeded",
    "ResourceInUse",
    "ResourceInsufficient",
    "ResourceNotFound",
    "ResourceUnavailable",
    "ResponseSizeLimitExceeded",
    "ServiceUnavailable",
    "UnauthorizedOperation",
    "UnknownParameter",
    "UnsupportedOperation",
    "UnsupportedProtocol",
];

#[test]
fn every_documented_code_has_a_row() {
    let of_actions =
        OF_ACTIONS.iter().flat_map(|(action, codes)| codes.iter().map(move |code| (*action, *code)));
    for (action, code) in of_actions.chain(COMMON.iter().chain(&OF_STS).map(|code| ("common", *code))) {
        assert_ne!(*row(code), UNDOCUMENTED, "{action}: {code}");
    }
}

#[test]
fn every_action_that_is_called_is_held_to_its_codes() {
    let source = include_str!("../api/organization/mod.rs");
    let called = source.lines().filter_map(|line| line.strip_prefix("action!(")?.split(',').next());
    assert_eq!(called.collect::<Vec<_>>(), OF_ACTIONS.iter().map(|(action, _)| *action).collect::<Vec<_>>());
}

#[test]
fn a_code_is_looked_up_whole_then_by_its_class() {
    for (code, kind, repeat) in [
        ("AuthFailure.SecretIdNotFound", Credentials, OnceRenewed),
        ("AuthFailure.SignatureExpire", Credentials, OnceResigned),
        ("AuthFailure.SomethingNew", Credentials, Never),
        ("AuthFailure.TokenFailure", Credentials, OnceRenewed),
        ("AuthFailure.UnauthorizedOperation", Denied, Never),
        ("FailedOperation.MemberIdentityAuthUsed", InUse, Never),
        ("FailedOperation.SomethingNew", Failed, Never),
        ("InvalidParameterValue.Whatever", Rejected, Never),
        ("LimitExceeded.IdentityExceedLimit", Rejected, Never),
        ("InvalidParameter.OverLimit", Throttled, UntilDeadline),
        ("InvalidParameter.SomethingNew", Rejected, Never),
        ("RequestLimitExceeded", Throttled, UntilDeadline),
        ("RequestLimitExceeded.UinLimitExceeded", Throttled, UntilDeadline),
        ("ResourceBusy", Failed, Never),
        ("ResourceInUse", InUse, Bounded),
        ("ResourceNotFound.MemberIdentityNotExist", Absent, Never),
        ("ResourceNotFound.OrganizationNotExist", Credentials, Never),
        ("ServiceUnavailable", Unavailable, Bounded),
        ("UnauthorizedOperation.CamNoAuth", Denied, Never),
        ("NobodyDocumentsThis.Code", Failed, Never),
        ("RequestLimitExceededX", Failed, Never),
    ] {
        let verdict = Verdict { kind, repeat };
        assert_eq!((row(code).read, row(code).write), (verdict, verdict), "{code}");
    }
}

/// Whoever finds out which pair of a call is at fault makes further calls; that makes sense only where the
/// call as such is not refused.
#[test]
fn what_is_about_the_call_is_never_put_down_to_what_it_names() {
    for row in CODES {
        let about_the_call = match row.write.kind {
            Absent | Failed | InUse | Uncertain => false,
            // The class says whether it is the values.
            Rejected => row.blame == Call,
            _ => true,
        };
        assert_eq!(row.blame == Call, about_the_call, "{}", row.code);
    }
}

#[test]
fn a_write_is_repeated_only_where_nothing_can_have_been_done() {
    for row in CODES.iter().filter(|row| row.write.repeat != Never) {
        let refused = matches!(row.write.kind, Credentials | InUse | Throttled | Unavailable);
        assert!(refused, "{}", row.code);
    }
}

#[test]
fn no_code_stands_twice_in_the_table() {
    let mut codes: Vec<_> = CODES.iter().map(|row| row.code).collect();
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
}
