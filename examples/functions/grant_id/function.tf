locals {
  # "100000000001,100000000002#13,27", in whatever order the numbers are given.
  department = provider::tencentcloud::grant_id([100000000002, 100000000001], [27, 13])
}

output "department" {
  value = local.department
}
