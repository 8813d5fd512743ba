//! Tencent Cloud over HTTP. Knows no Terraform.
