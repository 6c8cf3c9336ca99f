//! Stops a server and removes its folder when its owner is gone, even if that was killed.
//!
//! A shell waits at the end of a pipe that only the owner holds open. When the owner closes it, or the kernel does
//! because the owner was killed, the shell goes on to the stopping.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// `$1` is the file with the number of the process, `$2` the folder to remove (empty: keep). QUIT makes the server stop at once; its next
/// start recovers.
const SCRIPT: &str = r#"
cat >/dev/null
pid=$(head -n 1 "$1" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -CONT "$pid" 2>/dev/null
  kill -QUIT "$pid" 2>/dev/null
  n=0
  while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.05; done
  kill -KILL "$pid" 2>/dev/null
fi
if [ -n "$2" ]; then rm -rf "$2"; fi
"#;

/// The waiting shell. Dropped, it does its work before the drop returns.
pub(super) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Watches over the server whose process is written in `pid_file`; removes `remove` afterwards.
    pub(super) fn set(pid_file: &Path, remove: Option<&Path>) -> io::Result<Watchdog> {
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "tongjian-watchdog"])
            .arg(pid_file)
            .arg(remove.unwrap_or(Path::new("")))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Not in the terminal's group: an interrupt there must not take the watchdog away.
            .process_group(0)
            .spawn()?;
        Ok(Watchdog { shell })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nobody is left to hear of an error.
        let _ = self.shell.wait();
    }
}
