//! The least that a page could cost: a bare actix handler with as many Postgres round trips and outgoing calls as it is
//! told, and nothing else. `make bench` puts Handback's figures beside it.

use actix_web::{App, HttpResponse, HttpServer, web};
use sqlx::{Connection, PgConnection};
use std::{
    collections::HashMap,
    env,
    io::{Error, Result},
    sync::Mutex,
};
use tokio::sync::Semaphore;

/// As many as Handback has.
const CONNECTIONS: usize = 16;

struct Floor {
    /// Who has a place takes a connection that idles. No pool of sqlx's: it asks each before and after its use whether it
    /// lives, and one round trip would be three.
    places: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
    http: reqwest::Client,
    /// By name: a method of Bitrix24, and the form to post there.
    calls: HashMap<String, (String, String)>,
    /// As large as a queue page.
    answer: web::Bytes,
}

/// `pg` round trips one after the other, then these outgoing calls ("info.batch3"), then an answer.
#[derive(serde::Deserialize)]
struct Work {
    pg: u32,
    calls: String,
}

impl Floor {
    async fn round_trip(&self) -> Result<()> {
        let _place = self.places.acquire().await.map_err(Error::other)?;
        let taken = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut connection = taken.ok_or_else(|| Error::other("no connection idles"))?;
        let asked = sqlx::query_scalar::<_, i32>("select 1").fetch_one(&mut connection).await;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(connection);
        }
        asked.map(drop).map_err(Error::other)
    }

    async fn call(&self, name: &str) -> Result<()> {
        let (url, form) = self.calls.get(name).ok_or_else(|| Error::other("no such call"))?;
        let asked = self.http.post(url).body(form.clone());
        let asked = asked.header("Content-Type", "application/x-www-form-urlencoded");
        let answer = asked.send().await.map_err(Error::other)?;
        answer.bytes().await.map(drop).map_err(Error::other)
    }

    async fn work(&self, work: &Work) -> Result<()> {
        for _ in 0..work.pg {
            self.round_trip().await?;
        }
        for name in work.calls.split('.').filter(|name| !name.is_empty()) {
            self.call(name).await?;
        }
        Ok(())
    }
}

async fn bare(floor: web::Data<Floor>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body(floor.answer.clone())
}

async fn work(floor: web::Data<Floor>, work: web::Query<Work>, _posted: web::Bytes) -> HttpResponse {
    match floor.work(&work).await {
        Ok(()) => bare(floor).await,
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

#[actix_web::main]
async fn main() -> Result<()> {
    let setting = |name: &str| env::var(name).map_err(|_| Error::other(format!("{name} is not set")));
    let (database, mut idle) = (setting("DATABASE_URL")?, Vec::new());
    for _ in 0..CONNECTIONS {
        idle.push(PgConnection::connect(&database).await.map_err(Error::other)?);
    }
    let floor = web::Data::new(Floor {
        places: Semaphore::new(CONNECTIONS),
        idle: Mutex::new(idle),
        #[expect(clippy::disallowed_methods, reason = "a bare client is what the floor is about")]
        http: reqwest::Client::new(),
        calls: serde_json::from_str(&setting("FLOOR_CALLS")?).map_err(Error::other)?,
        answer: vec![b'.'; setting("FLOOR_BYTES")?.parse().map_err(Error::other)?].into(),
    });
    let routes = move || App::new().app_data(floor.clone()).route("/bare", web::to(bare)).route("/work", web::to(work));
    HttpServer::new(routes).workers(2).bind(setting("FLOOR_LISTEN")?)?.run().await
}
