//! Lines and cells, without a server.
