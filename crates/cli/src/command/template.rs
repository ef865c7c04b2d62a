//! `lode template overlay|parts --output FILE`

use super::{Failure, Global};
use clap::{Args, ValueEnum};
use lode_catalogue::read::bill_of_materials;
use lode_catalogue::{Mistake, write_whole};
use lode_workbook::template;

/// Arguments of `lode template`.
#[derive(Args)]
pub struct Template {
    /// What is to be filled in
    #[arg(value_enum)]
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Values of your own for any record or assumption
    Overlay,
    /// Your own list of products, parts and materials
    Parts,
}

impl Template {
    /// Writes the file.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let Some(path) = &global.output else {
            return Err(Mistake::in_file("command line", "a template needs a file")
                .hint("add --output FILE.xlsx")
                .into());
        };
        let which = match self.what {
            What::Overlay => lode_workbook::Template::Overlay,
            What::Parts => lode_workbook::Template::Parts,
        };
        let shown = path.display().to_string();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let bytes = match (ending.as_str(), self.what) {
            ("xlsx", _) => template(global.opened(Vec::new())?.session()?, which)
                .map_err(|broken| Mistake::in_file(&shown, broken.to_string()))?,
            ("csv", What::Parts) => bill_of_materials::template().into_bytes(),
            ("csv", What::Overlay) => b"table,key,field,value,unit,reason\n".to_vec(),
            _ => return Err(Mistake::in_file(&shown, "is neither an .xlsx nor a .csv file").into()),
        };
        write_whole(path, &bytes)?;
        Ok(())
    }
}
