# What these members hold, the administrator access that Tencent Cloud gave them included.
data "tencentcloud_org_member_auth_identities" "web" {
  member_uins    = [100000000005, 100000000006]
  include_preset = true
}

# Grants that must be made again to work.
output "stale" {
  value = [for key, grant in data.tencentcloud_org_member_auth_identities.web.grants : key if grant.status == "stale"]
}
