//! Statements 39 to 112: schema, encoding, life cycle of a resource, other features.
