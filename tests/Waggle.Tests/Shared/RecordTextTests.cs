using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;
using Waggle.Shared;

namespace Waggle.Tests.Shared;

public sealed class RecordTextTests
{
    [Theory]
    [InlineData("agent.a1.status", """{"agent":"a1","name":"ann","old_status":"offline","status":"online","slots":1,"holding":0}""", "ann, offline → online")]
    [InlineData("agent.a1.status", """{"agent":"a1","name":"ann","old_status":"online","status":"online","slots":2,"holding":0}""", "ann, online")]
    [InlineData("agent.a1.status", """{"agent":"a1","name":"ann","status":"online","slots":1,"holding":0}""", "ann, online")]
    [InlineData("task.t1.started", """{"task":"t1","title":"T","old_state":"assigned","state":"running","agent":"a1","attempt":1}""", "\"T\", assigned → running, agent a1, attempt 1")]
    [InlineData(
        "task.t1.failed",
        """{"task":"t1","title":"T","old_state":"running","state":"failed","ended":{"agent":"a1","attempt":1,"outcome":"failed","error":{"code":"EXIT_1","message":"no"}},"error":{"code":"EXIT_1","message":"no"}}""",
        "\"T\", running → failed, EXIT_1: no")]
    [InlineData(
        "task.t1.failed",
        """{"task":"t1","title":"T","old_state":"running","state":"failed","ended":{"agent":"a1","attempt":2,"outcome":"lost","error":{"code":"LEASE_LOST","message":"gone"}},"error":{"code":"POISON","message":"Lost 2 times"}}""",
        "\"T\", running → failed, LEASE_LOST: gone, POISON: Lost 2 times")]
    public void A_record_is_a_line_that_says_what_happened_once(string topic, string data, string text)
    {
        var record = new RecordMessage { Position = new Position(1, 1), Topic = topic, Kind = "any", Class = RecordClass.Durable, At = DateTimeOffset.UnixEpoch, Swarm = "default", Data = RawJson.Parse(data) };
        Assert.Equal($"00:00:00.000  {topic}  {text}", RecordText.Line(record));
    }
}
