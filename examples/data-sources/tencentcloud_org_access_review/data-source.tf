resource "tencentcloud_org_member_auth_identity" "ops" {
  member_uins  = [100000000001, 100000000002]
  identity_ids = [11, 12]
}

locals {
  # Known already in the plan that creates the grants. Not in the data source itself: one that refers to a resource
  # waits for the apply whenever that changes.
  declared = keys(tencentcloud_org_member_auth_identity.ops.grants)
}

data "tencentcloud_org_access_review" "all" {
  declared = local.declared
}

output "who_may_use_what" {
  value = {
    for key, grant in data.tencentcloud_org_access_review.all.granted :
    "${coalesce(grant.member_name, grant.member_uin)}: ${coalesce(grant.identity_name, grant.identity_id)}" =>
    [for holder in grant.holders : coalesce(holder.name, holder.id)]
  }
}
