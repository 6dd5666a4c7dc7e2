//! The figures, for people and for programs.

use crate::Way;
use crate::load::{Burst, Run};
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::fmt;

#[derive(Default, Serialize)]
pub struct Report {
    pub in_flight: usize,
    pub messages: usize,
    pub figures: Vec<Figures>,
}

/// One server on one database.
#[derive(Default, Serialize)]
pub struct Figures {
    pub stored: usize,
    pub cores: u32,
    pub start_ms: f64,
    pub idle_mb: f64,
    pub peak_mb: f64,
    pub database_mb: f64,
    pub flushes_per_second: f64,
    pub ways: Vec<Direction>,
}

/// Medians over the runs, column by column.
#[derive(Default, Serialize)]
pub struct Direction {
    pub way: &'static str,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub answer_p50_ms: f64,
    pub cpu_seconds_per_1000: f64,
    pub generator_share: f64,
    pub burst_accepted_per_second: f64,
    pub burst_delivered_per_second: f64,
}

impl Direction {
    pub fn new(way: Way, runs: Vec<Run>, burst: Burst) -> Self {
        let median = |of: fn(&Run) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        Self {
            way: if way == Way::TeamsToWhatsApp { "Teams to WhatsApp" } else { "WhatsApp to Teams" },
            per_second: median(|run| run.per_second),
            p50_ms: median(|run| run.p50),
            p95_ms: median(|run| run.p95),
            p99_ms: median(|run| run.p99),
            answer_p50_ms: median(|run| run.answer_p50),
            cpu_seconds_per_1000: median(|run| run.cpu_per_1000),
            generator_share: median(|run| run.generator),
            burst_accepted_per_second: burst.accepted,
            burst_delivered_per_second: burst.delivered,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut speed = table(&[
            "cores",
            "stored",
            "direction",
            "messages/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "200 after ms",
            "CPU s/1,000",
            "burst in/s",
            "burst out/s",
            "generator",
        ]);
        let mut size = table(&["cores", "stored", "start ms", "idle MB", "peak MB", "database MB", "fsync/s"]);
        for figures in &self.figures {
            for way in &figures.ways {
                speed.add_row(vec![
                    figures.cores.to_string(),
                    thousands(figures.stored as f64),
                    way.way.to_owned(),
                    thousands(way.per_second),
                    format!("{:.1}", way.p50_ms),
                    format!("{:.1}", way.p95_ms),
                    format!("{:.1}", way.p99_ms),
                    format!("{:.1}", way.answer_p50_ms),
                    format!("{:.3}", way.cpu_seconds_per_1000),
                    thousands(way.burst_accepted_per_second),
                    thousands(way.burst_delivered_per_second),
                    format!("{:.0} %", way.generator_share * 100.0),
                ]);
            }
            size.add_row(vec![
                figures.cores.to_string(),
                thousands(figures.stored as f64),
                format!("{:.0}", figures.start_ms),
                format!("{:.0}", figures.idle_mb),
                format!("{:.0}", figures.peak_mb),
                format!("{:.0}", figures.database_mb),
                thousands(figures.flushes_per_second),
            ]);
        }
        writeln!(
            f,
            "{} messages a run, {} in flight until they arrive, medians of three runs",
            thousands(self.messages as f64),
            self.in_flight
        )?;
        writeln!(f, "{speed}\n{size}")
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header.to_vec());
    for (at, name) in header.iter().enumerate() {
        if *name != "direction"
            && let Some(column) = table.column_mut(at)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
