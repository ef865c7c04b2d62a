//! Fans over time as SVG: bands of futures with their median, what was observed, and what happened when. Small panels on one
//! sheet. The text is written by hand: the same input gives the same bytes, and what is on screen is what is exported.

use std::fmt::Write;

/// How an axis counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// From zero.
    Linear,
    /// In factors, for prices only.
    Logarithmic,
}

/// What a fan shows, and so its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Amounts and cover.
    Amount,
    /// Prices.
    Price,
    /// What is lost.
    Loss,
}

impl Tone {
    /// Colour of the outer band, of the inner band, and of the median.
    fn colours(self) -> [&'static str; 3] {
        match self {
            Self::Amount => ["#D9E2EE", "#A9BDD8", "#1F4F8F"],
            Self::Price => ["#F1E6CF", "#DDC491", "#7A4F06"],
            Self::Loss => ["#F4DCD7", "#E0A99D", "#9E2B16"],
        }
    }
}

/// A panel: one quantity over time.
#[derive(Clone, PartialEq, Debug)]
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// Unit, in grey beside the title.
    pub unit: String,
    /// Scale of the upright axis.
    pub scale: Scale,
    /// What is shown.
    pub tone: Tone,
    /// Time in months since the year 0 (January of the year 0 begins at 0), and 10, 25, 50, 75 and 90 % of the futures.
    pub fan: Vec<(f64, [f64; 5])>,
    /// What was observed: time and value. Not joined: there are few of them.
    pub observed: Vec<(f64, f64)>,
    /// What happened.
    pub events: Vec<Event>,
    /// A level to compare with, e.g. that of before.
    pub level: Option<f64>,
}

/// What happened: a day, or a while.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// When it began.
    pub from: f64,
    /// When it ended, if it is shown as a while.
    pub to: Option<f64>,
    /// A word or two.
    pub name: String,
}

/// Words of the legend.
#[derive(Clone, PartialEq, Debug)]
pub struct Words {
    /// Median of the futures.
    pub median: String,
    /// Their middle half.
    pub band_50: String,
    /// From 10 to 90 %.
    pub band_80: String,
    /// Observed, within the outer band.
    pub observed: String,
    /// Observed, outside it.
    pub outside: String,
    /// The level to compare with.
    pub level: String,
}

impl Words {
    /// In English.
    pub fn english() -> Self {
        Self {
            median: "median".into(),
            band_50: "50 % of futures".into(),
            band_80: "80 %".into(),
            observed: "observed".into(),
            outside: "observed, outside the 80 % band".into(),
            level: "no change".into(),
        }
    }
}

/// A sheet of panels.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    /// What it answers.
    pub title: String,
    /// A line under it.
    pub subtitle: String,
    /// Words of the legend.
    pub words: Words,
    /// Panels, row by row.
    pub panels: Vec<Panel>,
    /// Panels in a row.
    pub columns: usize,
    /// Lines at the foot: sources, what to mistrust.
    pub notes: Vec<String>,
}

const INK: &str = "#1B2127";
const INK_2: &str = "#434D57";
const INK_3: &str = "#5E6973";
const LINE: &str = "#D6DCE0";
const LINE_2: &str = "#E8ECEE";
const PANEL: [f64; 2] = [316.0, 250.0];
/// Between the left edge of a panel and its axis.
const AXIS: f64 = 38.0;
/// Between its axis and the right edge.
const EDGE: f64 = 8.0;
/// Height of a line of names of events.
const EVENT_LINE: f64 = 14.0;
const MARGIN: f64 = 24.0;
const GAP: f64 = 20.0;

/// Text for SVG.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A coordinate.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".into(),
        Some(whole) => whole.into(),
        None => text,
    }
}

/// A number on an axis.
fn tick(value: f64) -> String {
    let text = if value.abs() >= 10.0 || value == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    if digits.len() < 5 || digits.contains('.') {
        return text;
    }
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

/// About how wide a text is, in parts of its size.
fn width(text: &str) -> f64 {
    text.chars().map(|letter| if letter as u32 > 0x2E80 { 1.0 } else { 0.56 }).sum()
}

/// The next round step.
fn round_step(rough: f64) -> f64 {
    let power = libm::exp10(libm::floor(libm::log10(rough)));
    let steps = [1.0, 2.0, 2.5, 5.0].map(|part| part * power);
    steps.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(10.0 * power)
}

/// Round numbers from zero to beyond a largest value.
fn linear_ticks(largest: f64) -> Vec<f64> {
    let step = round_step(largest / 4.0);
    let mut ticks = vec![0.0];
    while ticks[ticks.len() - 1] < largest * 0.999 {
        ticks.push(step * ticks.len() as f64);
    }
    ticks
}

/// Round numbers around a range: 1, 2 and 5 of each power of ten, only powers where there would be many, even steps where
/// there would be few.
fn logarithmic_ticks(smallest: f64, largest: f64) -> Vec<f64> {
    if largest / smallest < 2.5 {
        let step = round_step((largest - smallest) / 4.0);
        let from = libm::floor(smallest / step + 1e-9) as i32;
        let to = (libm::ceil(largest / step - 1e-9) as i32).max(from + 1);
        return (from.max(1)..=to).map(|count| f64::from(count) * step).collect();
    }
    let first = libm::floor(libm::log10(smallest) + 1e-9) as i32;
    let last = libm::ceil(libm::log10(largest) - 1e-9) as i32;
    let parts: &[f64] = match largest / smallest {
        range if range > 160.0 => &[1.0],
        range if range > 5.0 => &[1.0, 2.0, 5.0],
        _ => &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    };
    let all: Vec<f64> =
        (first..=last).flat_map(|power| parts.iter().map(move |part| part * libm::exp10(f64::from(power)))).collect();
    let from = all.iter().rposition(|tick| *tick <= smallest * 1.001).unwrap_or(0);
    let to = all.iter().position(|tick| *tick >= largest * 0.999).unwrap_or(all.len() - 1);
    all[from..=to].to_vec()
}

/// Where months and years stand on an axis of time, and their labels.
fn time_ticks(first: f64, last: f64) -> Vec<(f64, String)> {
    let span = last - first;
    let step = match span {
        span if span <= 8.0 => 2,
        span if span <= 13.0 => 3,
        span if span <= 18.0 => 4,
        span if span <= 30.0 => 6,
        span if span <= 96.0 => 12,
        span if span <= 240.0 => 24,
        _ => 60,
    };
    let mut month = libm::ceil(first / f64::from(step) - 1e-9) as i32 * step;
    let mut ticks = Vec::new();
    while f64::from(month) <= last + 1e-9 {
        let year = month.div_euclid(12);
        let label = if step >= 12 { year.to_string() } else { format!("{year}-{:02}", month.rem_euclid(12) + 1) };
        ticks.push((f64::from(month), label));
        month += step;
    }
    ticks
}

/// A frame: where values stand on the sheet.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    time: [f64; 2],
    values: [f64; 2],
    scale: Scale,
}

impl Frame {
    fn x(&self, time: f64) -> f64 {
        self.left + (self.right - self.left) * (time - self.time[0]) / (self.time[1] - self.time[0])
    }

    fn y(&self, value: f64) -> f64 {
        let [low, high] = self.values;
        let part = match self.scale {
            Scale::Linear => (value - low) / (high - low),
            Scale::Logarithmic => libm::log(value.max(low) / low) / libm::log(high / low),
        };
        self.bottom - (self.bottom - self.top) * part.clamp(0.0, 1.0)
    }
}

impl Panel {
    /// Time and values that the panel must hold.
    fn extent(&self) -> ([f64; 2], [f64; 2]) {
        let times = self
            .fan
            .iter()
            .map(|(time, _)| *time)
            .chain(self.observed.iter().map(|(time, _)| *time))
            .chain(self.events.iter().map(|event| event.from));
        let (first, last) = times.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), time| (a.min(time), b.max(time)));
        let values = self
            .fan
            .iter()
            .flat_map(|(_, band)| *band)
            .chain(self.observed.iter().map(|(_, value)| *value))
            .chain(self.level)
            .filter(|value| value.is_finite() && (self.scale == Scale::Linear || *value > 0.0));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        let time = if first < last { [first, last] } else { [first - 1.0, first + 1.0] };
        (time, if low <= high { [low, high] } else { [1.0, 1.0] })
    }

    fn draw(&self, svg: &mut String, left: f64, top: f64, words: &Words) -> std::fmt::Result {
        let (time, [low, high]) = self.extent();
        if !time[0].is_finite() {
            return Ok(());
        }
        let ticks = match self.scale {
            Scale::Linear => linear_ticks(if high > 0.0 { high } else { 1.0 }),
            Scale::Logarithmic => logarithmic_ticks(low, if high > low { high } else { 1.01 * low }),
        };
        // Events have their names above the panel, beside the unit where there is room.
        let event_lines = self.event_lines(time);
        let lines = event_lines.iter().map(|(line, _)| line + 1).max().unwrap_or(0);
        let frame = Frame {
            left: left + AXIS,
            right: left + PANEL[0] - EDGE,
            top: top + 40.0 + EVENT_LINE * lines as f64,
            bottom: top + PANEL[1] - 24.0,
            time,
            values: [ticks[0], ticks[ticks.len() - 1]],
            scale: self.scale,
        };
        writeln!(
            svg,
            "<g role=\"img\" aria-label=\"{}\"><text x=\"{x}\" y=\"{}\" font-size=\"14.5\" font-weight=\"650\" fill=\"{INK}\">{}</text>\
             <text x=\"{x}\" y=\"{}\" font-size=\"12.5\" fill=\"{INK_3}\">{}</text>",
            escaped(&self.summary(words)),
            at(top + 12.0),
            escaped(&self.title),
            at(top + 29.0),
            escaped(&self.unit),
            x = at(left)
        )?;
        for event in &self.events {
            if let Some(to) = event.to {
                let (from, to) = (frame.x(event.from), frame.x(to.min(time[1])));
                writeln!(
                    svg,
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#EEF0F2\"/>",
                    at(from),
                    at(frame.top),
                    at((to - from).max(1.0)),
                    at(frame.bottom - frame.top)
                )?;
            }
        }
        for value in &ticks {
            let y = frame.y(*value);
            let stroke = if *value == ticks[0] { LINE } else { LINE_2 };
            writeln!(
                svg,
                "<path d=\"M{} {}H{}\" stroke=\"{stroke}\"/><text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{INK_3}\" \
                 text-anchor=\"end\">{}</text>",
                at(frame.left),
                at(y),
                at(frame.right),
                at(frame.left - 6.0),
                at(y + 4.0),
                tick(*value)
            )?;
        }
        let mut free = frame.left - 40.0;
        for (month, label) in time_ticks(time[0], time[1]) {
            let (x, half) = (frame.x(month), width(&label) * 6.0);
            let anchored = x.max(left + half).min(left + PANEL[0] - half);
            if anchored - half < free {
                continue;
            }
            free = anchored + half + 6.0;
            writeln!(
                svg,
                "<path d=\"M{x} {y}v4\" stroke=\"{INK_3}\"/><text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{INK_3}\" \
                 text-anchor=\"middle\">{label}</text>",
                at(anchored),
                at(frame.bottom + 17.0),
                x = at(x),
                y = at(frame.bottom)
            )?;
        }
        let [outer, inner, median] = self.tone.colours();
        self.band(svg, &frame, 0, 4, outer)?;
        self.band(svg, &frame, 1, 3, inner)?;
        if let Some(value) = self.level {
            writeln!(
                svg,
                "<path d=\"M{} {}H{}\" stroke=\"{INK_2}\" stroke-dasharray=\"1 3\"/>",
                at(frame.left),
                at(frame.y(value)),
                at(frame.right)
            )?;
        }
        for (event, (line, anchor)) in self.events.iter().zip(&event_lines) {
            let (x, y) = (frame.x(event.from), frame.top - EVENT_LINE * *line as f64 - 5.0);
            writeln!(
                svg,
                "<path d=\"M{} {}V{}\" stroke=\"{INK_2}\"/><text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{INK_2}\" \
                 text-anchor=\"{anchor}\">{}</text>",
                at(x),
                at(y - 9.0),
                at(frame.bottom),
                at(if *anchor == "end" { x - 4.0 } else { x + 4.0 }),
                at(y),
                escaped(&event.name)
            )?;
        }
        if !self.fan.is_empty() {
            write!(
                svg,
                "<path fill=\"none\" stroke=\"{median}\" stroke-width=\"2\" stroke-dasharray=\"5 3\" stroke-linejoin=\"round\" d=\""
            )?;
            for (index, (moment, band)) in self.fan.iter().enumerate() {
                write!(svg, "{}{} {}", if index == 0 { "M" } else { "L" }, at(frame.x(*moment)), at(frame.y(band[2])))?;
            }
            writeln!(svg, "\"/>")?;
        }
        for (moment, value) in &self.observed {
            let (x, y) = (frame.x(*moment), frame.y(*value));
            dot(svg, x, y, self.outside(*moment, *value))?;
        }
        writeln!(svg, "</g>")
    }

    fn band(&self, svg: &mut String, frame: &Frame, low: usize, high: usize, colour: &str) -> std::fmt::Result {
        if self.fan.is_empty() {
            return Ok(());
        }
        write!(svg, "<path fill=\"{colour}\" d=\"")?;
        let upper = self.fan.iter().map(|(moment, band)| (moment, band[high]));
        let lower = self.fan.iter().rev().map(|(moment, band)| (moment, band[low]));
        for (index, (moment, value)) in upper.chain(lower).enumerate() {
            write!(svg, "{}{} {}", if index == 0 { "M" } else { "L" }, at(frame.x(*moment)), at(frame.y(value)))?;
        }
        writeln!(svg, "Z\"/>")
    }

    /// For each event the line of its name, counted from the panel, and on which side of its stroke it stands. No stroke
    /// crosses a name: later events stand lower, those named to the left of their strokes above all that they pass.
    fn event_lines(&self, time: [f64; 2]) -> Vec<(usize, &'static str)> {
        let inside = PANEL[0] - AXIS - EDGE;
        let strokes: Vec<f64> =
            self.events.iter().map(|event| inside * (event.from - time[0]) / (time[1] - time[0])).collect();
        let placed = |index: usize| {
            let (x, long) = (strokes[index], 12.0 * width(&self.events[index].name) + 8.0);
            if x + long > inside + EDGE { ("end", [x - long, x]) } else { ("start", [x, x + long]) }
        };
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by(|a, b| {
            let key = |index: usize| match placed(index) {
                ("end", _) => (1, strokes[index]),
                _ => (0, -strokes[index]),
            };
            key(*a).0.cmp(&key(*b).0).then(key(*a).1.total_cmp(&key(*b).1))
        });
        let mut lines: Vec<Option<usize>> = vec![None; self.events.len()];
        for index in order {
            let (_, [from, to]) = placed(index);
            let others = || lines.iter().enumerate().filter_map(|(other, line)| Some((other, (*line)?)));
            let passed = others().filter(|(other, _)| from <= strokes[*other] && strokes[*other] <= to);
            let mut line = passed.map(|(_, line)| line + 1).max().unwrap_or(0);
            while others().any(|(other, taken)| {
                let (_, span) = placed(other);
                taken == line && span[0] < to && from < span[1]
            }) {
                line += 1;
            }
            lines[index] = Some(line);
        }
        lines.into_iter().enumerate().map(|(index, line)| (line.unwrap_or(0), placed(index).0)).collect()
    }

    /// The outer band at a moment, on the straight line between two steps of the fan.
    fn outside(&self, moment: f64, value: f64) -> bool {
        let after = self.fan.partition_point(|(time, _)| *time < moment);
        let between = |from: usize, to: usize, which: usize| {
            let ((first, low), (last, high)) = (&self.fan[from], &self.fan[to]);
            let part = if last > first { (moment - first) / (last - first) } else { 0.0 };
            low[which] + (high[which] - low[which]) * part
        };
        let (from, to) = match (after, self.fan.len()) {
            (_, 0) => return false,
            (0, _) => (0, 0),
            (after, length) if after == length => (length - 1, length - 1),
            (after, _) => (after - 1, after),
        };
        value < between(from, to, 0) || value > between(from, to, 4)
    }

    /// What the panel says, for those who do not see it.
    fn summary(&self, words: &Words) -> String {
        let mut text = format!("{}, {}.", self.title, self.unit);
        if let (Some((_, first)), Some((_, last))) = (self.fan.first(), self.fan.last()) {
            let _ = write!(
                text,
                " {} {} → {}, {} {} – {}.",
                words.median,
                tick(first[2]),
                tick(last[2]),
                words.band_80,
                tick(last[0]),
                tick(last[4])
            );
        }
        if !self.observed.is_empty() {
            let outside = self.observed.iter().filter(|(moment, value)| self.outside(*moment, *value)).count();
            let _ = write!(text, " {} {}, {} {}.", self.observed.len(), words.observed, outside, words.outside);
        }
        text
    }
}

fn dot(svg: &mut String, x: f64, y: f64, outside: bool) -> std::fmt::Result {
    let fill = if outside { "#FFFFFF" } else { INK };
    writeln!(
        svg,
        "<circle cx=\"{}\" cy=\"{}\" r=\"3.2\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\"1.4\"/>",
        at(x),
        at(y),
        if outside { INK } else { "#FFFFFF" }
    )
}

/// Breaks a text into lines of about so many parts of its size.
fn wrapped(text: &str, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + width(word) + 0.3 <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Sheet {
    /// The sheet as an SVG file.
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        // Writing to a text does not fail.
        let _ = self.draw(&mut svg);
        svg
    }

    fn draw(&self, svg: &mut String) -> std::fmt::Result {
        let columns = self.columns.max(1);
        let rows = self.panels.len().div_ceil(columns);
        let across = 2.0 * MARGIN + columns as f64 * PANEL[0] + (columns as f64 - 1.0) * GAP;
        let inside = across - 2.0 * MARGIN;
        let title = wrapped(&self.title, inside / 22.0);
        let subtitle = wrapped(&self.subtitle, inside / 13.5);
        let notes: Vec<String> = self.notes.iter().flat_map(|note| wrapped(note, inside / 12.0)).collect();
        let legend = MARGIN + 27.0 * title.len() as f64 + 18.0 * subtitle.len() as f64 + 16.0;
        let panels = legend + 26.0;
        let foot = panels + rows as f64 * (PANEL[1] + GAP);
        let height = foot + 16.0 * notes.len() as f64 + if notes.is_empty() { 4.0 } else { MARGIN };
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             font-family=\"'Source Sans 3','Noto Sans JP','Noto Sans',sans-serif\" style=\"font-variant-numeric:tabular-nums\">",
            w = at(across),
            h = at(height)
        )?;
        writeln!(svg, "<title>{}</title><desc>{}</desc>", escaped(&self.title), escaped(&self.subtitle))?;
        writeln!(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>")?;
        for (line, text) in title.iter().enumerate() {
            writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"22\" font-family=\"'Source Serif 4','Noto Serif',serif\" fill=\"{INK}\">{}</text>",
                at(MARGIN),
                at(MARGIN + 16.0 + 27.0 * line as f64),
                escaped(text)
            )?;
        }
        for (line, text) in subtitle.iter().enumerate() {
            writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"13.5\" fill=\"{INK_2}\">{}</text>",
                at(MARGIN),
                at(MARGIN + 27.0 * title.len() as f64 + 11.0 + 18.0 * line as f64),
                escaped(text)
            )?;
        }
        self.legend(svg, legend)?;
        for (index, panel) in self.panels.iter().enumerate() {
            let left = MARGIN + (index % columns) as f64 * (PANEL[0] + GAP);
            let top = panels + (index / columns) as f64 * (PANEL[1] + GAP);
            panel.draw(svg, left, top, &self.words)?;
        }
        for (line, text) in notes.iter().enumerate() {
            writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{INK_3}\">{}</text>",
                at(MARGIN),
                at(foot + 8.0 + 16.0 * line as f64),
                escaped(text)
            )?;
        }
        writeln!(svg, "</svg>")
    }

    fn legend(&self, svg: &mut String, y: f64) -> std::fmt::Result {
        let mut x = MARGIN;
        let mut tones: Vec<Tone> = Vec::new();
        self.panels.iter().filter(|panel| !panel.fan.is_empty()).for_each(|panel| {
            if !tones.contains(&panel.tone) {
                tones.push(panel.tone);
            }
        });
        let observed = || self.panels.iter().flat_map(|panel| panel.observed.iter().map(move |seen| (panel, seen)));
        let word = |svg: &mut String, x: &mut f64, text: &str| {
            let written = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"12.5\" fill=\"{INK_2}\">{}</text>",
                at(*x),
                at(y + 4.0),
                escaped(text)
            );
            *x += 12.5 * width(text) + 20.0;
            written
        };
        if !tones.is_empty() {
            for (which, text) in [(0, &self.words.band_80), (1, &self.words.band_50)] {
                for tone in &tones {
                    let colour = tone.colours()[which];
                    writeln!(
                        svg,
                        "<rect x=\"{}\" y=\"{}\" width=\"14\" height=\"10\" fill=\"{colour}\"/>",
                        at(x),
                        at(y - 5.0)
                    )?;
                    x += 15.0;
                }
                x += 5.0;
                word(svg, &mut x, text)?;
            }
            for tone in &tones {
                let colour = tone.colours()[2];
                writeln!(
                    svg,
                    "<path d=\"M{} {}h18\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/>",
                    at(x),
                    at(y)
                )?;
                x += 21.0;
            }
            x += 3.0;
            word(svg, &mut x, &self.words.median)?;
        }
        if self.panels.iter().any(|panel| panel.level.is_some()) {
            writeln!(svg, "<path d=\"M{} {}h18\" stroke=\"{INK_2}\" stroke-dasharray=\"1 3\"/>", at(x), at(y))?;
            x += 24.0;
            word(svg, &mut x, &self.words.level)?;
        }
        for (outside, text) in [(false, &self.words.observed), (true, &self.words.outside)] {
            if observed().any(|(panel, (moment, value))| panel.outside(*moment, *value) == outside) {
                dot(svg, x + 4.0, y, outside)?;
                x += 13.0;
                word(svg, &mut x, text)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(from: f64, name: &str) -> Event {
        Event { from, to: (name == "a deal").then_some(from + 2.0), name: name.into() }
    }

    fn panel() -> Panel {
        let fan = (0..12).map(|month| {
            let rise = 1.0 + 0.1 * f64::from(month);
            (24_300.5 + f64::from(month), [0.5 * rise, 0.8 * rise, rise, 1.2 * rise, 2.0 * rise])
        });
        Panel {
            title: "Price & quote".into(),
            unit: "base = 1, log".into(),
            scale: Scale::Logarithmic,
            tone: Tone::Price,
            fan: fan.collect(),
            observed: vec![(24_300.5, 1.0), (24_301.0, 2.2), (24_311.5, 4.0)],
            events: vec![event(24_303.0, "licences"), event(24_304.0, "a deal"), event(24_311.0, "an end far away")],
            level: Some(1.0),
        }
    }

    fn sheet() -> Sheet {
        Sheet {
            title: "A title".into(),
            subtitle: "A line".into(),
            words: Words::english(),
            panels: vec![panel(), Panel { scale: Scale::Linear, tone: Tone::Amount, ..panel() }],
            columns: 2,
            notes: vec!["A note <of> two & more".into()],
        }
    }

    #[test]
    fn ticks_are_round_and_hold_the_data() {
        assert_eq!(linear_ticks(7.3), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(linear_ticks(1.0), [0.0, 0.25, 0.5, 0.75, 1.0]);
        let near = |found: Vec<f64>, expected: &[f64]| {
            assert!(
                found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-12),
                "{found:?}"
            );
        };
        near(logarithmic_ticks(0.7, 13.0), &[0.5, 1.0, 2.0, 5.0, 10.0, 20.0]);
        near(logarithmic_ticks(0.82, 1.0), &[0.8, 0.85, 0.9, 0.95, 1.0]);
        near(logarithmic_ticks(0.9, 3.0), &[0.7, 1.0, 1.5, 2.0, 3.0]);
        near(logarithmic_ticks(1.0, 900.0), &[1.0, 10.0, 100.0, 1000.0]);
        let labels =
            |first: f64, last: f64| time_ticks(first, last).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels(24_303.0, 24_314.0), ["2025-04", "2025-07", "2025-10", "2026-01"]);
        assert_eq!(labels(24_120.0, 24_150.0), ["2010-01", "2010-07", "2011-01", "2011-07", "2012-01", "2012-07"]);
        assert_eq!(labels(24_120.5, 24_192.0), ["2011", "2012", "2013", "2014", "2015", "2016"]);
        assert_eq!([0.25, 0.5, 20.0, 12_000.0, 0.0].map(tick), ["0.25", "0.5", "20", "12,000", "0"]);
    }

    #[test]
    fn dots_outside_the_band_are_hollow_and_told() {
        let panel = panel();
        // At the start the band is 0.5 to 2, half a step later 0.525 to 2.1, at the end 1.05 to 4.2.
        let outside: Vec<bool> = panel.observed.iter().map(|(moment, value)| panel.outside(*moment, *value)).collect();
        assert_eq!(outside, [false, true, false]);
    }

    #[test]
    fn no_stroke_crosses_the_name_of_another_event() {
        let lines = panel().event_lines([24_300.5, 24_311.5]);
        // "licences" reaches the stroke of "a deal" and stands above it; the last is named to the left, above nothing.
        assert_eq!(lines, [(1, "start"), (0, "start"), (0, "end")]);
        let close = Panel { events: vec![event(24_310.0, "one"), event(24_311.4, "an end far away")], ..panel() };
        assert_eq!(close.event_lines([24_300.5, 24_311.5]), [(0, "start"), (1, "end")]);
    }

    #[test]
    fn a_sheet_is_one_escaped_file_of_all_its_marks() {
        let svg = sheet().svg();
        assert_eq!(svg, sheet().svg());
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
        assert_eq!(svg.matches("#EEF0F2").count(), 2);
        // Three dots in each of two panels, and two in the legend.
        assert_eq!(svg.matches("<circle").count(), 8);
        assert!(svg.contains("A note &lt;of&gt; two &amp; more") && !svg.contains("& "));
        assert!(svg.contains("1 observed, outside the 80 % band"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn an_empty_panel_draws_nothing() {
        let empty = Panel { fan: vec![], observed: vec![], events: vec![], level: None, ..panel() };
        let svg = Sheet { panels: vec![empty], ..sheet() }.svg();
        assert!(!svg.contains("<g ") && svg.contains("A title"));
    }
}
