//! The bundle as bytes: a zip with stored members in one form only, so that equal members are equal bytes.
//!
//! Nothing is unpacked and no length is believed: members are slices of what is there, and the whole archive is built
//! anew from them and compared. Must never know: what a member means.

use sampling::Files;

/// An archive that is not the canonical one of its members, and the first byte at which that shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("archive, byte {offset}: {}", .fault.sentence())]
pub struct NotCanonical {
    /// Offset in the archive, from 0.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A member is compressed, encrypted, dated, or in another way not of the form.
    Member,
    /// A stored member has two sizes.
    Sizes,
    /// A member has an extra field.
    Extra,
    /// A name no bundle can have: a path, a letter that is not ASCII.
    Name,
    /// Names do not ascend, or one stands twice.
    Order,
    /// The archive ends too early.
    End,
    /// The checksum is not that of the bytes.
    Checksum,
    /// More members or bytes than the format holds without extensions.
    Large,
    /// Directory, comments, or bytes beside the members.
    Other,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 9] = [
        Fault::Member,
        Fault::Sizes,
        Fault::Extra,
        Fault::Name,
        Fault::Order,
        Fault::End,
        Fault::Checksum,
        Fault::Large,
        Fault::Other,
    ];

    /// One sentence in English.
    pub const fn sentence(self) -> &'static str {
        match self {
            Fault::Member => "the member is not stored in the canonical form",
            Fault::Sizes => "a stored member has two sizes",
            Fault::Extra => "a member has an extra field",
            Fault::Name => "the name is not one a member can have",
            Fault::Order => "the names do not ascend, or one stands twice",
            Fault::End => "the archive ends too early",
            Fault::Checksum => "the checksum is not that of the bytes",
            Fault::Large => "the archive is larger than the format allows",
            Fault::Other => "the archive is not the canonical one of its members",
        }
    }
}

/// Most members without extensions of the format.
const MAX_MEMBERS: usize = 65_534;
const LOCAL: [u8; 14] = *b"PK\x03\x04\x0a\0\0\0\0\0\0\0\x21\0";
const CENTRAL: [u8; 16] = *b"PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\x21\0";
const END: [u8; 8] = *b"PK\x05\x06\0\0\0\0";

/// Builds the archive. Names must be member names; files above 4 GiB in all are refused.
pub fn write(files: &Files) -> Result<Vec<u8>, NotCanonical> {
    let mut out =
        Vec::with_capacity(files.iter().map(|(name, bytes)| 2 * name.len() + bytes.len() + 76).sum());
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let refuse = |fault| NotCanonical { offset: out.len(), fault };
        if !is_name(name.as_bytes()) {
            return Err(refuse(Fault::Name));
        }
        let start = u32::try_from(out.len()).map_err(|_| refuse(Fault::Large))?;
        let size = u32::try_from(bytes.len()).map_err(|_| refuse(Fault::Large))?;
        let mut sums = Vec::with_capacity(16);
        for number in [crc32(bytes), size, size] {
            sums.extend(number.to_le_bytes());
        }
        // A name fits: it has at most 54 characters more than the longest word before it.
        sums.extend((name.len() as u16).to_le_bytes());
        sums.extend([0, 0]);
        out.extend(LOCAL);
        out.extend(&sums);
        out.extend(name.as_bytes());
        out.extend(bytes);
        directory.extend(CENTRAL);
        directory.extend(&sums);
        // Comment, disk, attributes: nothing.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let refuse = || NotCanonical { offset: out.len(), fault: Fault::Large };
    let n_members =
        u16::try_from(files.len()).ok().filter(|&n| usize::from(n) <= MAX_MEMBERS).ok_or_else(refuse)?;
    let start = u32::try_from(out.len()).map_err(|_| refuse())?;
    let length = u32::try_from(directory.len()).map_err(|_| refuse())?;
    start.checked_add(length).ok_or_else(refuse)?;
    out.extend(directory);
    out.extend(END);
    out.extend(n_members.to_le_bytes());
    out.extend(n_members.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}

/// Reads an archive, whole or not at all.
pub fn read(archive: &[u8]) -> Result<Files, NotCanonical> {
    let refuse = |offset, fault| NotCanonical { offset, fault };
    let mut files = Files::new();
    let mut offset = 0;
    let mut last: &[u8] = b"";
    while let Some(rest) = archive.get(offset..).filter(|rest| rest.starts_with(b"PK\x03\x04")) {
        let (head, body) = rest.split_first_chunk::<30>().ok_or_else(|| refuse(archive.len(), Fault::End))?;
        if let Some(place) = head.iter().zip(LOCAL).position(|(a, b)| *a != b) {
            return Err(refuse(offset + place, Fault::Member));
        }
        let [size, full] = [word(head, 18), word(head, 22)];
        if size != full {
            return Err(refuse(offset + 22, Fault::Sizes));
        }
        if head[28..] != [0, 0] {
            return Err(refuse(offset + 28, Fault::Extra));
        }
        let n_name = usize::from(u16::from_le_bytes([head[26], head[27]]));
        let name = body.get(..n_name).unwrap_or(body);
        if !is_name(name) {
            return Err(refuse(offset + 30, Fault::Name));
        }
        if name <= last {
            return Err(refuse(offset + 30, Fault::Order));
        }
        let bytes = body.get(n_name..).and_then(|rest| rest.get(..size as usize));
        let bytes = bytes.ok_or_else(|| refuse(archive.len(), Fault::End))?;
        if crc32(bytes) != word(head, 14) {
            return Err(refuse(offset + 14, Fault::Checksum));
        }
        offset += 30 + n_name + bytes.len();
        files.insert(String::from_utf8_lossy(name).into_owned(), bytes.to_vec());
        if files.len() > MAX_MEMBERS {
            return Err(refuse(offset, Fault::Large));
        }
        last = name;
    }
    let whole = write(&files)?;
    if whole == archive {
        return Ok(files);
    }
    let place = whole.iter().zip(archive).take_while(|(a, b)| a == b).count();
    Err(refuse(place, Fault::Other))
}

/// Letters, digits, `-` and `.`; no path, and no two points beside each other.
pub(crate) fn is_name(name: &[u8]) -> bool {
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    name.first().is_some_and(u8::is_ascii_alphanumeric)
        && name.len() <= 255
        && name.iter().all(is_inner)
        && !name.windows(2).any(|pair| pair == b"..")
}

fn word(head: &[u8; 30], at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.iter_mut().zip(head.iter().skip(at)).for_each(|(to, from)| *to = *from);
    u32::from_le_bytes(bytes)
}

/// CRC-32 of the zip format, eight bytes at a time.
fn crc32(bytes: &[u8]) -> u32 {
    static TABLES: [[u32; 256]; 8] = tables();
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut crc = !0u32;
    for chunk in chunks {
        let [a, b, c, d, e, f, g, h] = *chunk;
        let [w, x, y, z] = (u32::from_le_bytes([a, b, c, d]) ^ crc).to_le_bytes();
        crc = 0;
        for (table, byte) in TABLES.iter().rev().zip([w, x, y, z, e, f, g, h]) {
            crc ^= table[usize::from(byte)];
        }
    }
    for byte in rest {
        crc = TABLES[0][usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    }
    !crc
}

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut n = 0;
    while n < 256 {
        let mut value = n as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        tables[0][n] = value;
        n += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut n = 0;
        while n < 256 {
            let before = tables[table - 1][n];
            tables[table][n] = tables[0][(before & 0xff) as usize] ^ (before >> 8);
            n += 1;
        }
        table += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_is_the_one_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"a"), 0xe8b7_be43);
    }

    #[test]
    fn names_are_no_paths() {
        for name in ["../x", "a/b", "..", ".a", "", "a..b", "ä", "a\\b", "-a", "a b"] {
            assert!(!is_name(name.as_bytes()), "{name}");
        }
        assert!(is_name(b"frame-M1.tsv") && is_name(b"head-10.W1.sig"));
    }
}
