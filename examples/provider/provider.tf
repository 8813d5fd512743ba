terraform {
  required_providers {
    tencentcloud = {
      source = "tencentcloud-access/tencentcloud"
    }
  }
}

# The key comes from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY.
provider "tencentcloud" {}
