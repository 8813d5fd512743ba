# Two organizations, each with the key of its own administrator account. A resource of the second one
# says `provider = tencentcloud.acquired`.
variable "acquired_secret_id" {
  type = string
}

variable "acquired_secret_key" {
  type      = string
  sensitive = true
}

provider "tencentcloud" {}

provider "tencentcloud" {
  alias      = "acquired"
  secret_id  = var.acquired_secret_id
  secret_key = var.acquired_secret_key
}
