import {
  to = tencentcloud_org_member_auth_identity.production
  id = "100000000001,100000000002#11,13"
}
