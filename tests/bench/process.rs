//! The server as a process: pinned, started, measured from `/proc`, stopped.

use crate::cast::Cast;
use anyhow::{Context, bail};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Of `/proc/PID/stat`; 100 on every Linux we know of.
const TICKS_PER_SECOND: f64 = 100.0;

pub struct Server {
    pub address: SocketAddr,
    pub start_ms: f64,
    child: Child,
}

impl Server {
    /// Starts it, on this core if one is given. `start_ms` is counted until `/healthz` answers.
    pub async fn start(binary: &Path, folder: &Path, store: &str, cast: &Cast, core: Option<&str>) -> anyhow::Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], fastrand::u16(15_000..32_000)));
        let config = cast.write_config(folder, address)?;
        let mut command = Command::new("taskset");
        // Said in either case: a child inherits where its parent is pinned to.
        command.args(["-c", core.unwrap_or("0,1")]).arg(binary);
        for key in
            ["WHATSAPP_NUMBER_PER_SECOND", "WHATSAPP_CLIENT_BURST", "TEAMS_CHAT_BURST", "TEAMS_CHAT_PER_SECOND", "TEAMS_TENANT_PER_SECOND"]
        {
            command.env(format!("SWITCHBOARD__LIMITS__{key}"), "100000");
        }
        command.env("SWITCHBOARD__STORE__URL", store);
        let log = std::fs::File::create(folder.join("log"))?;
        command.args(["serve", "--config"]).arg(config).current_dir(folder).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        let since = Instant::now();
        let mut child = command.spawn().context("taskset (util-linux) is needed to pin the server to a core")?;
        let address_of = format!("http://{address}/healthz");
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build()?;
        while http.get(&address_of).send().await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("the server ended: {status}\n{}", std::fs::read_to_string(folder.join("log"))?);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { address, start_ms: since.elapsed().as_secs_f64() * 1_000.0, child })
    }

    fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// User and system seconds so far.
    pub fn cpu(&self) -> anyhow::Result<f64> {
        cpu_of(&self.id().to_string())
    }

    /// Resident, after it has had time to settle.
    pub async fn idle_mb(&self) -> anyhow::Result<f64> {
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.memory("VmRSS:")
    }

    pub fn peak_mb(&self) -> anyhow::Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, key: &str) -> anyhow::Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(key)).context("/proc has no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1_024.0 / 1e6)
    }

    pub async fn stop(&mut self) -> anyhow::Result<()> {
        Command::new("kill").args(["-TERM", &self.id().to_string()]).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}

/// User and system seconds of a process (`self` too), without its children.
pub fn cpu_of(process: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name may hold spaces; the fields after it do not.
    let fields: Vec<&str> = text.rsplit_once(") ").context("/proc/PID/stat has another shape")?.1.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
}

/// Where this program may run from now on, all its threads.
pub fn pin_self(cores: &str) -> anyhow::Result<()> {
    let id = std::process::id().to_string();
    let status = std::process::Command::new("taskset").args(["-acp", cores, &id]).stdout(Stdio::null()).status();
    anyhow::ensure!(status.context("taskset (util-linux) is needed to pin processes to cores")?.success(), "cannot pin to core {cores}");
    Ok(())
}

/// 4 KiB appended and flushed, again and again for a second, beside the database.
pub fn flushes_per_second(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("probe");
    let mut file = std::fs::File::create(&path)?;
    let (since, mut flushes) = (Instant::now(), 0u32);
    while since.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        flushes += 1;
    }
    let rate = f64::from(flushes) / since.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
