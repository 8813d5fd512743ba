list "tencentcloud_org_member_auth_identity" "departments" {
  provider = tencentcloud
  limit    = 1000

  config {
    group_by = "identities"
  }
}
