//! Inputs with limits: a user's file may be broken or hostile, and must never fill the memory.

use crate::report::{Mistake, Report};
use encoding_rs::{CoderResult, Decoder, Encoding};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Bounds on what one input may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest record (a line, or a quoted field over several lines), in bytes.
    pub record_bytes: usize,
    /// Most bytes after decompression.
    pub total_bytes: u64,
    /// Most bytes after decompression for each byte before it.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record_bytes: 1 << 20, total_bytes: 64 << 30, expansion: 400 }
    }
}

/// Bytes allowed before the expansion ratio is looked at, so that small files of repeated text pass.
const EXPANSION_FREE: u64 = 16 << 20;

/// A named stream of bytes, decompressed if it was gzip, within limits.
pub struct Input<'a> {
    /// The file as the user named it.
    pub name: String,
    /// The bounds that hold for it.
    pub limits: Limits,
    reader: Box<dyn Read + 'a>,
}

impl<'a> Input<'a> {
    /// Opens a file; gzip is recognised by its first bytes.
    pub fn open(path: &Path) -> Result<Input<'static>, Report> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| {
            Mistake::in_file(&name, format!("cannot be opened: {error}"))
                .hint("check the path and your permission to read it")
        })?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(Mistake::in_file(&name, "is a folder, not a file").into());
        }
        Ok(Input::from_reader(&name, BufReader::with_capacity(1 << 16, file), Limits::default()))
    }

    /// Opens a text file that its publisher writes in UTF-8 in some years and in an older encoding in others: the latter
    /// if any byte of it is not UTF-8. Reads the file twice.
    pub fn open_in_either(path: &Path, older: &'static Encoding) -> Result<Input<'static>, Report> {
        let utf8 = is_utf8(Input::open(path)?);
        let input = Input::open(path)?;
        Ok(if utf8 { input } else { input.decode(older) })
    }

    /// Takes bytes that are already in memory.
    pub fn from_bytes(name: &str, bytes: &'a [u8]) -> Self {
        Self::from_reader(name, bytes, Limits::default())
    }

    /// Takes any reader and its limits; gzip is recognised by its first bytes.
    pub fn from_reader(name: &str, mut reader: impl Read + 'a, limits: Limits) -> Self {
        let mut start = [0_u8; 2];
        let mut filled = 0;
        while filled < 2 {
            match reader.read(&mut start[filled..]) {
                Ok(0) | Err(_) => break,
                Ok(read) => filled += read,
            }
        }
        let whole = io::Cursor::new(start).take(filled as u64).chain(reader);
        let reader: Box<dyn Read + 'a> = if start == [0x1f, 0x8b] {
            let counted = Counted { inner: whole, bytes: 0 };
            Box::new(Expanding { inner: flate2::read::MultiGzDecoder::new(counted), bytes: 0, limits })
        } else {
            Box::new(Bounded { inner: whole, left: limits.total_bytes })
        };
        Self { name: name.to_owned(), limits, reader }
    }

    /// Converts from another encoding to UTF-8 while reading.
    pub fn decode(self, encoding: &'static Encoding) -> Input<'a> {
        Input {
            name: self.name,
            limits: self.limits,
            reader: Box::new(Decoding {
                inner: self.reader,
                decoder: encoding.new_decoder_with_bom_removal(),
                raw: vec![0; 1 << 15],
                raw_used: 0..0,
                text: String::with_capacity(1 << 16),
                given: 0,
                finished: false,
            }),
        }
    }

    /// Reads the first bytes, as many as there are room and data for; what cannot be read ends them.
    pub(crate) fn fill(&mut self, start: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < start.len() {
            match self.read(&mut start[filled..]) {
                Ok(0) | Err(_) => break,
                Ok(read) => filled += read,
            }
        }
        filled
    }

    /// Reads everything, for formats that cannot be streamed; at most `most` bytes.
    pub fn read_all(mut self, most: u64) -> Result<Vec<u8>, Report> {
        let mut bytes = Vec::new();
        (&mut self.reader)
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Mistake::in_file(&self.name, error.to_string()))?;
        if bytes.len() as u64 > most {
            return Err(Mistake::in_file(&self.name, format!("is larger than {most} bytes"))
                .hint("this format is read whole; split the file or use its CSV form")
                .into());
        }
        Ok(bytes)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// Whether all that can be read is UTF-8.
fn is_utf8(mut input: impl Read) -> bool {
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let Ok(read) = input.read(&mut buffer[kept..]) else { return true };
        let filled = kept + read;
        kept = match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => 0,
            // A character cut by the end of the buffer goes on in the next part.
            Err(error) if error.error_len().is_none() && read > 0 => filled - error.valid_up_to(),
            Err(_) => return false,
        };
        if read == 0 {
            return true;
        }
        buffer.copy_within(filled - kept..filled, 0);
    }
}

struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("is larger than any release of this kind can be"))?;
        Ok(read)
    }
}

struct Expanding<R: Read> {
    inner: flate2::read::MultiGzDecoder<Counted<R>>,
    bytes: u64,
    limits: Limits,
}

impl<R: Read> Read for Expanding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self
            .inner
            .read(buffer)
            .map_err(|error| io::Error::other(format!("the compressed data are damaged or cut short: {error}")))?;
        self.bytes += read as u64;
        let allowed = EXPANSION_FREE.saturating_add(self.inner.get_ref().bytes.saturating_mul(self.limits.expansion));
        if self.bytes > allowed.min(self.limits.total_bytes) {
            return Err(io::Error::other("expands far more than data do; this looks like a decompression bomb"));
        }
        Ok(read)
    }
}

struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_used: std::ops::Range<usize>,
    text: String,
    given: usize,
    finished: bool,
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.finished {
                return Ok(0);
            }
            self.text.clear();
            self.given = 0;
            if self.raw_used.is_empty() {
                let read = self.inner.read(&mut self.raw)?;
                self.raw_used = 0..read;
            }
            let last = self.raw_used.is_empty();
            let (result, used, _) =
                self.decoder.decode_to_string(&self.raw[self.raw_used.clone()], &mut self.text, last);
            self.raw_used.start += used;
            self.finished = last && result == CoderResult::InputEmpty;
        }
        let ready = &self.text.as_bytes()[self.given..];
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_read_as_its_content() {
        let packed = gzip(b"year,value\n2024,1\n");
        assert_eq!(Input::from_bytes("x.csv.gz", &packed).read_all(1000).unwrap(), b"year,value\n2024,1\n");
    }

    #[test]
    fn a_decompression_bomb_is_refused_before_it_is_unpacked() {
        let packed = gzip(&vec![b' '; 64 << 20]);
        let report = Input::from_bytes("bomb.csv.gz", &packed).read_all(u64::MAX - 1).unwrap_err();
        assert!(report.to_string().contains("decompression bomb"), "{report}");
    }

    #[test]
    fn a_cut_gzip_file_says_so() {
        let packed = gzip(b"year,value\n2024,1\n");
        let report = Input::from_bytes("x.csv.gz", &packed[..packed.len() - 6]).read_all(1000).unwrap_err();
        assert!(report.to_string().contains("cut short"), "{report}");
    }

    #[test]
    fn a_file_in_an_older_encoding_is_told_from_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mcs.csv");
        let long = "x".repeat((1 << 16) - 1);
        for (bytes, text) in [
            (format!("{long}—").into_bytes(), format!("{long}—")),
            ([long.as_bytes(), b"\x97 <\xbd"].concat(), format!("{long}— <½")),
            (Vec::new(), String::new()),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let input = Input::open_in_either(&path, encoding_rs::WINDOWS_1252).unwrap();
            assert_eq!(String::from_utf8(input.read_all(1 << 20).unwrap()).unwrap(), text);
        }
        assert!(!is_utf8(b"cut \xe2\x80".as_slice()));
    }

    #[test]
    fn shift_jis_becomes_utf_8() {
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("品名,数量\n希土類,12\n");
        let text = Input::from_bytes("x.csv", &bytes).decode(encoding_rs::SHIFT_JIS).read_all(1000).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "品名,数量\n希土類,12\n");
    }
}
