//! The least that a page could cost: a bare actix handler with as many Postgres round trips and outgoing calls as it is
//! told, and nothing else. `make bench` puts Handback's figures beside it.

use actix_web::{App, HttpResponse, HttpServer, web};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{collections::HashMap, env, io};

struct Floor {
    pool: PgPool,
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

async fn bare(floor: web::Data<Floor>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body(floor.answer.clone())
}

async fn work(floor: web::Data<Floor>, work: web::Query<Work>, _posted: web::Bytes) -> HttpResponse {
    let done = async {
        for _ in 0..work.pg {
            sqlx::query_scalar::<_, i32>("select 1").fetch_one(&floor.pool).await.map_err(io::Error::other)?;
        }
        for name in work.calls.split('.').filter(|name| !name.is_empty()) {
            let (url, form) = floor.calls.get(name).ok_or_else(|| io::Error::other("no such call"))?;
            let asked = floor.http.post(url).body(form.clone());
            let asked = asked.header("Content-Type", "application/x-www-form-urlencoded");
            let answer = asked.send().await.map_err(io::Error::other)?;
            answer.bytes().await.map_err(io::Error::other)?;
        }
        Ok::<_, io::Error>(())
    };
    match done.await {
        Ok(()) => bare(floor).await,
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let setting = |name: &str| env::var(name).map_err(|_| io::Error::other(format!("{name} is not set")));
    let pool = PgPoolOptions::new().max_connections(16).connect(&setting("DATABASE_URL")?).await;
    let size = setting("FLOOR_BYTES")?.parse().map_err(io::Error::other)?;
    let floor = web::Data::new(Floor {
        pool: pool.map_err(io::Error::other)?,
        #[expect(clippy::disallowed_methods, reason = "a bare client is what the floor is about")]
        http: reqwest::Client::new(),
        calls: serde_json::from_str(&setting("FLOOR_CALLS")?).map_err(io::Error::other)?,
        answer: vec![b'.'; size].into(),
    });
    let routes = move || App::new().app_data(floor.clone()).route("/bare", web::to(bare)).route("/work", web::to(work));
    HttpServer::new(routes).workers(2).bind(setting("FLOOR_LISTEN")?)?.run().await
}
