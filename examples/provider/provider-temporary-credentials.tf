# Temporary credentials, such as a pipeline gets them: all three belong together.
variable "credentials" {
  type = object({
    secret_id      = string
    secret_key     = string
    security_token = string
  })
  sensitive = true
}

provider "tencentcloud" {
  secret_id      = var.credentials.secret_id
  secret_key     = var.credentials.secret_key
  security_token = var.credentials.security_token
}
