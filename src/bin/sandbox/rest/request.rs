//! From bytes to method, parameters and token, by the rules of the vendor's server.

use crate::php::Php;

#[derive(Debug, Clone)]
pub struct Request {
    pub member_id: String,
    pub host: String,
    /// Lower case, without `.json`.
    pub method: String,
    pub v3: bool,
    pub params: Php,
    pub token: Option<String>,
    /// The way in was a webhook's address; then no token is looked at.
    pub webhook: Option<Webhook>,
    pub query: String,
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub user_id: u64,
    pub secret: String,
}

impl Webhook {
    /// `1/secret/method` -> the webhook and the method. A number is no method's name.
    pub fn split(path: &str) -> (Option<Self>, &str) {
        let mut parts = path.splitn(3, '/');
        let (user_id, secret) = (parts.next().and_then(|id| id.parse().ok()), parts.next());
        match (user_id, secret) {
            (Some(user_id), Some(secret)) => {
                (Some(Self { user_id, secret: secret.to_owned() }), parts.next().unwrap_or(""))
            }
            _ => (None, path),
        }
    }
}

pub struct Raw<'a> {
    pub post: bool,
    pub content_type: &'a str,
    pub bearer: Option<&'a str>,
    pub query: &'a str,
    pub body: &'a [u8],
}

/// `tasks.task.get.json` -> `tasks.task.get`. Method names do not care for case.
pub fn method_name(path: &str) -> String {
    let name = path.trim_matches('/').to_lowercase();
    name.strip_suffix(".json").map(str::to_owned).unwrap_or(name)
}

/// Query first, body over it; then the token and the other reserved names are taken out.
pub fn parameters(raw: &Raw, v3: bool) -> (Php, Option<String>) {
    let mut params = if v3 { Php::empty() } else { Php::from_query(raw.query) };
    for (key, value) in body_parameters(raw, v3).pairs() {
        params.set(key, value.clone());
    }
    let mut token = None;
    for name in ["access_token", "auth"] {
        token = params.remove(name).and_then(|value| value.text()).filter(|value| !value.is_empty()).or(token);
    }
    params.remove("state");
    (params, token.or(raw.bearer.map(str::to_owned)))
}

/// JSON is read only from a POST that says so; malformed JSON is an empty set of parameters, without a word.
fn body_parameters(raw: &Raw, v3: bool) -> Php {
    let kind = raw.content_type.split(';').next().unwrap_or("").trim().to_lowercase();
    match kind.as_str() {
        _ if !raw.post => Php::empty(),
        "application/json" => Php::from_json(raw.body).filter(Php::is_array).unwrap_or_else(Php::empty),
        "application/x-www-form-urlencoded" if !v3 => Php::from_query(&String::from_utf8_lossy(raw.body)),
        _ => Php::empty(),
    }
}
