//! Where everything stands: two pages of A4, made smaller by a little until it fits.

use crate::font::{Fonts, Style};
use lode_study::brief::{Block, Brief, Language, Part, RangeRow, Ranges};

/// A4 in points.
pub const WIDTH: f64 = 595.28;
/// A4 in points.
pub const HEIGHT: f64 = 841.89;
const LEFT: f64 = 50.0;
const RIGHT: f64 = WIDTH - 50.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = HEIGHT - 48.0;
/// Pages of a brief.
const PAGES: usize = 2;
/// Sizes that are tried, the largest first.
const SCALES: [f64; 9] = [1.06, 1.0, 0.96, 0.92, 0.88, 0.85, 0.82, 0.79, 0.76];

/// Size of the text of a table.
const TABLE: f64 = 8.6;

/// Widths of the columns of a table, in parts of the page.
fn parts(columns: usize) -> &'static [f64] {
    match columns {
        2 => &[0.62, 0.38],
        3 => &[0.55, 0.12, 0.33],
        4 => &[0.42, 0.14, 0.24, 0.20],
        _ => &[1.0],
    }
}

/// Colours by their role; they differ in grey as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// Text.
    Black,
    /// Notes and axes.
    Grey,
    /// Hairlines.
    Line,
    /// Numbers.
    Blue,
    /// Bands.
    Band,
    /// Ground of open marks.
    White,
}

/// What is drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Mark {
    /// A line of text; `y` is its base line.
    Text { x: f64, y: f64, size: f64, style: Style, ink: Ink, text: String },
    /// A filled box.
    Box { x: f64, y: f64, width: f64, height: f64, ink: Ink },
    /// A dot, filled or open.
    Dot { x: f64, y: f64, radius: f64, open: bool },
    /// An arrow head to the right: it goes on beyond the axis.
    Arrow { x: f64, y: f64, size: f64 },
}

/// The marks of each page.
pub type Pages = Vec<Vec<Mark>>;

/// Lays a brief out: the largest size at which it fits two pages, else the smallest.
pub fn lay_out(fonts: &Fonts, brief: &Brief) -> Pages {
    let mut last = Vec::new();
    for scale in SCALES {
        last = Sheet::new(fonts, brief, scale).all();
        if last.len() <= PAGES {
            break;
        }
    }
    last
}

struct Sheet<'s> {
    fonts: &'s Fonts,
    brief: &'s Brief,
    scale: f64,
    pages: Pages,
    y: f64,
}

impl<'s> Sheet<'s> {
    fn new(fonts: &'s Fonts, brief: &'s Brief, scale: f64) -> Self {
        Self { fonts, brief, scale, pages: vec![Vec::new()], y: TOP }
    }

    fn is_japanese(&self) -> bool {
        self.brief.language == Language::Japanese
    }

    /// Distance of base lines, in parts of the size: Japanese needs more air.
    fn leading(&self) -> f64 {
        if self.is_japanese() { 1.5 } else { 1.3 }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn text(&mut self, x: f64, y: f64, size: f64, style: Style, ink: Ink, text: &str) {
        self.put(Mark::Text { x, y, size, style, ink, text: text.to_owned() });
    }

    fn right(&mut self, x: f64, y: f64, size: f64, style: Style, ink: Ink, text: &str) {
        let width = self.fonts.width(text, style, size);
        self.text(x - width, y, size, style, ink, text);
    }

    /// Sees that there is room, else turns the page.
    fn room(&mut self, height: f64) {
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn paragraph(&mut self, x: f64, width: f64, size: f64, style: Style, ink: Ink, text: &str) {
        let step = size * self.leading();
        for line in self.fonts.lines(text, style, size, width) {
            self.room(step);
            self.y += step;
            self.text(x, self.y - 0.28 * size, size, style, ink, &line);
        }
    }

    fn all(mut self) -> Pages {
        let s = self.scale;
        let title = 9.5 * s;
        self.y += title;
        let brief = self.brief;
        self.text(LEFT, self.y, title, Style::Strong, Ink::Blue, &brief.title);
        self.right(RIGHT, self.y, 8.0 * s, Style::Text, Ink::Grey, &brief.line);
        self.y += 5.0 * s;
        self.put(Mark::Box { x: LEFT, y: self.y, width: RIGHT - LEFT, height: 1.2, ink: Ink::Black });
        self.y += 6.0 * s;
        let size = if self.is_japanese() { 14.0 } else { 16.0 } * s;
        self.paragraph(LEFT, RIGHT - LEFT, size, Style::Headline, Ink::Black, &brief.headline);
        self.y += 6.0 * s;
        for part in &brief.parts {
            self.part(part);
        }
        self.sources();
        let count = self.pages.len();
        for (at, page) in self.pages.iter_mut().enumerate() {
            let y = HEIGHT - 28.0;
            page.push(Mark::Box { x: LEFT, y: y - 11.0, width: RIGHT - LEFT, height: 0.4, ink: Ink::Line });
            let foot = |x, text| Mark::Text { x, y, size: 7.0, style: Style::Text, ink: Ink::Grey, text };
            page.push(foot(LEFT, brief.foot.clone()));
            let number = format!("{} / {count}", at + 1);
            let width = self.fonts.width(&number, Style::Text, 7.0);
            page.push(foot(RIGHT - width, number));
        }
        self.pages
    }

    fn heading(&mut self, title: &str, follows: f64) {
        let s = self.scale;
        self.y += 7.0 * s;
        // A title never stands alone at the foot of a page.
        self.room(24.0 * s + follows);
        self.y += 11.0 * s;
        self.text(LEFT, self.y, 11.0 * s, Style::Strong, Ink::Black, title);
        self.y += 3.5 * s;
    }

    fn part(&mut self, part: &Part) {
        let s = self.scale;
        // The first lines of what follows stay with their title.
        let follows = match part.blocks.first() {
            Some(Block::Ranges(ranges)) => 14.0 * s * self.leading() * (ranges.rows.len() as f64 + 2.0),
            // A table is not torn where it could stand on one page.
            Some(Block::Table { headings, rows }) => self.table_height(headings.len(), rows),
            _ => 24.0 * s,
        };
        self.heading(&part.title, follows.min(0.45 * (BOTTOM - TOP)));
        for block in &part.blocks {
            match block {
                Block::Paragraph(text) => {
                    self.paragraph(LEFT, RIGHT - LEFT, 8.6 * s, Style::Text, Ink::Grey, text);
                    self.y += 1.0 * s;
                }
                Block::List(lines) => self.list(lines),
                Block::Ranges(ranges) => self.ranges(ranges),
                Block::Table { headings, rows } => self.table(headings, rows),
            }
        }
    }

    fn list(&mut self, lines: &[String]) {
        let s = self.scale;
        let size = 9.0 * s;
        for line in lines {
            let first = self.pages.len();
            let before = self.y;
            self.room(size * self.leading());
            let top = if self.pages.len() > first { TOP } else { before };
            self.put(Mark::Box {
                x: LEFT + 1.0,
                y: top + 0.78 * size * self.leading() - 0.28 * size,
                width: 3.2 * s,
                height: 0.9,
                ink: Ink::Blue,
            });
            self.paragraph(LEFT + 9.0 * s, RIGHT - LEFT - 9.0 * s, size, Style::Text, Ink::Black, line);
            self.y += 1.4 * s;
        }
    }

    fn ranges(&mut self, ranges: &Ranges) {
        let s = self.scale;
        let size = 8.8 * s;
        let step = size * self.leading();
        let width = RIGHT - LEFT;
        let (label_width, chart_left, chart_right) = (0.44 * width, LEFT + 0.46 * width, LEFT + 0.76 * width);
        let labels: Vec<Vec<String>> =
            ranges.rows.iter().map(|row| self.fonts.lines(&row.label, Style::Text, size, label_width)).collect();
        let texts: Vec<Vec<String>> = ranges
            .rows
            .iter()
            .map(|row| self.fonts.lines(&row.text, Style::Strong, size, RIGHT - chart_right - 10.0 * s))
            .collect();
        let heights: Vec<f64> = labels
            .iter()
            .zip(&texts)
            .map(|(label, text)| step * label.len().max(text.len()) as f64 + 0.6 * s)
            .collect();
        let head = 7.6 * s;
        let whole = heights.iter().sum::<f64>() + head * 3.4;
        self.room(whole.min(BOTTOM - TOP));
        self.y += head * 1.4;
        let title = self.fonts.lines(&ranges.headings.0, Style::Text, head, chart_right - LEFT);
        self.text(LEFT, self.y, head, Style::Text, Ink::Grey, title.first().map_or("", String::as_str));
        self.right(RIGHT, self.y, head, Style::Text, Ink::Grey, &ranges.headings.1);
        self.y += 2.5 * s;
        self.put(Mark::Box { x: LEFT, y: self.y, width, height: 0.4, ink: Ink::Line });
        self.y += 1.0 * s;
        let place = |value: f64| {
            let (from, to) = ranges.axis;
            chart_left + (chart_right - chart_left) * ((value - from) / (to - from)).clamp(0.0, 1.0)
        };
        let top = self.y;
        for (tick, _) in &ranges.ticks {
            let height = heights.iter().sum::<f64>() + 1.5 * s;
            self.put(Mark::Box { x: place(*tick) - 0.2, y: top, width: 0.4, height, ink: Ink::Line });
        }
        for ((row, label), (text, height)) in ranges.rows.iter().zip(&labels).zip(texts.iter().zip(&heights)) {
            for (at, line) in label.iter().enumerate() {
                let y = self.y + step * (at as f64 + 1.0) - 0.28 * size;
                self.text(LEFT, y, size, Style::Text, Ink::Black, line);
            }
            for (at, line) in text.iter().enumerate() {
                let y = self.y + step * (at as f64 + 1.0) - 0.28 * size;
                self.right(RIGHT, y, size, Style::Strong, Ink::Black, line);
            }
            self.range(row, ranges.axis, self.y + 0.5 * step, place);
            self.y += height;
        }
        self.y += 1.5 * s;
        let small = 7.0 * s;
        for (tick, text) in &ranges.ticks {
            let wide = self.fonts.width(text, Style::Text, small);
            // The last mark of shares carries the sign: its digits stand under the line.
            let shift = if text.ends_with('%') {
                self.fonts.width(text.trim_end_matches([' ', '%']), Style::Text, small) / 2.0
            } else {
                wide / 2.0
            };
            self.text(place(*tick) - shift, self.y + small, small, Style::Text, Ink::Grey, text);
        }
        self.y += small * 1.5;
        if !ranges.note.is_empty() {
            self.paragraph(LEFT, width, 7.6 * s, Style::Text, Ink::Grey, &ranges.note);
        }
    }

    fn range(&mut self, row: &RangeRow, axis: (f64, f64), y: f64, place: impl Fn(f64) -> f64) {
        let s = self.scale;
        let thick = 3.6 * s;
        if let (Some(low), Some(high)) = (row.low, row.high)
            && low < high
        {
            let (from, to) = (place(low), place(high));
            self.put(Mark::Box {
                x: from,
                y: y - thick / 2.0,
                width: (to - from).max(0.8),
                height: thick,
                ink: Ink::Band,
            });
            if high > axis.1 {
                self.put(Mark::Arrow { x: to, y, size: 1.1 * thick });
            }
        }
        if let Some(middle) = row.middle.filter(|middle| *middle <= axis.1) {
            self.put(Mark::Dot { x: place(middle), y, radius: 2.5 * s, open: row.published });
        }
    }

    /// Headings of a table; they stand again where it goes on over the page.
    fn table_head(&mut self, headings: &[String], lefts: &[f64], head: f64) {
        self.y += head * 1.4;
        let last = lefts.len() - 1;
        for (at, heading) in headings.iter().take(lefts.len()).enumerate() {
            if at == last && at > 0 {
                self.right(RIGHT, self.y, head, Style::Text, Ink::Grey, heading);
            } else {
                self.text(lefts[at], self.y, head, Style::Text, Ink::Grey, heading);
            }
        }
        self.y += 2.5 * self.scale;
        self.put(Mark::Box { x: LEFT, y: self.y, width: RIGHT - LEFT, height: 0.4, ink: Ink::Line });
    }

    /// The lines of each cell of a row.
    fn cells(&self, row: &[String], parts: &[f64]) -> Vec<Vec<String>> {
        let (s, last) = (self.scale, parts.len() - 1);
        let cell = |(at, (cell, part)): (usize, (&String, &f64))| {
            let style = if at == last { Style::Strong } else { Style::Text };
            self.fonts.lines(cell, style, TABLE * s, part * (RIGHT - LEFT) - 8.0 * s)
        };
        row.iter().zip(parts).enumerate().map(cell).collect()
    }

    fn row_height(&self, cells: &[Vec<String>]) -> f64 {
        let step = TABLE * self.scale * self.leading();
        step * cells.iter().map(Vec::len).max().unwrap_or(1) as f64 + 2.0 * self.scale
    }

    fn table_height(&self, columns: usize, rows: &[Vec<String>]) -> f64 {
        let rows: f64 = rows.iter().map(|row| self.row_height(&self.cells(row, parts(columns)))).sum();
        rows + 18.0 * self.scale
    }

    fn table(&mut self, headings: &[String], rows: &[Vec<String>]) {
        let s = self.scale;
        let (size, head) = (TABLE * s, 7.6 * s);
        let step = size * self.leading();
        let width = RIGHT - LEFT;
        let parts = parts(headings.len());
        let lefts: Vec<f64> = parts
            .iter()
            .scan(LEFT, |x, part| {
                let at = *x;
                *x += part * width;
                Some(at)
            })
            .collect();
        self.room(head * 2.0 + step * 3.0);
        let last = parts.len() - 1;
        self.table_head(headings, &lefts, head);
        for row in rows {
            let cells = self.cells(row, parts);
            let height = self.row_height(&cells);
            let page = self.pages.len();
            self.room(height);
            if self.pages.len() > page {
                self.table_head(headings, &lefts, head);
            }
            for (column, cell) in cells.iter().enumerate() {
                for (at, line) in cell.iter().enumerate() {
                    let y = self.y + 1.0 * s + step * (at as f64 + 1.0) - 0.28 * size;
                    if column == last && column > 0 {
                        self.right(RIGHT, y, size, Style::Strong, Ink::Black, line);
                    } else {
                        self.text(lefts[column], y, size, Style::Text, Ink::Black, line);
                    }
                }
            }
            self.y += height;
            self.put(Mark::Box { x: LEFT, y: self.y, width, height: 0.3, ink: Ink::Line });
        }
        self.y += 3.0 * s;
    }

    /// Two columns of small print; they may go on over the page.
    fn sources(&mut self) {
        let s = self.scale;
        let size = 6.6 * s;
        let step = size * if self.is_japanese() { 1.36 } else { 1.24 };
        let gap = 16.0;
        let width = (RIGHT - LEFT - gap) / 2.0;
        let brief = self.brief;
        let number = self.fonts.width("00 ", Style::Text, size);
        let blocks: Vec<Vec<String>> =
            brief.sources.iter().map(|source| self.fonts.lines(source, Style::Text, size, width - number)).collect();
        let total: usize = blocks.iter().map(Vec::len).sum();
        self.heading(&brief.sources_title, step * (total as f64 / 2.0).min(6.0));
        let half = total.div_ceil(2);
        let height = step * (half as f64 + 1.0);
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        let top = self.y;
        let (mut column, mut used) = (0, 0_usize);
        for (at, lines) in blocks.iter().enumerate() {
            if column == 0 && used >= half {
                (column, used) = (1, 0);
            }
            let x = LEFT + f64::from(column) * (width + gap);
            for (index, line) in lines.iter().enumerate() {
                let y = top + step * (used + index + 1) as f64;
                if index == 0 && at < 99 {
                    self.text(x, y, size, Style::Text, Ink::Grey, &(at + 1).to_string());
                }
                self.text(x + number, y, size, Style::Text, Ink::Grey, line);
            }
            used += lines.len();
        }
        self.y = top + height;
    }
}
