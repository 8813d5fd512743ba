# Everybody in a unit (department) and in the units below it.
data "tencentcloud_org_members" "research" {
  node_id   = 1001
  recursive = true
}

resource "tencentcloud_org_member_auth_identity" "research" {
  # Nobody is in the unit: nothing to grant.
  count = length(data.tencentcloud_org_members.research.member_uins) > 0 ? 1 : 0

  member_uins  = data.tencentcloud_org_members.research.member_uins
  identity_ids = [11, 12]
}
