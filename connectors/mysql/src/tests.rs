//! Without a server.
