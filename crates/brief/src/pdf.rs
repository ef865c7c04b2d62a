//! The brief as PDF.

use crate::Broken;
use crate::font::{FILES, Fonts};
use crate::layout::{HEIGHT, Ink, Mark, WIDTH, lay_out};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use lode_study::brief::{Brief, Language};

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::new(0x1a, 0x1d, 0x23),
        Ink::Grey => rgb::Color::new(0x5a, 0x61, 0x6c),
        Ink::Line => rgb::Color::new(0xd3, 0xd7, 0xdd),
        Ink::Blue => rgb::Color::new(0x1d, 0x4f, 0x8c),
        Ink::Band => rgb::Color::new(0x9c, 0xb8, 0xd8),
        Ink::White => rgb::Color::new(0xff, 0xff, 0xff),
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

/// Sets a brief: the same brief gives the same bytes.
pub fn pdf(brief: &Brief) -> Result<Vec<u8>, Broken> {
    let fonts = Fonts::new()?;
    let read = |file: &&'static [u8]| Font::new((*file).to_vec().into(), 0);
    let embedded: Option<Vec<Font>> = FILES.iter().map(read).collect();
    let embedded = embedded.ok_or_else(|| Broken("a font is broken".into()))?;
    let mut document = Document::new();
    let language = if brief.language == Language::Japanese { "ja" } else { "en" };
    document.set_metadata(
        Metadata::new()
            .title(brief.title.clone())
            .language(language.into())
            .creator("Lode".into())
            .description(brief.headline.clone()),
    );
    let size = PageSettings::from_wh(WIDTH as f32, HEIGHT as f32).ok_or_else(|| Broken("no page".into()))?;
    for marks in lay_out(&fonts, brief) {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, &fonts, &embedded, mark);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| Broken(format!("{error:?}")))
}

fn circle(x: f32, y: f32, radius: f32) -> Option<Path> {
    // Four arcs; 0.5523 makes them round.
    let reach = 0.552_285 * radius;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + reach, x + reach, y + radius, x, y + radius);
    path.cubic_to(x - reach, y + radius, x - radius, y + reach, x - radius, y);
    path.cubic_to(x - radius, y - reach, x - reach, y - radius, x, y - radius);
    path.cubic_to(x + reach, y - radius, x + radius, y - reach, x + radius, y);
    path.close();
    path.finish()
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, embedded: &[Font], mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, style, ink, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            let mut at = *x;
            for (font, piece) in fonts.pieces(text, *style) {
                let point = Point::from_xy(at as f32, *y as f32);
                surface.draw_text(
                    point,
                    embedded[font].clone(),
                    *size as f32,
                    piece,
                    false,
                    TextDirection::LeftToRight,
                );
                at += fonts.piece_width(font, piece, *size);
            }
        }
        Mark::Box { x, y, width, height, ink } => {
            let Some(rect) = Rect::from_xywh(*x as f32, *y as f32, *width as f32, *height as f32) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*ink)));
                surface.draw_path(&path);
            }
        }
        Mark::Dot { x, y, radius, open } => {
            let Some(path) = circle(*x as f32, *y as f32, *radius as f32) else { return };
            if *open {
                surface.set_fill(Some(fill(Ink::White)));
                surface.set_stroke(Some(Stroke { paint: colour(Ink::Black).into(), width: 1.0, ..Stroke::default() }));
            } else {
                surface.set_fill(Some(fill(Ink::Blue)));
                surface.set_stroke(None);
            }
            surface.draw_path(&path);
        }
        Mark::Arrow { x, y, size } => {
            let (x, y, half) = (*x as f32, *y as f32, *size as f32 / 2.0);
            let mut path = PathBuilder::new();
            path.move_to(x, y - 1.6 * half);
            path.line_to(x + 2.0 * half, y);
            path.line_to(x, y + 1.6 * half);
            path.close();
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(Ink::Band)));
                surface.draw_path(&path);
            }
        }
    }
}
