//! One folder per resource type.
