//! The avatars of accounts and the photo of the patient, through the router and the store.

mod addresses;
mod delete_avatar;
mod set_avatar;
mod set_patient_photo;
mod stored_files;

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use futures_util::TryStreamExt;
use serde_json::Value;

use crate::harness::{Person, TestApp};

/// A PNG file of 128 by 100 pixels in one color.
pub fn picture(color: u32) -> Vec<u8> {
    let [_, red, green, blue] = (color * 0x0040_2010).to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [
        &128_u32.to_be_bytes()[..],
        &100_u32.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ];
    chunk(&mut file, b"IHDR", &head.concat());
    let row = [vec![0], [red, green, blue].repeat(128)].concat();
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::default());
    pixels.write_all(&row.repeat(100)).unwrap();
    chunk(&mut file, b"IDAT", &pixels.finish().unwrap());
    chunk(&mut file, b"tEXt", b"Comment\0taken at Quetzal street");
    chunk(&mut file, b"IEND", b"");
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap();
    let mut checksum = Crc::new();
    checksum.update(kind);
    checksum.update(data);
    file.extend(length.to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(checksum.sum().to_be_bytes());
}

/// How many files are in the store.
async fn files(app: &TestApp) -> usize {
    let files: Vec<_> = app.app.files().list().try_collect().await.unwrap();
    files.len()
}

/// Sets the picture of a person, and returns the account.
async fn set_avatar(of: &Person, color: u32) -> Value {
    of.put_bytes("/v1/me/avatar", picture(color)).await.is(200)
}

/// The path of an address on the server of the tests.
pub fn path(address: &Value) -> String {
    let address = address.as_str().unwrap();
    let path = address.strip_prefix("https://kith.example");
    path.unwrap().to_owned()
}

/// The address of the picture of a member, as somebody sees it.
pub async fn avatar_url(by: &Person, of: &Person) -> Value {
    let member = by.get(&format!("/members/{}", of.member_id)).await;
    member.is(200)["avatar_url"].clone()
}
