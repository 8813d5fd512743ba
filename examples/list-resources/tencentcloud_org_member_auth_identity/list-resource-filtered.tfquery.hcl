list "tencentcloud_org_member_auth_identity" "auditors" {
  provider         = tencentcloud
  include_resource = true

  config {
    member_uins  = [100000000001, 100000000002]
    identity_ids = [11]
  }
}
