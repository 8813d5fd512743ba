# What every account of a department gets, and what only some of them get besides.

terraform {
  required_version = ">= 1.0"

  required_providers {
    tencentcloud = {
      source = "tencentcloud-access/tencentcloud"
    }
  }
}

resource "tencentcloud_org_member_auth_identity" "baseline" {
  member_uins  = var.member_uins
  identity_ids = var.baseline_identity_ids
}

resource "tencentcloud_org_member_auth_identity" "elevated" {
  for_each = var.elevated

  member_uins  = each.value.member_uins
  identity_ids = each.value.identity_ids
}
