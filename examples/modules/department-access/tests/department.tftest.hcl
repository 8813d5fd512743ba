# `terraform test` (1.7 or newer) or `tofu test` (1.8 or newer): no credentials, no network.

mock_provider "tencentcloud" {}

variables {
  member_uins           = [100000000001, 100000000002]
  baseline_identity_ids = [11]
}

run "every_account_gets_the_baseline" {
  command = plan

  assert {
    condition     = tencentcloud_org_member_auth_identity.baseline.member_uins == toset([100000000001, 100000000002])
    error_message = "the baseline leaves an account out"
  }

  assert {
    condition     = length(tencentcloud_org_member_auth_identity.elevated) == 0
    error_message = "nobody asked for elevated access"
  }
}

run "elevated_access_is_kept_apart" {
  command = plan

  variables {
    elevated = {
      payroll = {
        member_uins  = [100000000002]
        identity_ids = [13]
      }
    }
  }

  assert {
    condition     = tencentcloud_org_member_auth_identity.elevated["payroll"].identity_ids == toset([13])
    error_message = "payroll gets the wrong access"
  }
}

run "an_entry_without_accounts_is_refused" {
  command = plan

  variables {
    elevated = {
      nobody = {
        member_uins  = []
        identity_ids = [13]
      }
    }
  }

  expect_failures = [var.elevated]
}
