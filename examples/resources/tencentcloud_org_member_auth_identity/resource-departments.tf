variable "departments" {
  description = "The accounts of each department, and what its people may do in all of them."
  type = map(object({
    member_uins  = set(number)
    identity_ids = set(number)
  }))
  default = {
    finance = {
      member_uins  = [100000000003, 100000000004]
      identity_ids = [11]
    }
    web = {
      member_uins  = [100000000005, 100000000006, 100000000007]
      identity_ids = [11, 12, 14]
    }
  }
}

resource "tencentcloud_org_member_auth_identity" "department" {
  for_each = var.departments

  member_uins  = each.value.member_uins
  identity_ids = each.value.identity_ids
}

# The CAM role that each grant made in its account, by "<member UIN>#<identity id>".
output "roles" {
  value = merge([
    for department in tencentcloud_org_member_auth_identity.department : {
      for pair, grant in department.grants : pair => grant.role_name
    }
  ]...)
}
