//! What a program takes: time, processor, memory; and how it is printed.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Wall time and CPU of one thing done once, and the most memory it held.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// KiB.
    pub(crate) peak: u64,
}

/// Runs a program: its wall time, the CPU it and its own children took, and its peak of memory.
pub(crate) fn cost(command: &mut Command) -> Cost {
    let before = children();
    let started = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program runs");
    let (status, peak) = watched(&mut child);
    let wall = started.elapsed();
    assert!(matches!(status.code(), Some(0 | 3)), "{command:?} ended with {status}");
    Cost { wall, cpu: children() - before, peak }
}

/// Waits for a program and looks at its peak of memory meanwhile, fifty times a second.
fn watched(child: &mut std::process::Child) -> (std::process::ExitStatus, u64) {
    let file = format!("/proc/{}/status", child.id());
    let peak = AtomicU64::new(0);
    let (ended, end) = channel::<()>();
    let (held, file) = (&peak, &file);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while end.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
                let status = std::fs::read_to_string(file).unwrap_or_default();
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
                held.fetch_max(kib.unwrap_or(0), Ordering::Relaxed);
            }
        });
        let status = child.wait().expect("the program ends");
        drop(ended);
        status
    });
    (child.wait().expect("it has ended"), peak.into_inner())
}

/// CPU of children waited for, in ticks of 10 ms.
fn children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after = stat.rsplit(')').next().unwrap_or("");
    let fields: Vec<u64> = after.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields.get(13).unwrap_or(&0) + fields.get(14).unwrap_or(&0)) * 10)
}

/// The one in the middle by wall time.
pub(crate) fn median(rounds: usize, mut once: impl FnMut() -> Cost) -> Cost {
    middle((0..rounds.max(1)).map(|_| once()).collect())
}

/// The medians of two, done in turn: what else a machine does in a slow minute weighs on both.
pub(crate) fn in_turn(
    rounds: usize,
    mut one: impl FnMut() -> Cost,
    mut other: impl FnMut() -> Cost,
) -> (Cost, Cost) {
    let (ones, others) = (0..rounds.max(1)).map(|_| (one(), other())).unzip();
    (middle(ones), middle(others))
}

fn middle(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.wall);
    costs[costs.len() / 2]
}

/// Prints a row; with a floor, how many times as fast the floor is.
#[expect(clippy::print_stdout, reason = "the report")]
pub(crate) fn line(what: &str, cost: Cost, rows: f64, floor: Option<Cost>) {
    let wall = cost.wall.as_secs_f64();
    let ratio = floor
        .map(|floor| format!("  {:.2} × its floor", floor.wall.as_secs_f64() / wall))
        .unwrap_or_default();
    println!(
        "{what:42} {wall:7.2} s  {:>9.0} rows/s  {:6.2} CPU-s  {:5.1} µs CPU/row  {:4} MiB{ratio}",
        rows / wall,
        cost.cpu.as_secs_f64(),
        cost.cpu.as_secs_f64() * 1e6 / rows,
        cost.peak / 1024,
    );
}

/// Prints a remark.
#[expect(clippy::print_stdout, reason = "the report")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Prints on what machine this was.
pub(crate) fn machine() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let n = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    say(&format!("{n} × {}; load before: {}", model.unwrap_or("unknown"), load.trim()));
}
