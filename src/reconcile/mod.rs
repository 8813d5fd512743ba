//! Pure decisions about grants: what to grant, revoke and adopt, and how to tile it into calls.
