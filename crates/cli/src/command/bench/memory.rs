//! Peak memory of this process (Linux).

/// Starts a new peak, from what the process has now.
pub fn reset_peak() {
    // Refused where /proc is not writable; the peak is then that of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Bytes that the process had at most since the last [`reset_peak`].
pub fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.unwrap_or(f64::NAN) * 1024.0
}
