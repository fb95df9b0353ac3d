using System.Text;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

public class RecordLogTests
{
    private static readonly EpochStart[] Epochs = [new(1, 0, TestHive.Start), new(2, 100, TestHive.Start)];

    private static List<Sealed> Batch(IEnumerable<RecordData> records, long first)
    {
        var offset = first - 1;
        return [.. records.Select(r => new Sealed(r, r.Class == RecordClass.Durable ? ++offset : offset))];
    }

    private static LogRow Row(string body) => new(1, 1, TestHive.Start, Encoding.UTF8.GetBytes(body));

    [Fact]
    public void What_was_published_is_what_is_read_back_for_every_kind()
    {
        var (body, published) = RecordLog.Write(Batch(SampleValues.Records, 101), 2, TestHive.Start);
        var durable = published.Where(r => r.Class == RecordClass.Durable).ToArray();

        var read = RecordLog.Read(new LogRow(101, 100 + durable.Length, TestHive.Start, body), Epochs);

        Assert.Equal(durable.Select(Shown), read.Select(Shown));
        Assert.All(read, r => Assert.Null(r.Payload));
        foreach (var (was, now) in durable.Zip(read)) Assert.Equal(Shown(was), Shown(Again(FeatureCatalog.Typed(now), now.Position)));
    }

    [Fact]
    public void Ephemeral_records_are_published_in_their_place_and_not_stored()
    {
        RecordData[] records =
        [
            .. SampleValues.Records.OfType<TaskStarted>(), .. SampleValues.Records.OfType<TaskProgressed>(), new AppPublished("app.x", RawJson.Parse("[1]")),
            .. SampleValues.Records.OfType<TaskCompleted>(), .. SampleValues.Records.OfType<AgentStatusChanged>(),
        ];

        var (body, published) = RecordLog.Write(Batch(records, 7), 1, TestHive.Start);

        Assert.Equal([7, 7, 7, 8, 8], published.Select(r => r.Position.Offset));
        Assert.Equal("[1]", Encoding.UTF8.GetString(published[2].Data.Span));
        Assert.Equal([7L, 8L], RecordLog.Read(new LogRow(7, 8, TestHive.Start, body), Epochs).Select(r => r.Position.Offset));
    }

    [Fact]
    public void A_batch_without_durable_records_writes_no_row()
    {
        var (body, published) = RecordLog.Write(Batch([.. SampleValues.Records.OfType<TaskProgressed>()], 7), 1, TestHive.Start);

        Assert.True(body.IsEmpty);
        Assert.Equal(6, Assert.Single(published).Position.Offset);
    }

    [Fact]
    public void The_epoch_of_a_record_is_the_one_in_which_its_offset_was_written()
    {
        long EpochOf(long offset) => RecordLog.Read(Row($$"""[{"o":{{offset}},"t":"a.b","k":"x","d":[]}]"""), Epochs).Single().Position.Epoch;

        Assert.Equal([1, 1, 2], [EpochOf(1), EpochOf(100), EpochOf(101)]);
    }

    [Fact]
    public void Fields_that_a_newer_version_added_are_passed_over()
    {
        var record = RecordLog.Read(Row("""[{"z":[{"d":1}],"o":1,"t":"a.b","new":{"k":"y"},"k":"x","s":"default","d":{"a":1},"":null}]"""), Epochs).Single();

        Assert.Equal(("x", "default", """{"a":1}"""), (record.Kind, record.Swarm, Encoding.UTF8.GetString(record.Data.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{\"o\":1,")]
    [InlineData("[{\"o\":\"one\"}]")]
    [InlineData("[{\"o\":1,\"t\":5}]")]
    public void A_row_that_no_version_wrote_is_said_to_be_corrupt(string body) =>
        Assert.Contains("offsets 1 to 1", Assert.Throws<StoreCorruptException>(() => RecordLog.Read(Row(body), Epochs)).Message);

    [Fact]
    public void Any_text_and_any_payload_survive() => Gen.ForAll(200, gen =>
    {
        var records = gen.List<RecordData>(1, 5, () => new TaskCompleted
        {
            Task = "t1-1",
            Title = gen.Text(0, 20),
            State = Protocol.Model.TaskState.Completed,
            Ended = new AttemptEnd { Agent = "a1", Attempt = 1, Token = 1, Outcome = gen.Text(0, 9), LastProgress = gen.Double(), LogTail = gen.List(0, 3, () => gen.Text(0, 9)) },
            Result = RawJson.Parse(System.Text.Json.JsonSerializer.Serialize(gen.List(0, 3, () => gen.Text(0, 20)))),
            DurationMs = gen.Int(0, int.MaxValue),
        });
        var (body, published) = RecordLog.Write(Batch(records, 1), 1, TestHive.Start);

        var read = RecordLog.Read(new LogRow(1, records.Count, TestHive.Start, body), Epochs);

        Assert.Equal(published.Select(Shown), read.Select(Shown));
        Assert.Equal(records.Cast<TaskCompleted>().Select(r => (r.Title, r.Result)), read.Select(r => (TaskCompleted)FeatureCatalog.Typed(r)).Select(r => (r.Title, r.Result)));
    });

    private static (Position, string, string, RecordClass, DateTimeOffset, string?, string) Shown(Record r) =>
        (r.Position, r.Topic, r.Kind, r.Class, r.At, r.Swarm, Encoding.UTF8.GetString(r.Data.Span));

    private static Record Again(RecordData data, Position at) => RecordLog.Write([new Sealed(data, at.Offset)], at.Epoch, TestHive.Start).Records[0];
}
