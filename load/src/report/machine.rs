//! The machine, as it is described in the report.

use anyhow::Context;

pub fn processor() -> anyhow::Result<String> {
    line_of("/proc/cpuinfo", "model name")
}

pub fn memory_gib() -> anyhow::Result<u64> {
    let kib = line_of("/proc/meminfo", "MemTotal")?;
    let kib: u64 = kib.trim_end_matches(" kB").parse()?;
    Ok(kib.div_ceil(1024 * 1024))
}

pub fn system() -> anyhow::Result<String> {
    line_of("/etc/os-release", "PRETTY_NAME")
}

/// The text after the colon in the first line that begins with a name.
fn line_of(file: &str, name: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once([':', '=']));
    Ok(value
        .map_or("unknown", |(_, value)| value.trim_matches(['"', ' ']))
        .to_owned())
}
