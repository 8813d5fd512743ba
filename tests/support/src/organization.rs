//! Simulated organizations in few words.

use simulator::Cloud;

/// Adds these members, each named after its number.
pub fn with_members(cloud: Cloud, uins: impl IntoIterator<Item = u64>) -> Cloud {
    uins.into_iter().fold(cloud, |cloud, uin| cloud.with_member(uin, &format!("member-{uin}")))
}

/// Adds these identities, each named after its number.
pub fn with_identities(cloud: Cloud, ids: impl IntoIterator<Item = u64>) -> Cloud {
    ids.into_iter().fold(cloud, |cloud, id| cloud.with_identity(id, &format!("identity-{id}")))
}

/// Adds these grants, each a member and an identity that are there.
pub fn with_grants(cloud: Cloud, pairs: impl IntoIterator<Item = (u64, u64)>) -> Cloud {
    pairs.into_iter().fold(cloud, |cloud, (uin, id)| cloud.with_grant(uin, id))
}

/// These members and identities, and nothing granted.
pub fn organization(uins: impl IntoIterator<Item = u64>, identities: impl IntoIterator<Item = u64>) -> Cloud {
    with_identities(with_members(Cloud::new(), uins), identities)
}
