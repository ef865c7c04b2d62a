//! The brief as DOCX: the same sentences and numbers in tables and styles that a ministry can edit.

use crate::Broken;
use lode_study::brief::{Block, Brief, Language};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

fn escaped(text: &str) -> String {
    let kept = text.chars().filter(|letter| !letter.is_control() || *letter == '\t');
    kept.fold(String::new(), |mut out, letter| {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
        out
    })
}

fn paragraph(style: &str, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escaped(text)
    )
}

/// Width of the text in twentieths of a point.
const TEXT: u32 = 9638;

fn table(headings: &[String], rows: &[Vec<String>], parts: &[u32]) -> String {
    let whole: u32 = parts.iter().sum();
    let widths: Vec<u32> = parts.iter().map(|part| TEXT * part / whole).collect();
    let mut text = String::from(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"BriefTable\"/><w:tblW w:w=\"9638\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>",
    );
    widths.iter().for_each(|width| text += &format!("<w:gridCol w:w=\"{width}\"/>"));
    text += "</w:tblGrid>";
    let mut line = |cells: &[String], style: &str, header: bool| {
        text += "<w:tr>";
        text +=
            if header { "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" } else { "<w:trPr><w:cantSplit/></w:trPr>" };
        for (at, width) in widths.iter().enumerate() {
            let cell = cells.get(at).map_or("", String::as_str);
            let style = if at + 1 == widths.len() && at > 0 { format!("{style}Right") } else { style.to_owned() };
            text += &format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>",
                paragraph(&style, cell)
            );
        }
        text += "</w:tr>";
    };
    line(headings, "Heading", true);
    rows.iter().for_each(|row| line(row, "Cell", false));
    text + "</w:tbl>"
}

fn document(brief: &Brief) -> String {
    let mut body =
        paragraph("Subtitle", &brief.title) + &paragraph("Note", &brief.line) + &paragraph("Title", &brief.headline);
    for part in &brief.parts {
        body += &paragraph("Heading1", &part.title);
        for block in &part.blocks {
            match block {
                Block::Paragraph(text) => body += &paragraph("Note", text),
                Block::List(lines) => lines.iter().for_each(|line| body += &paragraph("ListBullet", line)),
                Block::Table { headings, rows } => {
                    let parts: &[u32] = match headings.len() {
                        4 => &[44, 15, 27, 14],
                        3 => &[56, 15, 29],
                        _ => &[62, 38],
                    };
                    body += &table(headings, rows, parts);
                }
                Block::Ranges(ranges) => {
                    let rows: Vec<Vec<String>> =
                        ranges.rows.iter().map(|row| vec![row.label.clone(), row.text.clone()]).collect();
                    let headings = [ranges.headings.0.clone(), ranges.headings.1.clone()];
                    body += &table(&headings, &rows, &[66, 34]);
                    if !ranges.note.is_empty() {
                        body += &paragraph("Note", &ranges.note);
                    }
                }
            }
        }
    }
    body += &paragraph("Heading1", &brief.sources_title);
    for (at, source) in brief.sources.iter().enumerate() {
        body += &paragraph("Source", &format!("{} {source}", at + 1));
    }
    body += &paragraph("Source", &brief.foot);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}\
         <w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"900\" w:right=\"1134\" w:bottom=\"900\" w:left=\"1134\" w:header=\"500\" w:footer=\"500\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    )
}

fn styles(language: Language) -> String {
    let (latin, east, tag) = match language {
        Language::English => ("Calibri", "Yu Gothic", "en-GB"),
        Language::Japanese => ("Yu Gothic", "Yu Gothic", "ja-JP"),
    };
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    let space = |before: u32, after: u32| format!("<w:spacing w:before=\"{before}\" w:after=\"{after}\"/>");
    let grey = "<w:color w:val=\"5A616C\"/>";
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{latin}\" w:hAnsi=\"{latin}\" w:eastAsia=\"{east}\"/><w:sz w:val=\"18\"/><w:lang w:val=\"{tag}\" w:eastAsia=\"ja-JP\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"40\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    text += &style("Title", "Title", &space(80, 120), "<w:b/><w:sz w:val=\"28\"/>");
    text += &style("Subtitle", "Subtitle", &space(0, 0), "<w:b/><w:color w:val=\"1D4F8C\"/><w:sz w:val=\"20\"/>");
    text += &style(
        "Heading1",
        "heading 1",
        &format!("<w:keepNext/>{}<w:outlineLvl w:val=\"0\"/>", space(160, 40)),
        "<w:b/><w:sz w:val=\"22\"/>",
    );
    text += &style("Note", "Note", &space(20, 40), &format!("{grey}<w:sz w:val=\"16\"/>"));
    text +=
        &style("ListBullet", "List Bullet", &format!("{}<w:ind w:left=\"170\" w:hanging=\"170\"/>", space(0, 30)), "");
    text += &style(
        "Heading",
        "Table Heading",
        &format!("<w:keepNext/>{}", space(20, 20)),
        &format!("{grey}<w:sz w:val=\"15\"/>"),
    );
    text += &style(
        "HeadingRight",
        "Table Heading Right",
        &format!("<w:keepNext/>{}<w:jc w:val=\"right\"/>", space(20, 20)),
        &format!("{grey}<w:sz w:val=\"15\"/>"),
    );
    text += &style("Cell", "Table Cell", &space(10, 10), "<w:sz w:val=\"17\"/>");
    text += &style(
        "CellRight",
        "Table Cell Right",
        &format!("{}<w:jc w:val=\"right\"/>", space(10, 10)),
        "<w:b/><w:sz w:val=\"17\"/>",
    );
    text += &style("Source", "Source", &space(0, 0), &format!("{grey}<w:sz w:val=\"13\"/>"));
    let rule = "w:val=\"single\" w:sz=\"2\" w:space=\"0\" w:color=\"D3D7DD\"";
    text + &format!(
        "<w:style w:type=\"table\" w:styleId=\"BriefTable\"><w:name w:val=\"Brief Table\"/><w:tblPr><w:tblBorders><w:top {rule}/><w:bottom {rule}/><w:insideH {rule}/></w:tblBorders>\
         <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"60\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style></w:styles>"
    )
}

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
    <Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
    <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
    <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>";
const DOCUMENT_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>";

/// Writes a brief: the same brief gives the same bytes.
pub fn docx(brief: &Brief) -> Result<Vec<u8>, Broken> {
    let core = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title><dc:creator>Lode</dc:creator></cp:coreProperties>",
        escaped(&brief.title)
    );
    let broken = |error: &dyn std::fmt::Display| Broken(error.to_string());
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let files = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("word/document.xml", document(brief)),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/styles.xml", styles(brief.language)),
        ("docProps/core.xml", core),
    ];
    for (name, text) in files {
        // Without a time: the same brief gives the same bytes.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        archive.start_file(name, options).map_err(|error| broken(&error))?;
        archive.write_all(text.as_bytes()).map_err(|error| broken(&error))?;
    }
    Ok(archive.finish().map_err(|error| broken(&error))?.into_inner())
}
