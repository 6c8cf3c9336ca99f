//! The program running beside a test: what it says is read as it comes, it never outlives the test.
//!
//! Must never know what the program does.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The longest a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A program that was started. Killed when dropped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
    status: Option<ExitStatus>,
}

impl Running {
    /// Takes over a program whose outputs are pipes.
    pub fn new(mut child: Child) -> Running {
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            read_lines(stdout, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            read_lines(stderr, sender);
        }
        Running { child, lines, said: Vec::new(), status: None }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that holds `words`.
    pub fn line(&mut self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(_) => panic!("no line with `{words}`; the program said:\n{}", self.said.join("\n")),
            }
        }
    }

    /// Waits until it ends, so long at most. Whether it did.
    pub fn ends_within(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Timeout) => return false,
                // Both outputs are closed: it has ended, or is about to.
                Err(RecvTimeoutError::Disconnected) => {
                    self.status = self.child.wait().ok();
                    return true;
                }
            }
        }
    }

    /// Waits until it ends: how, and all it said.
    pub fn ended(mut self) -> (ExitStatus, String) {
        assert!(self.ends_within(PATIENCE), "still running; it said:\n{}", self.said.join("\n"));
        (self.status.expect("it has ended"), self.said.join("\n"))
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
    }

    /// Sends a signal by name, as `INT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot send {name}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(from: impl Read + Send + 'static, to: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}
