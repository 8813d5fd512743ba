data "tencentcloud_org_members" "production" {
  tags = {
    environment = "production"
  }
}

# One resource for each member.
resource "tencentcloud_org_member_auth_identity" "on_call" {
  for_each = { for member in data.tencentcloud_org_members.production.members : member.name => member.uin }

  member_uins  = [each.value]
  identity_ids = [13]
}
