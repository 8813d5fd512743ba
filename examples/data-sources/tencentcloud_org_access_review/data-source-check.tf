resource "tencentcloud_org_member_auth_identity" "department" {
  for_each = {
    audit = { members = [100000000001, 100000000002], identities = [11] }
    build = { members = [100000000003], identities = [11, 12] }
  }

  member_uins  = each.value.members
  identity_ids = each.value.identities
}

locals {
  # Not in the data source itself: one that refers to a resource waits for the apply whenever that changes.
  declared = flatten([
    for department in tencentcloud_org_member_auth_identity.department : keys(department.grants)
  ])
}

data "tencentcloud_org_access_review" "all" {
  declared = local.declared
}

# Beside the data source, not around it: a plan would show one inside as changed, every time.
check "access" {
  assert {
    condition = length(data.tencentcloud_org_access_review.all.undeclared) == 0
    error_message = format("Access that nobody declared: %s.", join(", ", [
      for key, grant in data.tencentcloud_org_access_review.all.undeclared :
      "${key} (${coalesce(grant.member_name, "?")}: ${coalesce(grant.identity_name, "?")})"
    ]))
  }
}
