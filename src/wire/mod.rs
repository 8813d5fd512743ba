//! The one place that sees both `proto` and `framework`: one short method per RPC, and the codecs.
