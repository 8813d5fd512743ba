data "tencentcloud_org_members" "all" {}

# Members by name: if the organization has no such member, the plan fails.
resource "tencentcloud_org_member_auth_identity" "ops" {
  member_uins  = [for name in ["member-1", "member-2"] : data.tencentcloud_org_members.all.uins[name]]
  identity_ids = [11]
}
