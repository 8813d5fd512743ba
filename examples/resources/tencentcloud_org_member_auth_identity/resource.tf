# Two production accounts, two access identities: four grants.
resource "tencentcloud_org_member_auth_identity" "production" {
  member_uins  = [100000000001, 100000000002]
  identity_ids = [11, 13]
}
