# A revoke is one API call for each grant, so a destroy of very many may need more than the default of 20 minutes.
resource "tencentcloud_org_member_auth_identity" "everywhere" {
  member_uins  = [for n in range(8, 11) : 100000000000 + n]
  identity_ids = [15]

  timeouts = {
    create = "30m"
    delete = "2h"
  }
}
