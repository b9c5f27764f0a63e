//! The programs of a run: each is started on a chosen core, its processor time is measured, and
//! it ends with the run, even if the run fails.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

/// The core of the server and the database.
pub const SERVER_CORE: &str = "0";
/// The core of the load.
pub const GENERATOR_CORE: &str = "1";

/// The processor time and the memory of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub cpu: Duration,
    /// The most memory that was resident since the start.
    pub peak_kib: u64,
}

/// A program of this run.
pub struct Program(Child);

impl Program {
    /// Starts the program on the server's core. If this process dies first, the kernel ends the
    /// program.
    pub fn start(command: &[&str], settings: &[(&str, String)]) -> anyhow::Result<Self> {
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "taskset", "-c", SERVER_CORE])
            .args(command)
            .envs(settings.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", command[0]))?;
        Ok(Self(child))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.0.kill().is_ok() {
            let _ = self.0.wait();
        }
    }
}

/// Pins a process with all its threads to a core.
pub fn pin(process: u32, core: &str) -> anyhow::Result<()> {
    let pinned = Command::new("taskset")
        .args(["-acp", core, &process.to_string()])
        .stdout(Stdio::null())
        .status()
        .context("taskset cannot be run")?;
    ensure!(pinned.success(), "process {process} cannot be pinned");
    Ok(())
}

/// The usage of a process since its start.
pub fn usage(process: u32) -> anyhow::Result<Usage> {
    let stat = Stat::read(process)?;
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(Usage {
        cpu: stat.cpu,
        peak_kib: peak.unwrap_or_default(),
    })
}

/// The parent of a process.
pub fn parent_of(process: u32) -> anyhow::Result<u32> {
    Ok(Stat::read(process)?.parent)
}

/// A process and its children: a PostgreSQL server.
pub fn family_of(process: u32) -> anyhow::Result<Vec<u32>> {
    let mut family = vec![process];
    for entry in std::fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|id| id.parse().ok()) else {
            continue;
        };
        if Stat::read(id).is_ok_and(|stat| stat.parent == process) {
            family.push(id);
        }
    }
    Ok(family)
}

/// The processor time of a process and its children. A child that has ended is not counted.
pub fn cpu_of_family(process: u32) -> anyhow::Result<Duration> {
    let family = family_of(process)?;
    let stats = family.into_iter().filter_map(|id| Stat::read(id).ok());
    Ok(stats.map(|stat| stat.cpu).sum())
}

/// How long a core has worked for all programs since the machine started.
pub fn busy(core: &str) -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("cpu{core} ")))
        .context("no such core")?;
    // user, nice, system, idle, iowait, irq, softirq, steal
    let ticks = line.split_whitespace().enumerate().take(8);
    let busy = ticks.filter(|(index, _)| !matches!(index, 3 | 4));
    let busy = busy.filter_map(|(_, ticks)| ticks.parse::<u64>().ok());
    Ok(Duration::from_millis(busy.sum::<u64>() * 10))
}

struct Stat {
    parent: u32,
    cpu: Duration,
}

impl Stat {
    fn read(process: u32) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        Self::parse(&text).with_context(|| format!("the state of process {process}"))
    }

    /// The name is in parentheses and can contain any character.
    fn parse(text: &str) -> Option<Self> {
        let (_, after_name) = text.rsplit_once(')')?;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            // A tick is 10 milliseconds on every Linux.
            cpu: Duration::from_millis((ticks(11)? + ticks(12)?) * 10),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_can_contain_anything() {
        let stat = Stat::parse("7 (a) b (c)) S 3 7 7 0 -1 4194560 1 0 0 0 25 17 0 0 20 0").unwrap();
        assert_eq!((stat.parent, stat.cpu), (3, Duration::from_millis(420)));
    }
}
