//! The built program against a simulated tenant, with a home of its own.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;
use std::process::Stdio;

use tenantry::sim::{Options, Server};
use tokio::process::Command;

use crate::simulated::LOOPBACK;

/// A tenant and a home.
pub struct Program {
    pub server: Server,
    pub home: tempfile::TempDir,
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub messages: String,
}

impl Program {
    pub async fn on(options: Options) -> Program {
        Program { server: Server::start(options, LOOPBACK).await.unwrap(), home: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command.env_clear().current_dir(self.home.path()).env("HOME", self.home.path());
        command.env("TENANTRY_TOKEN", "any").arg("--graph-url").arg(self.server.base_url());
        command.args(["--write-rate", "100"]).args(words.split(' ').filter(|w| !w.is_empty()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs the program; a word may not contain a blank.
    pub async fn run(&self, words: &str) -> Ended {
        self.run_with(words, &[]).await
    }

    /// With further arguments, which may.
    pub async fn run_with(&self, words: &str, more: &[&str]) -> Ended {
        let output = self.command(words).args(more).output().await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, messages) = (text(&output.stdout), text(&output.stderr));
        Ended { code: output.status.code().unwrap_or(-1), out, messages }
    }

    /// [`Program::run`], which must end with this code.
    pub async fn expect(&self, code: i32, words: &str) -> Ended {
        let ended = self.run(words).await;
        assert_eq!(ended.code, code, "{words}\n{}\n{}", ended.out, ended.messages);
        ended
    }

    /// Requests that changed something.
    pub fn writes(&self) -> usize {
        self.server.requests().iter().filter(|r| r.method != "GET").count()
    }

    /// The names of the runs, the latest first.
    pub async fn runs(&self) -> Vec<String> {
        let listed = self.expect(0, "runs list").await;
        listed.out.lines().skip(1).filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
    }
}
