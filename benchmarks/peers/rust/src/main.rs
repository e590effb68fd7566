//! Two Rust libraries on structs, and one on its own values: a JSON line for each message.

mod record;

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use record::DecoratedResult;
use serde_avro_fast::ser::SerializerConfig;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().collect();
    let folder = Path::new(&arguments[1]);
    let length = Duration::from_secs_f64(arguments[2].parse()?);
    let schema = fs::read_to_string(folder.join("record.avsc"))?;
    for message in &arguments[3..] {
        let data = fs::read(folder.join(format!("{message}.bin")))?;
        serde_avro_fast(&schema, message, &data, length)?;
        apache_avro_serde(&schema, message, &data, length)?;
        apache_avro_values(&schema, message, &data, length)?;
    }
    Ok(())
}

fn serde_avro_fast(schema: &str, message: &str, data: &[u8], length: Duration) -> Outcome<()> {
    let schema: serde_avro_fast::Schema = schema.parse()?;
    let decode = || serde_avro_fast::from_datum_slice::<DecoratedResult>(data, &schema).unwrap();
    let record = decode();
    let mut config = SerializerConfig::new(&schema);
    let mut encode = || serde_avro_fast::to_datum_vec(&record, &mut config).unwrap();
    report("serde_avro_fast", message, encode() == data, best(length, &mut encode), best(length, decode));
    Ok(())
}

fn apache_avro_serde(schema: &str, message: &str, data: &[u8], length: Duration) -> Outcome<()> {
    let schema = apache_avro::Schema::parse_str(schema)?;
    let reader = GenericDatumReader::builder(&schema).build()?;
    let writer = GenericDatumWriter::builder(&schema).build()?;
    let decode = || reader.read_deser::<DecoratedResult>(&mut &data[..]).unwrap();
    let record = decode();
    let encode = || writer.write_ser_to_vec(&record).unwrap();
    report("apache-avro, structs", message, encode() == data, best(length, encode), best(length, decode));
    Ok(())
}

fn apache_avro_values(schema: &str, message: &str, data: &[u8], length: Duration) -> Outcome<()> {
    let schema = apache_avro::Schema::parse_str(schema)?;
    let reader = GenericDatumReader::builder(&schema).build()?;
    let writer = GenericDatumWriter::builder(&schema).build()?;
    let decode = || reader.read_value(&mut &data[..]).unwrap();
    let value = decode();
    let encode = || {
        let mut out = Vec::new();
        writer.write_value_ref(&mut out, &value).unwrap();
        out
    };
    report("apache-avro, values", message, encode() == data, best(length, encode), best(length, decode));
    Ok(())
}

fn report(peer: &str, message: &str, equal: bool, encode: f64, decode: f64) {
    println!(
        r#"{{"peer": "{peer}", "message": "{message}", "equal": {equal}, "encode": {encode:.3}, "decode": {decode:.3}}}"#
    );
}

/// Microseconds of the best of the rounds that fit; as long again goes into warming up.
fn best<T>(length: Duration, mut action: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < length {
        black_box(action());
        count += 1;
    }
    let per_round = (count / 20).max(1);
    let mut least = f64::INFINITY;
    let end = Instant::now() + length;
    while Instant::now() < end {
        let start = Instant::now();
        for _ in 0..per_round {
            black_box(action());
        }
        least = least.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(per_round));
    }
    least
}
