import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Reads and writes framed records: a line of hexadecimal digits in, a line out.
 *
 * <pre>
 * avro-read  SCHEMA            framed -> schema id, space, the record written again by Apache Avro
 * serde-read URL TOPIC         framed -> the record as Apicurio's deserializer gives it, written again
 * serde-write URL TOPIC SCHEMA bare   -> framed by Apicurio's serializer
 * </pre>
 *
 * SCHEMA is a file, URL the address of Apicurio's own interface.
 */
public final class RegistryInterop {
  private interface Work {
    String of(byte[] data) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Work work =
        switch (arguments[0]) {
          case "avro-read" -> avroRead(schema(arguments[1]));
          case "serde-read" -> serdeRead(arguments[1], arguments[2]);
          case "serde-write" -> serdeWrite(arguments[1], arguments[2], schema(arguments[3]));
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(work.of(HexFormat.of().parseHex(line)));
    }
  }

  private static Work avroRead(Schema schema) {
    return framed -> {
      ByteBuffer buffer = ByteBuffer.wrap(framed);
      if (buffer.get() != 0) {
        throw new IOException("no magic byte");
      }
      int id = buffer.getInt();
      byte[] bare = Arrays.copyOfRange(framed, buffer.position(), framed.length);
      return id + " " + HexFormat.of().formatHex(encode(decode(bare, schema)));
    };
  }

  private static Work serdeRead(String url, String topic) {
    AvroKafkaDeserializer<GenericRecord> deserializer = new AvroKafkaDeserializer<>();
    deserializer.configure(settings(url), false);
    return framed ->
        HexFormat.of().formatHex(encode(deserializer.deserialize(topic, framed)));
  }

  private static Work serdeWrite(String url, String topic, Schema schema) {
    AvroKafkaSerializer<GenericRecord> serializer = new AvroKafkaSerializer<>();
    serializer.configure(settings(url), false);
    return bare -> HexFormat.of().formatHex(serializer.serialize(topic, decode(bare, schema)));
  }

  private static Map<String, Object> settings(String url) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("apicurio.registry.url", url);
    settings.put("apicurio.registry.id-handler", "io.apicurio.registry.serde.Legacy4ByteIdHandler");
    settings.put("apicurio.registry.use-id", "contentId");
    settings.put("apicurio.registry.find-latest", "true");
    return settings;
  }

  private static Schema schema(String file) throws IOException {
    return new Schema.Parser().parse(Files.readString(Path.of(file)));
  }

  private static GenericRecord decode(byte[] bare, Schema schema) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bare, null);
    GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("bytes are left over");
    }
    return record;
  }

  private static byte[] encode(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
