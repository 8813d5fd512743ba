# Member UINs joined by ",", then "#", then identity ids joined by ",". Quote it: shells take "#" for a comment.
terraform import tencentcloud_org_member_auth_identity.production '100000000001,100000000002#11,13'
