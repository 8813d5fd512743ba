//! The registry pages are what the schema and the examples say today.
