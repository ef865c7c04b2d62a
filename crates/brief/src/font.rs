//! The fonts of the brief: which one sets a letter, and how wide a text is.

use crate::Broken;
use rustybuzz::{Face, UnicodeBuffer};

/// How a text is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Running text.
    Text,
    /// Titles and numbers that matter.
    Strong,
    /// The headline.
    Headline,
}

/// The files, in the order of [`Fonts::faces`].
pub const FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../fonts/SourceSans3-Semibold.ttf"),
    include_bytes!("../fonts/SourceSerif4-Medium.ttf"),
    include_bytes!("../fonts/NotoSansJP-Regular.ttf"),
    include_bytes!("../fonts/NotoSansJP-Bold.ttf"),
];

/// The fonts, ready to measure.
pub struct Fonts {
    faces: Vec<Face<'static>>,
}

impl Fonts {
    /// Reads the fonts.
    pub fn new() -> Result<Self, Broken> {
        let read = |file: &'static &[u8]| Face::from_slice(file, 0);
        let faces: Option<Vec<Face<'static>>> = FILES.iter().map(read).collect();
        faces.map(|faces| Self { faces }).ok_or_else(|| Broken("a font is broken".into()))
    }

    /// Latin first, Japanese where Latin has no such letter.
    fn choices(style: Style) -> [usize; 2] {
        match style {
            Style::Text => [0, 3],
            Style::Strong => [1, 4],
            Style::Headline => [2, 4],
        }
    }

    fn font_of(&self, letter: char, style: Style) -> usize {
        let [latin, japanese] = Self::choices(style);
        if self.faces[latin].glyph_index(letter).is_some() { latin } else { japanese }
    }

    /// The text in pieces that one font sets.
    pub fn pieces<'t>(&self, text: &'t str, style: Style) -> Vec<(usize, &'t str)> {
        let mut pieces: Vec<(usize, &'t str)> = Vec::new();
        let mut start = 0;
        let mut font = None;
        for (at, letter) in text.char_indices() {
            let wanted = self.font_of(letter, style);
            if font.is_some_and(|font| font != wanted) {
                pieces.push((font.unwrap_or(wanted), &text[start..at]));
                start = at;
            }
            font = Some(wanted);
        }
        if let Some(font) = font.filter(|_| start < text.len()) {
            pieces.push((font, &text[start..]));
        }
        pieces
    }

    /// Width of a piece in points.
    pub fn piece_width(&self, font: usize, text: &str, size: f64) -> f64 {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        let face = &self.faces[font];
        let shaped = rustybuzz::shape(face, &[], buffer);
        let units: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
        f64::from(units) * size / f64::from(face.units_per_em())
    }

    /// Width of a text in points.
    pub fn width(&self, text: &str, style: Style, size: f64) -> f64 {
        self.pieces(text, style).into_iter().map(|(font, piece)| self.piece_width(font, piece, size)).sum()
    }

    /// The text in lines of at most a width, broken where UAX 14 allows it; a part that is too long alone stays whole.
    pub fn lines(&self, text: &str, style: Style, size: f64, width: f64) -> Vec<String> {
        // A number and its sign stay together.
        let text = &text.replace(" %", "\u{a0}%");
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        let mut from = 0;
        for (to, _) in unicode_linebreak::linebreaks(text) {
            let part = &text[from..to];
            from = to;
            let longer = format!("{line}{part}");
            if !line.is_empty() && self.width(longer.trim_end(), style, size) > width {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                part.clone_into(&mut line);
            } else {
                line = longer;
            }
        }
        lines.push(line.trim_end().to_owned());
        lines.retain(|line| !line.is_empty());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_line_is_as_wide_as_its_letters_and_japanese_is_square() {
        let fonts = Fonts::new().unwrap();
        assert!((fonts.width("日本", Style::Text, 10.0) - 20.0).abs() < 1e-9);
        let one = fonts.width("supply", Style::Text, 10.0);
        assert!(one > 20.0 && one < 40.0, "{one}");
        assert_eq!(fonts.pieces("日本 HS 2846", Style::Text), [(3, "日本"), (0, " HS 2846")]);
    }

    #[test]
    fn every_letter_of_the_names_in_our_data_is_held() {
        let fonts = Fonts::new().unwrap();
        let text = concat!(
            include_str!("../../../data/sources/commodities.csv"),
            include_str!("../../../data/sources/countries.csv"),
            include_str!("../../../data/sources/market/forms.csv"),
            include_str!("../../../data/scenarios/japan-ban-2026.toml"),
            include_str!("../../study/src/brief.rs"),
        );
        let held = |letter: char| {
            Fonts::choices(Style::Text).iter().any(|font| fonts.faces[*font].glyph_index(letter).is_some())
        };
        let mut missing: Vec<char> = text.chars().filter(|letter| !letter.is_control() && !held(*letter)).collect();
        missing.sort_unstable();
        missing.dedup();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn lines_break_at_words_and_never_start_with_a_closing_sign() {
        let fonts = Fonts::new().unwrap();
        for line in fonts.lines("one two three four five six", Style::Text, 10.0, 50.0) {
            assert!(fonts.width(&line, Style::Text, 10.0) <= 50.0, "{line}");
        }
        let text = "希土類の供給が絞られると、「最初」に尽きるのは（重い）酸化物で、ラインが止まる。";
        let lines = fonts.lines(text, Style::Text, 10.0, 65.0);
        assert_eq!(lines.concat(), text);
        for line in &lines {
            assert!(!line.starts_with(['、', '。', '」', '）']) && !line.ends_with(['「', '（']), "{lines:?}");
        }
    }
}
