//! A Postgres of a story's own, made of the same programs as the one that `TEST_DATABASE_URL` names: it can be stopped,
//! killed and started. It answers for what it acknowledged (`synchronous_commit` on).

use super::stack::{free_port, server_url, unique};
use sqlx::{Connection, PgConnection, Row};
use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    /// Postgres refuses root: whose the other cluster's data are.
    user: Option<(u32, u32)>,
    port: u16,
}

impl Cluster {
    pub async fn start() -> Self {
        let mut server = PgConnection::connect(&server_url()).await.unwrap();
        let sql = "select (select setting from pg_config where name = 'BINDIR'), current_setting('data_directory')";
        let row = sqlx::query(sql).fetch_one(&mut server).await.unwrap();
        let (bin, data): (String, String) = (row.get(0), row.get(1));
        let owner = std::fs::metadata(data).unwrap();
        let folder = std::env::temp_dir().join(format!("handback-cluster-{}", unique()));
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::chown(&folder, Some(owner.uid()), Some(owner.gid())).unwrap();
        let am_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
        let user = am_root.then(|| (owner.uid(), owner.gid()));
        let cluster = Self { bin: bin.into(), folder, user, port: free_port() };
        let data = cluster.data();
        cluster.run("initdb", &["-A", "trust", "-U", "postgres", "--no-sync", "-D", &data]);
        cluster.begin();
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub fn begin(&self) {
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off", self.port);
        let log = self.folder.join("log").display().to_string();
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
    }

    /// As a machine that goes down properly (`fast`), or a process that is killed (`immediate`).
    pub fn end(&self, how: &str) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", how, "stop"]);
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.bin.join(program);
        let mut command = match self.user {
            Some((uid, gid)) => {
                let mut command = Command::new("setpriv");
                command
                    .args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()])
                    .arg(path);
                command
            }
            None => Command::new(path),
        };
        let done = command.args(arguments).current_dir(Path::new("/")).stdout(std::process::Stdio::null()).status();
        assert!(done.unwrap().success(), "{program} {arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end("immediate");
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
