output "grants" {
  description = "All grants of the department, by \"<member UIN>#<identity id>\"."
  value = merge(
    tencentcloud_org_member_auth_identity.baseline.grants,
    [for elevated in tencentcloud_org_member_auth_identity.elevated : elevated.grants]...
  )
}
