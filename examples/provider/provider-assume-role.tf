# Takes on a role of the administrator account, and refuses to work in any other.
provider "tencentcloud" {
  allowed_account_ids = ["100000000000"]

  assume_role {
    role_arn     = "qcs::cam::uin/100000000000:roleName/organization-access"
    session_name = "terraform"
  }
}
