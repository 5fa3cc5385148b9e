//! The authorization server: the only one to believe about who is asking.
//!
//! Sources: `settings/oauth/index.md`, `settings/oauth/auto-renewal.md`, `settings/oauth/error-codes.md`,
//! `settings/cloud-and-on-premise/security-recommendations.md`.

use std::{fmt, time::Duration};

use oauth2::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::{
    client::{Answer, Deadline, Rest, read_answer},
    error::{CallError, Refusal},
    member_id::MemberId,
    wire::{Field, Id, Maybe, Moment, optional},
};

/// One authorization server from the settings, with our keys. Cheap to clone.
#[derive(Clone)]
pub struct AuthServer {
    rest: Rest,
    base: Url,
    client_id: String,
    client_secret: SecretString,
}

impl fmt::Debug for AuthServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthServer")
            .field("host", &self.base.host_str())
            .finish_non_exhaustive()
    }
}

/// A pair of tokens as the authorization server issued it. `domain` is not here: in this answer it names the
/// authorization server, not the portal.
#[derive(Clone, Debug)]
pub struct TokenPair {
    pub access_token: SecretString,
    pub refresh_token: SecretString,
    /// Life of the access token in seconds, counted from when the answer arrived.
    pub expires_in: u64,
    /// The same as a Unix time of the server's clock; not in every answer.
    pub expires: Option<i64>,
    /// The portal; `None` when missing or malformed (then nothing is proved).
    pub member_id: Option<MemberId>,
    /// Owner of the token; in the answer to a renewal, not to a code.
    pub user_id: Option<Id>,
    /// Where this portal's methods are called.
    pub client_endpoint: Option<Url>,
    /// The authorization server that this portal belongs to.
    pub server_endpoint: Option<Url>,
    /// `L`, `F`, `D`, `T`, `P` or `S`.
    pub status: Option<String>,
    pub scope: Vec<String>,
}

/// Whose token it is, as the authorization server's own `app.info` says.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenOwner {
    /// The application that the token was issued to: must be ours.
    pub client_id: Option<String>,
    pub user_id: Option<Id>,
    pub scope: Vec<String>,
    pub expires: Option<Moment>,
    pub install: Install,
}

/// The installation that the token belongs to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Install {
    /// False while the installer page runs.
    pub installed: Option<bool>,
    pub version: Option<String>,
    pub status: Option<String>,
    pub domain: Option<String>,
    pub member_id: Option<MemberId>,
    pub client_endpoint: Option<Url>,
}

impl AuthServer {
    /// `base` is a server from the settings, such as `https://oauth.bitrix.info`.
    pub fn new(rest: Rest, base: Url, client_id: String, client_secret: SecretString) -> AuthServer {
        AuthServer {
            rest,
            base,
            client_id,
            client_secret,
        }
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

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
        read_answer(
            &self
                .rest
                .post_json(self.at("rest/app.info")?, &body, None, deadline)
                .await?,
        )
    }

    /// `oauth/token`, `grant_type=refresh_token`. The old refresh token is spent as soon as the server has run this,
    /// whether or not the answer arrives.
    ///
    /// # Errors
    /// `invalid_grant`: expired, used or revoked. [`CallError::Lost`]: it may have been spent.
    pub async fn token_refresh(&self, refresh: &SecretString, deadline: Deadline) -> Result<TokenPair, CallError> {
        let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
        let client = self.client()?;
        let answer = client
            .exchange_refresh_token(&refresh)
            .request_async(&self.sender(deadline))
            .await;
        answer.map_err(unwrapped)?.into_pair()
    }

    /// `oauth/token`, `grant_type=authorization_code`. A code lives 30 s and is spent by the first use.
    ///
    /// # Errors
    /// `invalid_grant`: expired or used.
    pub async fn token_exchange(&self, code: &SecretString, deadline: Deadline) -> Result<TokenPair, CallError> {
        let code = AuthorizationCode::new(code.expose_secret().to_owned());
        let client = self.client()?;
        let answer = client.exchange_code(code).request_async(&self.sender(deadline)).await;
        answer.map_err(unwrapped)?.into_pair()
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
    ) -> impl Fn(HttpRequest) -> futures_util::future::BoxFuture<'static, Result<HttpResponse, CallError>> + use<> {
        let rest = self.rest.clone();
        move |request: HttpRequest| {
            let rest = rest.clone();
            Box::pin(async move {
                let broken = || CallError::Refused(Refusal::Request);
                let url = Url::parse(&request.uri().to_string()).map_err(|_| broken())?;
                let incoming = rest.post_form(url, request.into_body(), deadline).await?;
                let body = checked(&incoming)?;
                let answer = oauth2::http::Response::builder()
                    .header("content-type", "application/json")
                    .body(body);
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
fn checked(incoming: &super::egress::Incoming) -> Result<Vec<u8>, CallError> {
    let whole = super::egress::Incoming {
        http: incoming.http,
        location: incoming.location.clone(),
        body: super::client::as_result(&incoming.body),
    };
    read_answer::<RawToken>(&whole)?;
    Ok(incoming.body.clone())
}

fn unwrapped(error: RequestTokenError<CallError, BasicErrorResponse>) -> CallError {
    match error {
        RequestTokenError::Request(error) => error,
        // Never shown: these carry the answer's body.
        _ => CallError::bad(200, "."),
    }
}

/// The vendor's token answer: no `token_type`, scopes separated by commas, figures as numbers or texts.
#[derive(Debug, Deserialize, Serialize)]
struct RawToken {
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "optional")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "optional")]
    expires: Option<i64>,
    #[serde(default, deserialize_with = "optional")]
    member_id: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    user_id: Option<Id>,
    #[serde(default, deserialize_with = "optional")]
    client_endpoint: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    server_endpoint: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    status: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    scope: Option<String>,
}

impl TokenResponse for RawToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Documented life of an access token where the answer does not say it.
const DEFAULT_LIFE: u64 = 3600;

impl RawToken {
    fn into_pair(self) -> Result<TokenPair, CallError> {
        let refresh = self.refresh_token.filter(|token| !token.secret().is_empty());
        let refresh = refresh.ok_or_else(|| CallError::bad(200, "refresh_token"))?;
        if self.access_token.secret().is_empty() {
            return Err(CallError::bad(200, "access_token"));
        }
        Ok(TokenPair {
            access_token: self.access_token.secret().clone().into(),
            refresh_token: refresh.secret().clone().into(),
            expires_in: self.expires_in.unwrap_or(DEFAULT_LIFE),
            expires: self.expires,
            member_id: self.member_id.as_deref().and_then(MemberId::parse),
            user_id: self.user_id,
            client_endpoint: url(self.client_endpoint),
            server_endpoint: url(self.server_endpoint),
            status: self.status,
            scope: scopes(self.scope),
        })
    }
}

fn url(text: Option<String>) -> Option<Url> {
    text.and_then(|text| Url::parse(&text).ok())
}

/// Commas nearly everywhere, spaces on one page of the documentation.
pub(super) fn scopes(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `app.info` of the authorization server, as it comes.
#[derive(Deserialize)]
struct RawOwner {
    #[serde(default, deserialize_with = "optional")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    user_id: Option<Id>,
    #[serde(default, deserialize_with = "optional")]
    scope: Option<String>,
    #[serde(default)]
    expires: Field<Moment>,
    #[serde(default)]
    install: Maybe<RawInstall>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawInstall {
    installed: Field<bool>,
    version: Field<String>,
    status: Field<String>,
    domain: Field<String>,
    member_id: Field<String>,
    client_endpoint: Field<String>,
}

impl<'de> Deserialize<'de> for TokenOwner {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<TokenOwner, D::Error> {
        let raw = RawOwner::deserialize(from)?;
        let install = raw.install.into_inner().unwrap_or_default();
        Ok(TokenOwner {
            client_id: raw.client_id,
            user_id: raw.user_id,
            scope: scopes(raw.scope),
            expires: *raw.expires,
            install: Install {
                installed: *install.installed,
                version: install.version.into_inner(),
                status: install.status.into_inner(),
                domain: install.domain.into_inner(),
                member_id: install.member_id.as_deref().and_then(MemberId::parse),
                client_endpoint: url(install.client_endpoint.into_inner()),
            },
        })
    }
}
