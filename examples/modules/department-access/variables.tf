variable "member_uins" {
  description = "UINs of the department's accounts."
  type        = set(number)
}

variable "baseline_identity_ids" {
  description = "Ids of the access identities that every account of the department gets."
  type        = set(number)
}

variable "elevated" {
  description = "By name: some of the accounts, and the access identities that only they get. No pair may repeat one of the baseline."
  type = map(object({
    member_uins  = set(number)
    identity_ids = set(number)
  }))
  default = {}

  validation {
    condition = alltrue([
      for access in var.elevated : length(access.member_uins) > 0 && length(access.identity_ids) > 0
    ])
    error_message = "Each entry of elevated names at least one account and one access identity."
  }
}
