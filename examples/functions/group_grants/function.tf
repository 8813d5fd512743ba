locals {
  # Three grants of two members, in two blocks: "13,27" for the first, "13" for the second.
  groups = provider::tencentcloud::group_grants([
    "100000000001#13",
    "100000000001#27",
    "100000000002#13",
  ])
}

resource "tencentcloud_org_member_auth_identity" "group" {
  for_each = local.groups

  member_uins  = each.value.member_uins
  identity_ids = each.value.identity_ids
}
