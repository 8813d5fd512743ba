//! The provider: its schema, its configuration, and the list that names every type.
