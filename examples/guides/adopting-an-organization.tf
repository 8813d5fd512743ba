# Every grant of the organization, but for those of preset identities, in few blocks. Needs no query.
data "tencentcloud_org_identities" "custom" {
  type = "custom"
}

data "tencentcloud_org_member_auth_identities" "all" {
  identity_ids = data.tencentcloud_org_identities.custom.identities[*].id
}

locals {
  groups = provider::tencentcloud::group_grants(keys(data.tencentcloud_org_member_auth_identities.all.grants))
}

import {
  for_each = local.groups
  to       = tencentcloud_org_member_auth_identity.group[each.key]
  id       = provider::tencentcloud::grant_id(each.value.member_uins, each.value.identity_ids)
}

resource "tencentcloud_org_member_auth_identity" "group" {
  for_each = local.groups

  member_uins  = each.value.member_uins
  identity_ids = each.value.identity_ids
}

# To be written down once, and declared from then on.
output "groups" {
  value = local.groups
}
