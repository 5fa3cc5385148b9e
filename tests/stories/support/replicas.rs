//! What a story does to single replicas.

use super::Stack;
use std::process::Command;

impl Stack {
    /// A replica with further settings of its own; they win over the story's.
    pub async fn start_replica_with(&mut self, port: u16, env: &[(&'static str, String)]) {
        let before = self.wish.env.clone();
        self.wish.env.extend_from_slice(env);
        self.start_replica(port).await;
        self.wish.env = before;
    }

    /// Runs a subcommand of `handback` with the story's settings and these. Answers whether it ended well, and
    /// everything that it said.
    pub async fn command(&self, name: &str, env: &[(&'static str, String)]) -> (bool, String) {
        let mut command = self.handback(self.replicas[0].port);
        command.arg(name).envs(env.iter().cloned()).env("RUST_LOG", "info");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = [ran.stdout, ran.stderr].map(|text| String::from_utf8(text).unwrap()).join("");
        (ran.status.success(), said)
    }

    /// A replica dies, and so does what it had in its hands.
    pub fn kill(&mut self, nth: usize) {
        self.replicas[nth].child.kill().unwrap();
        self.replicas[nth].child.wait().unwrap();
    }

    /// Sends a replica a signal, such as `-STOP`.
    pub fn signal(&self, nth: usize, signal: &str) {
        let pid = self.replicas[nth].child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}
