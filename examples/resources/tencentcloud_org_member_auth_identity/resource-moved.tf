moved {
  from = tencentcloud_organization_org_member_auth_identity_attachment.finance
  to   = tencentcloud_org_member_auth_identity.finance
}

resource "tencentcloud_org_member_auth_identity" "finance" {
  member_uins  = [100000000005]
  identity_ids = [11, 12]
}
