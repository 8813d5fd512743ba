//! Terraform rules.
