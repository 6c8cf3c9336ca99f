//! A caller of the API: HTTP by hand, so that hostile requests can be sent as they are.
//!
//! Must never use the server's own code.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};

use crate::process::{PATIENCE, Running};
use crate::{shown, start_in, tongjian_in};

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Head, as it came.
    pub head: String,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends bytes, reads until the server closes.
pub fn raw(address: &str, request: &[u8]) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// One POST.
pub fn post(address: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<Answer> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    raw(address, &bytes)
}

/// `tongjian serve`, running, with a key to ask with.
pub struct Served {
    /// The program.
    pub running: Running,
    /// `127.0.0.1:port`.
    pub address: String,
    /// The key of `role`.
    pub key: String,
}

/// A key for a department and role, made by `tongjian keys create`.
pub fn key(config: &Path, department: &str, role: &str) -> String {
    let made = tongjian_in(config, &["keys", "create", "--department", department, "--role", role]);
    assert!(made.status.success(), "{}", shown(&made));
    String::from_utf8_lossy(&made.stdout).trim().to_owned()
}

impl Served {
    /// Starts serving a configuration that listens on port 0, and makes a key.
    pub fn start(config: &Path, department: &str, role: &str) -> Served {
        let key = key(config, department, role);
        let mut running = start_in(config, &["serve", "--quiet"], &[]);
        let line = running.line("http://");
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        Served { running, address: address.to_owned(), key }
    }

    /// Asks; whatever the answer.
    pub fn answer(&self, query: &str) -> Answer {
        self.answer_with(&self.key, query)
    }

    /// Asks with another key.
    pub fn answer_with(&self, key: &str, query: &str) -> Answer {
        let body = json!({ "query": query }).to_string();
        self.send(key, body.as_bytes())
    }

    /// Sends a body as it is.
    pub fn send(&self, key: &str, body: &[u8]) -> Answer {
        let authorization = format!("Bearer {key}");
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept-Language", "en"),
            ("Authorization", authorization.as_str()),
        ];
        post(&self.address, "/graphql", &headers, body).expect("the server answers")
    }

    /// Asks and must be answered; the data.
    pub fn ask(&self, query: &str) -> Value {
        let answer = self.answer(query);
        let json = answer.json();
        assert!(
            answer.status == 200 && json["errors"].is_null(),
            "{query}\n{} {}",
            answer.status,
            answer.body
        );
        json["data"].clone()
    }

    /// All nodes of a connection, page by page: `list(where…)` written as `subjects(first: N, PLACE …)` with `PLACE`
    /// where `after` goes.
    pub fn all_pages(&self, field: &str, query: &str) -> Vec<Value> {
        let mut nodes = Vec::new();
        let mut after = String::new();
        loop {
            let data = self.ask(&query.replace("PLACE", &after));
            let page = &data[field];
            nodes.extend(page["nodes"].as_array().expect("nodes").iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                return nodes;
            }
            after = format!("after: {}", page["pageInfo"]["endCursor"]);
        }
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(self) {
        self.running.signal("TERM");
        let (status, said) = self.running.ended();
        assert!(status.success(), "{status}: {said}");
    }
}
