//! The API over real HTTP requests against its router, with a real store, trail and keys behind it.

mod answers;
mod hostile;
mod published;
mod quality;
mod relations;
mod review;
#[path = "../../../hub/src/query/tests/world.rs"]
#[expect(dead_code, reason = "made for the tests of `hub::query`, which use more of it")]
mod world;

use ::hub;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use hub::catalogue::Role;
use hub::catalogue::keys::Keys;
use hub::clock::Timestamp;

use crate::{Api, Limits, Settings};
use world::World;

/// A running API.
pub(crate) struct Running {
    pub(crate) world: World,
    pub(crate) api: Api,
    pub(crate) reader: String,
    pub(crate) steward: String,
    pub(crate) operator: String,
    pub(crate) keys: Arc<Keys>,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Reply {
    /// The code of the first error.
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("-")
    }
}

impl Running {
    pub(crate) async fn new(n_subjects: i64) -> Running {
        Running::with(n_subjects, Limits::default()).await
    }

    pub(crate) async fn with(n_subjects: i64, limits: Limits) -> Running {
        let world = World::new(n_subjects).await;
        let keys = Arc::new(Keys::open(world.folder.path().join("keys.jsonl")).unwrap());
        let key = |role, random| {
            keys.create("test", "scjg", role, [random; 32], Timestamp(1)).unwrap().reveal().to_owned()
        };
        let (reader, steward) = (key(Role::Reader, 1), key(Role::Steward, 2));
        let operator = key(Role::Operator, 3);
        let api = Api::new(Settings {
            query: world.query.clone(),
            keys: keys.clone(),
            limits,
            cursor_key: [9; 32],
            run_id: "t".into(),
            origins: vec!["https://console.example".into()],
            version: "0".into(),
        })
        .unwrap();
        Running { world, api, reader, steward, operator, keys }
    }

    pub(crate) fn request(&self, body: impl Into<Body>) -> Request<Body> {
        Request::builder()
            .method(Method::POST)
            .uri("/graphql")
            .header("host", "hub.example")
            .header("content-type", "application/json")
            .header("accept-language", "en")
            .header("authorization", format!("Bearer {}", self.reader))
            .body(body.into())
            .unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.api.router().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: head.status, headers: head.headers, body, text }
    }

    pub(crate) async fn ask(&self, query: &str) -> Reply {
        self.ask_with(query, json!({})).await
    }

    pub(crate) async fn ask_with(&self, query: &str, variables: Value) -> Reply {
        self.send(self.request(json!({ "query": query, "variables": variables }).to_string())).await
    }

    /// A question of the steward's.
    pub(crate) async fn ask_as_steward(&self, query: &str) -> Reply {
        self.ask_as(&self.steward, query).await
    }

    /// A question of whoever has a key.
    pub(crate) async fn ask_as(&self, key: &str, query: &str) -> Reply {
        self.ask_as_with(key, query, json!({})).await
    }

    pub(crate) async fn ask_as_with(&self, key: &str, query: &str, variables: Value) -> Reply {
        let mut request = self.request(json!({ "query": query, "variables": variables }).to_string());
        let key = format!("Bearer {key}");
        request.headers_mut().insert("authorization", key.parse().unwrap());
        self.send(request).await
    }

    /// Data of an answer without errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let reply = self.ask(query).await;
        assert!(reply.body["errors"].is_null(), "{query}: {}", reply.text);
        reply.body["data"].clone()
    }

    /// The gate must be quick, and the process alive.
    pub(crate) async fn refused(&self, query: &str, code: &str) -> Reply {
        let began = Instant::now();
        let reply = self.ask(query).await;
        let took = began.elapsed();
        let shown: String = query.chars().take(80).collect();
        assert_eq!((reply.code(), reply.status), (code, StatusCode::BAD_REQUEST), "{shown}: {}", reply.text);
        assert!(reply.text.len() < 2_000, "{shown}: an error of {} bytes", reply.text.len());
        assert!(took < Duration::from_millis(500), "{shown}: {took:?}");
        reply
    }
}
