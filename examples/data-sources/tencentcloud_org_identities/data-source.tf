data "tencentcloud_org_identities" "custom" {
  type = "custom"
}

# Access by name: if nobody has defined the identity, the plan fails.
resource "tencentcloud_org_member_auth_identity" "auditors" {
  member_uins  = [100000000001, 100000000002]
  identity_ids = [data.tencentcloud_org_identities.custom.ids["identity-1"]]
}
