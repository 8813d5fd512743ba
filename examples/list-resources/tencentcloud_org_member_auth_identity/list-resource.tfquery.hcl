list "tencentcloud_org_member_auth_identity" "members" {
  provider = tencentcloud
}
