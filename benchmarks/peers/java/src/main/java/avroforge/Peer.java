package avroforge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import quantum_pipeline.VQEDecoratedResult;

/** Apache Avro, specific records: encodes and decodes messages and prints a JSON line for each. */
public final class Peer {
  private interface Action {
    Object run() throws IOException;
  }

  private static volatile Object kept;

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    double seconds = Double.parseDouble(arguments[1]);
    for (String message : Arrays.copyOfRange(arguments, 2, arguments.length)) {
      byte[] data = Files.readAllBytes(folder.resolve(message + ".bin"));
      measure("avro, specific records", message, data, false, seconds);
      measure("avro, specific records with custom coders", message, data, true, seconds);
    }
  }

  private static void measure(
      String peer, String message, byte[] data, boolean customCoders, double seconds) throws IOException {
    SpecificData model = new SpecificData();
    model.setCustomCoders(customCoders);
    model.setFastReaderEnabled(!customCoders); // the fast reader would go past the custom coders
    Schema schema = VQEDecoratedResult.getClassSchema();
    SpecificDatumReader<VQEDecoratedResult> reader = new SpecificDatumReader<>(schema, schema, model);
    SpecificDatumWriter<VQEDecoratedResult> writer = new SpecificDatumWriter<>(schema, model);
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length);
    BinaryEncoder[] encoder = {null};
    BinaryDecoder[] decoder = {null};

    Action decode =
        () -> {
          decoder[0] = DecoderFactory.get().binaryDecoder(data, decoder[0]);
          return reader.read(null, decoder[0]);
        };
    VQEDecoratedResult record = (VQEDecoratedResult) decode.run();
    Action encode =
        () -> {
          out.reset();
          encoder[0] = EncoderFactory.get().binaryEncoder(out, encoder[0]);
          writer.write(record, encoder[0]);
          encoder[0].flush();
          return out.toByteArray();
        };
    boolean equal = Arrays.equals((byte[]) encode.run(), data);
    System.out.printf(
        Locale.ROOT,
        "{\"peer\": \"%s\", \"message\": \"%s\", \"equal\": %b, \"encode\": %.3f, \"decode\": %.3f}%n",
        peer, message, equal, best(encode, seconds), best(decode, seconds));
  }

  /** Microseconds of the best of the rounds that fit; as long again goes into warming up. */
  private static double best(Action action, double seconds) throws IOException {
    long count = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 2e9) {
      kept = action.run();
      count++;
    }
    long perRound = Math.max(1, count / 20);
    double least = Double.MAX_VALUE;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      start = System.nanoTime();
      for (long each = 0; each < perRound; each++) {
        kept = action.run();
      }
      least = Math.min(least, (System.nanoTime() - start) / 1e3 / perRound);
    } while (System.nanoTime() < end);
    return least;
  }
}
