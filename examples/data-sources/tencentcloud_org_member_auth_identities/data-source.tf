# Who holds the identities 11 and 12, whoever granted them.
data "tencentcloud_org_member_auth_identities" "holders" {
  identity_ids = [11, 12]
}

output "holders" {
  value = { for key, grant in data.tencentcloud_org_member_auth_identities.holders.grants : key => grant.member_name }
}
