# An organization on the mainland site, whose API other programs use as well: half of the rate is left to them.
provider "tencentcloud" {
  domain              = "tencentcloudapi.com"
  requests_per_second = 10
}
