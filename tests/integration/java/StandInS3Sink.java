import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Takes the place of the S3 sink connector, which is in no package registry: reads the same settings, names objects
 * alike, and writes values as Kafka Connect's own JSON. One object for each record.
 */
public final class StandInS3Sink extends SinkConnector {
  private Map<String, String> settings;

  @Override
  public void start(Map<String, String> settings) {
    this.settings = settings;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Upload.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int most) {
    return List.of(settings);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    ConfigDef known = new ConfigDef();
    for (String name : List.of("s3.bucket.name", "s3.region", "store.url", "topics.dir", "format.class",
        "storage.class", "partitioner.class")) {
      known.define(name, ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, name);
    }
    known.define("flush.size", ConfigDef.Type.INT, ConfigDef.NO_DEFAULT_VALUE, ConfigDef.Range.between(1, 1),
        ConfigDef.Importance.HIGH, "one record in an object");
    known.define("s3.path.style.access.enabled", ConfigDef.Type.BOOLEAN, ConfigDef.Importance.HIGH, "path style");
    known.define("behavior.on.null.values", ConfigDef.Type.STRING, ConfigDef.NO_DEFAULT_VALUE,
        ConfigDef.ValidString.in("ignore"), ConfigDef.Importance.HIGH, "nothing is stored for a tombstone");
    return known;
  }

  @Override
  public String version() {
    return "1";
  }

  public static final class Upload extends SinkTask {
    private final JsonConverter json = new JsonConverter();
    private Map<String, String> settings;
    private S3Client s3;

    @Override
    public void start(Map<String, String> settings) {
      this.settings = settings;
      json.configure(Map.of("schemas.enable", "false", "converter.type", "value"));
      s3 = S3Client.builder()
          .endpointOverride(URI.create(settings.get("store.url")))
          .region(Region.of(settings.get("s3.region")))
          .forcePathStyle(Boolean.valueOf(settings.get("s3.path.style.access.enabled")))
          .httpClient(UrlConnectionHttpClient.create())
          .build();
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      for (SinkRecord each : records) {
        if (each.value() == null) {
          continue;
        }
        String name = String.format("%s/%s/partition=%d/%s+%d+%010d.json", settings.get("topics.dir"), each.topic(),
            each.kafkaPartition(), each.topic(), each.kafkaPartition(), each.kafkaOffset());
        byte[] body = json.fromConnectData(each.topic(), each.valueSchema(), each.value());
        s3.putObject(to -> to.bucket(settings.get("s3.bucket.name")).key(name),
            RequestBody.fromString(new String(body, StandardCharsets.UTF_8) + "\n"));
      }
    }

    @Override
    public void stop() {
      if (s3 != null) {
        s3.close();
      }
    }

    @Override
    public String version() {
      return "1";
    }
  }
}
