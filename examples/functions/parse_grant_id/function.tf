locals {
  # { member_uins = [100000000001, 100000000002], identity_ids = [13, 27] }
  department = provider::tencentcloud::parse_grant_id("100000000002,100000000001#27,13")
}

resource "tencentcloud_org_member_auth_identity" "department" {
  member_uins  = local.department.member_uins
  identity_ids = local.department.identity_ids
}
