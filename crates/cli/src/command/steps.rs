//! `lode steps PRODUCT`

use super::{Failure, Global};
use clap::Args;
use lode_study::exposure::{Processes, drawing, graph_json};
use lode_study::{Question, question};
use std::path::PathBuf;

/// Arguments of `lode steps`.
#[derive(Args)]
pub struct Steps {
    /// Product or family, e.g. semiconductor, logic, traction-motor (`lode exposure --list` shows all)
    product: String,
    /// Also draw the graph: a file that ends in .svg (one page) or .json (nodes and links)
    #[arg(long, value_name = "FILE")]
    draw: Option<PathBuf>,
    /// Package with an industry of your own, read beside the built-in one (see `lode package pack`)
    #[arg(long, value_name = "PATH")]
    industry: Vec<PathBuf>,
    /// Lines drawn for the days until a step halts
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    replicates: u64,
    /// Names the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Steps {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let opened = global.opened(self.industry.clone())?;
        if let Some(path) = &self.draw {
            let processes = opened.processes()?;
            draw(processes, &processes.products(&self.product)?, path)?;
        }
        global.ask_of(&opened, &self.question(), 0)
    }

    /// What is asked.
    pub fn question(self) -> Question {
        Question::Steps(question::Steps { product: self.product, replicates: self.replicates, seed: self.seed })
    }
}

/// Writes the drawing or its data, as the name of the file asks.
pub(super) fn draw(processes: &Processes, products: &[usize], path: &std::path::Path) -> Result<(), Failure> {
    let ending = path.extension().map_or(String::new(), |ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_str() {
        "svg" => drawing(processes, products).into_bytes(),
        "json" => graph_json(processes, products).into_bytes(),
        _ => {
            return Err(lode_catalogue::Mistake::in_file(
                &path.display().to_string(),
                "is neither an .svg nor a .json file",
            )
            .hint("end the name in .svg for a drawing, in .json for nodes and links")
            .into());
        }
    };
    lode_catalogue::write_whole(path, &bytes)?;
    Ok(())
}
