# The pipeline writes a fresh token of its identity provider to the file; no key is stored anywhere.
provider "tencentcloud" {
  assume_role_with_web_identity {
    provider_id             = "gitlab"
    web_identity_token_file = "/run/secrets/oidc-token"
    role_arn                = "qcs::cam::uin/100000000000:roleName/organization-access"
    session_name            = "pipeline"
  }
}
