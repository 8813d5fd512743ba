import {
  to = tencentcloud_org_member_auth_identity.production
  identity = {
    member_uins  = [100000000001, 100000000002]
    identity_ids = [11, 13]
  }
}
