//! Makes of a picture that somebody sends the two pictures that are stored: squares, turned as the
//! camera was held, without anything that the camera wrote into it, such as the place.
//!
//! What it is says its content, not its name or media type. Its measures are read before memory is
//! taken for it, because a file of a few kilobytes can hold a picture of many gigabytes.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

/// The largest file that is accepted: what a phone sends in half a minute. In bytes.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;
/// The most pixels of a picture. Phones make pictures of 12 to 24 million.
pub const MOST_PIXELS: u64 = 25_000_000;
/// The most bytes of memory that a decoded picture takes: 25 million pixels in four bytes each.
const MOST_MEMORY: u64 = 4 * MOST_PIXELS;
/// The longest side.
const LONGEST_SIDE: u32 = 20_000;
/// The sides of the stored squares in pixels.
pub const LARGE: u32 = 512;
pub const SMALL: u32 = 96;
/// Good enough for faces: 512 pixels are some 50 kilobytes.
const QUALITY: u8 = 85;

/// The two stored pictures, as JPEG.
#[derive(Clone, Debug)]
pub struct Squares {
    /// [`LARGE`] pixels wide, or less if the picture is smaller.
    pub large: Vec<u8>,
    /// [`SMALL`] pixels wide, or less if the picture is smaller.
    pub small: Vec<u8>,
}

/// Why a picture is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFault {
    /// There is nothing in it.
    Empty,
    /// The format of iPhones, which only Apple's devices can read.
    Heic,
    /// It is no JPEG, PNG or WebP.
    UnknownFormat,
    /// It has too many pixels.
    TooManyPixels,
    /// It breaks off, or is damaged.
    Damaged,
}

/// The squares of a picture. This takes a core for up to a second.
pub fn make_squares(file: &[u8]) -> Result<Squares, PictureFault> {
    let (picture, orientation) = decode(file)?;
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let mut square = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    drop(picture);
    if side > LARGE {
        square = square.resize_exact(LARGE, LARGE, FilterType::CatmullRom);
    }
    // Only the small picture is turned: a square stays a square.
    square.apply_orientation(orientation);
    let large = on_white(&square);
    let small = if side > SMALL {
        image::imageops::resize(&large, SMALL, SMALL, FilterType::CatmullRom)
    } else {
        large.clone()
    };
    Ok(Squares {
        large: encode(&large)?,
        small: encode(&small)?,
    })
}

fn decode(file: &[u8]) -> Result<(DynamicImage, image::metadata::Orientation), PictureFault> {
    let damaged = |_| PictureFault::Damaged;
    let format = format_of(file)?;
    let mut reader = ImageReader::new(Cursor::new(file));
    reader.set_format(format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(2 * MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => PictureFault::TooManyPixels,
        _ => PictureFault::Damaged,
    })?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(PictureFault::Damaged);
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(PictureFault::TooManyPixels);
    }
    if format == ImageFormat::Jpeg && breaks_off(file) {
        return Err(PictureFault::Damaged);
    }
    let orientation = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok((picture, orientation))
}

/// The format, by the first bytes.
fn format_of(file: &[u8]) -> Result<ImageFormat, PictureFault> {
    if file.is_empty() {
        return Err(PictureFault::Empty);
    }
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ if is_heic(file) => Err(PictureFault::Heic),
        _ => Err(PictureFault::UnknownFormat),
    }
}

/// Whether the end of a JPEG is missing. The decoder accepts that, and makes the rest gray.
fn breaks_off(jpeg: &[u8]) -> bool {
    /// The markers after the byte `0xff`: the pixels begin, and the picture ends.
    const PIXELS: u8 = 0xda;
    const END: u8 = 0xd9;
    // Before the pixels there can be a small picture with an end of its own. So what is before them
    // is passed over by its length.
    let mut rest = jpeg.get(2..).unwrap_or_default();
    loop {
        rest = match rest {
            [0xff, PIXELS, after @ ..] => {
                return !after.windows(2).any(|two| two == [0xff, END]);
            }
            // A marker can begin with several of these bytes.
            [0xff, after @ ..] if after.first() == Some(&0xff) => after,
            [0xff, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest.get(2 + length..).unwrap_or_default()
            }
            // It is odd, but the decoder has understood it.
            _ => return false,
        };
    }
}

/// Whether a file is in one of the formats that phones put into the container of HEIF.
fn is_heic(file: &[u8]) -> bool {
    let brand = (file.get(4..8) == Some(b"ftyp"))
        .then(|| file.get(8..12))
        .flatten();
    let brands: [&[u8]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ];
    brand.is_some_and(|brand| brands.contains(&brand))
}

/// The picture without transparency, because a JPEG has none.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (pixel, on) in picture.pixels().zip(flat.pixels_mut()) {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let over = |color: u16| {
            let mixed = (color * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        on.0 = [over(red), over(green), over(blue)];
    }
    flat
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, PictureFault> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    let written = picture.write_with_encoder(encoder);
    written.map_err(|_| PictureFault::Damaged)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, Rgba, RgbaImage};

    use super::*;

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn read(file: &[u8]) -> RgbImage {
        assert_eq!(image::guess_format(file).unwrap(), ImageFormat::Jpeg);
        image::load_from_memory(file).unwrap().to_rgb8()
    }

    /// Red on its left half, blue on its right.
    fn halves(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 {
                Rgb([200, 0, 0])
            } else {
                Rgb([0, 0, 200])
            }
        })
    }

    fn is_red(pixel: Rgb<u8>) -> bool {
        pixel.0[0] > 120 && pixel.0[2] < 80
    }

    /// A JPEG with an Exif segment that says how the camera was held, and where.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.push(orientation);
        exif.extend(b"\0\0\0\0\0\0GPSLatitude 52.52");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_picture_becomes_two_squares_of_its_middle() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let sent = file(&halves(1200, 800).into(), format);
            let squares = make_squares(&sent).unwrap();
            let [large, small] = [&squares.large, &squares.small].map(|file| read(file));
            assert_eq!(large.dimensions(), (LARGE, LARGE), "{format:?}");
            assert_eq!(small.dimensions(), (SMALL, SMALL), "{format:?}");
            assert!(is_red(*large.get_pixel(100, 256)) && !is_red(*large.get_pixel(400, 256)));
        }
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        let sent = file(&halves(80, 60).into(), ImageFormat::Png);
        let squares = make_squares(&sent).unwrap();
        assert_eq!(read(&squares.large).dimensions(), (60, 60));
        assert_eq!(read(&squares.small).dimensions(), (60, 60));
    }

    #[test]
    fn a_picture_is_turned_as_the_camera_was_held_and_says_nothing_else() {
        let sent = file(&halves(300, 200).into(), ImageFormat::Jpeg);
        // Turned by a quarter, clockwise: what was on the left is at the top.
        let turned = with_exif(&sent, 6);
        assert!(turned.windows(3).any(|bytes| bytes == b"GPS"));
        let squares = make_squares(&turned).unwrap();
        for file in [&squares.large, &squares.small] {
            let kept = |word: &[u8]| file.windows(word.len()).any(|bytes| bytes == word);
            assert!(!kept(b"GPS") && !kept(b"Exif"));
        }
        let large = read(&squares.large);
        assert!(is_red(*large.get_pixel(100, 20)) && !is_red(*large.get_pixel(100, 180)));
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let clear = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
        let squares = make_squares(&file(&clear.into(), ImageFormat::Png)).unwrap();
        assert!(read(&squares.large).pixels().all(|pixel| pixel.0[0] > 250));
    }

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        let png = file(&halves(300, 200).into(), ImageFormat::Png);
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        for (sent, fault) in [
            (&b""[..], PictureFault::Empty),
            (b"GIF89a\x01\0\x01\0", PictureFault::UnknownFormat),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                PictureFault::UnknownFormat,
            ),
            (heic, PictureFault::Heic),
            (&png[..png.len() / 2], PictureFault::Damaged),
            (&png[..20], PictureFault::Damaged),
        ] {
            assert_eq!(make_squares(sent).unwrap_err(), fault, "{sent:?}");
        }
    }

    #[test]
    fn a_picture_that_breaks_off_is_refused() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let whole = file(&halves(300, 200).into(), format);
            let refused = make_squares(&whole[..whole.len() / 2]).unwrap_err();
            assert_eq!(refused, PictureFault::Damaged, "{format:?}");
        }
        // The small picture in front has an end of its own. Some phones add something at the end.
        let jpeg = file(&halves(300, 200).into(), ImageFormat::Jpeg);
        let small = b"\xff\xe1\0\x06\xff\xd8\xff\xd9";
        let whole = [&jpeg[..2], small, &jpeg[2..], b"SEFT"].concat();
        assert!(make_squares(&whole).is_ok());
        for part in [whole.len() / 2, whole.len() - 6] {
            let refused = make_squares(&whole[..part]).unwrap_err();
            assert_eq!(refused, PictureFault::Damaged, "{part}");
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_measures() {
        // The head of a PNG of 60,000 times 60,000 pixels, and one of many pixels in a row.
        for (width, height) in [(60_000_u32, 60_000_u32), (19_000, 19_000)] {
            let mut png = file(&halves(8, 8).into(), ImageFormat::Png);
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            let checksum = crc32(&png[12..29]);
            png[29..33].copy_from_slice(&checksum.to_be_bytes());
            let refused = make_squares(&png).unwrap_err();
            assert_eq!(refused, PictureFault::TooManyPixels, "{width}x{height}");
        }
    }

    /// The checksum of a chunk of a PNG.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
            })
        })
    }
}
