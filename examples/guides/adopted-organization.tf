locals {
  groups = jsondecode(file("${path.module}/groups.json"))
}

resource "tencentcloud_org_member_auth_identity" "group" {
  for_each = local.groups

  member_uins  = each.value.member_uins
  identity_ids = each.value.identity_ids
}
