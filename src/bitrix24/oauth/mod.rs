//! The authorization server: the only one to believe about who is asking.
//!
//! Sources: `settings/oauth/index.md`, `settings/oauth/auto-renewal.md`, `settings/oauth/error-codes.md`,
//! `settings/cloud-and-on-premise/security-recommendations.md`.

mod owner;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;

use futures_util::future::BoxFuture;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    RefreshToken, RequestTokenError, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

pub use owner::{Install, TokenOwner};
use token::RawToken;
pub use token::TokenPair;

use super::{
    client::{Answer, Caller, Deadline, Rest, Watch, as_result, read_answer},
    egress::Incoming,
    error::{CallError, Refusal},
};

/// One authorization server from the settings, with our keys. Cheap to clone.
#[derive(Clone)]
pub struct AuthServer {
    rest: Rest,
    base: Url,
    client_id: String,
    client_secret: SecretString,
    caller: Option<Caller>,
}

impl fmt::Debug for AuthServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthServer").field("host", &self.base.host_str()).finish_non_exhaustive()
    }
}

impl AuthServer {
    /// `base` is a server from the settings, such as `https://oauth.bitrix.info`.
    pub fn new(rest: Rest, base: Url, client_id: String, client_secret: SecretString) -> AuthServer {
        AuthServer { rest, base, client_id, client_secret, caller: None }
    }

    /// The same, asked for somebody who is proved; that is for the witness.
    pub fn asked_for(self, caller: Caller) -> AuthServer {
        AuthServer { caller: Some(caller), ..self }
    }

    /// The server's address, as the settings name it.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The client_id that it knows us by.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The authorization server's `app.info`: whose token is this? The token goes in the body.
    ///
    /// # Errors
    /// Any error means "not verified"; [`CallError::Api`] means that the server refused the token.
    pub async fn app_info(
        &self,
        access_token: &SecretString,
        deadline: Deadline,
    ) -> Result<Answer<TokenOwner>, CallError> {
        let body = json!({ "auth": access_token.expose_secret() });
        let url = self.at("rest/app.info")?;
        let mut watch = Watch::begin(&self.rest, self.caller, "app.info", None);
        let answer = watch.read::<TokenOwner>(self.rest.ask(url, &body, deadline).await);
        // Whom a request claims to be is nobody; whom the server names is somebody.
        watch.proved(answer.as_ref().ok().and_then(|answer| answer.result.caller()));
        answer
    }

    /// `oauth/token`, `grant_type=refresh_token`. The old refresh token is spent as soon as the server has run this,
    /// whether or not the answer arrives.
    ///
    /// # Errors
    /// `invalid_grant`: expired, used or revoked. [`CallError::Lost`]: it may have been spent.
    pub async fn token_refresh(&self, refresh: &SecretString, deadline: Deadline) -> Result<TokenPair, CallError> {
        let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
        let client = self.client()?;
        let mut watch = Watch::begin(&self.rest, self.caller, TOKEN, None);
        let answer = client.exchange_refresh_token(&refresh).request_async(&self.sender(deadline)).await;
        told(&mut watch, answer.map_err(unwrapped).and_then(RawToken::into_pair))
    }

    /// `oauth/token`, `grant_type=authorization_code`. A code lives 30 s and is spent by the first use.
    ///
    /// # Errors
    /// `invalid_grant`: expired or used.
    pub async fn token_exchange(&self, code: &SecretString, deadline: Deadline) -> Result<TokenPair, CallError> {
        let code = AuthorizationCode::new(code.expose_secret().to_owned());
        let client = self.client()?;
        let mut watch = Watch::begin(&self.rest, self.caller, TOKEN, None);
        let answer = client.exchange_code(code).request_async(&self.sender(deadline)).await;
        told(&mut watch, answer.map_err(unwrapped).and_then(RawToken::into_pair))
    }

    fn at(&self, path: &str) -> Result<Url, CallError> {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        Ok(url)
    }

    fn client(&self) -> Result<OauthClient, CallError> {
        let address = TokenUrl::from_url(self.at("oauth/token/")?);
        Ok(oauth2::Client::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose_secret().to_owned()))
            // The vendor reads the keys from parameters, not from a header.
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(address))
    }

    /// How the crate reaches the network: through our own door. Whatever is not a good answer becomes an error here,
    /// because the crate's own parse error shows the body, and an error may come with status 200.
    fn sender(
        &self,
        deadline: Deadline,
    ) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, CallError>> + use<> {
        let rest = self.rest.clone();
        move |request: HttpRequest| {
            let rest = rest.clone();
            Box::pin(async move {
                let broken = || CallError::Refused(Refusal::Request);
                let url = Url::parse(&request.uri().to_string()).map_err(|_| broken())?;
                let incoming = rest.ask_form(url, request.into_body(), deadline).await?;
                let body = checked(&incoming)?;
                let answer = oauth2::http::Response::builder().header("content-type", "application/json").body(body);
                answer.map_err(|_| broken())
            })
        }
    }
}

type OauthClient = oauth2::Client<
    BasicErrorResponse,
    RawToken,
    BasicTokenIntrospectionResponse,
    oauth2::StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Tells a token answer from everything else. The answer has no envelope, so one is put around it.
fn checked(incoming: &Incoming) -> Result<Vec<u8>, CallError> {
    let whole = Incoming { http: incoming.http, location: incoming.location.clone(), body: as_result(&incoming.body) };
    read_answer::<RawToken>(&whole)?;
    Ok(incoming.body.clone())
}

/// The token endpoint's name for the witness.
const TOKEN: &str = "oauth/token";

fn told(watch: &mut Watch, pair: Result<TokenPair, CallError>) -> Result<TokenPair, CallError> {
    watch.ended(pair.is_ok().then_some(200), &pair, |_| None);
    watch.proved(pair.as_ref().ok().and_then(TokenPair::caller));
    pair
}

fn unwrapped(error: RequestTokenError<CallError, BasicErrorResponse>) -> CallError {
    match error {
        RequestTokenError::Request(error) => error,
        // Never shown: these carry the answer's body.
        _ => CallError::bad(200, "."),
    }
}
