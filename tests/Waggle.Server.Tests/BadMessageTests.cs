using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class BadMessageTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Spec = "\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"";

    [Theory]
    [InlineData("nonsense", ErrorCodes.MalformedMessage, null)]
    [InlineData("", ErrorCodes.MalformedMessage, null)]
    [InlineData("42", ErrorCodes.MalformedMessage, null)]
    [InlineData("[1]", ErrorCodes.MalformedMessage, null)]
    [InlineData("{\"type\":\"echo\",\"id\":\"7\"", ErrorCodes.MalformedMessage, "7")]
    [InlineData("{\"id\":\"7\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"echo\",\"id\":7}", ErrorCodes.InvalidRequest, null)]
    [InlineData("{\"type\":\"echo\",\"id\":\"7\",\"id\":\"8\"}", ErrorCodes.InvalidRequest, "8")]
    [InlineData("{\"type\":\"echo\",\"id\":\"7\",\"extra\":1}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"explode\",\"id\":\"7\"}", ErrorCodes.UnknownType, "7")]
    [InlineData("{\"type\":\"welcome\",\"id\":\"7\"}", ErrorCodes.UnknownType, "7")]
    [InlineData("{\"type\":\"subscribe\",\"id\":\"7\",\"topics\":\"#\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"subscribe\",\"id\":\"7\",\"topics\":[]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"subscribe\",\"id\":\"7\",\"topics\":[null]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"subscribe\",\"id\":\"7\",\"topics\":[\"a..b\"]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"subscribe\",\"id\":\"7\",\"topics\":[\"#\"],\"since\":\"yesterday\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"unsubscribe\",\"id\":\"7\",\"subscription\":\"s99\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"publish\",\"topic\":\"task.t1.completed\",\"data\":1}", ErrorCodes.Forbidden, null)]
    [InlineData("{\"type\":\"publish\",\"id\":\"7\",\"topic\":\"app\"}", ErrorCodes.Forbidden, "7")]
    [InlineData("{\"type\":\"publish\",\"id\":\"7\",\"topic\":\"app.*\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"publish\",\"id\":\"7\",\"topic\":\"app.a/b\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"swarm.create\",\"id\":\"7\",\"name\":\"n\",\"swarm\":\"a.b\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"swarm.create\",\"id\":\"7\",\"name\":\"n\",\"swarm\":\"a/b\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"swarm.create\",\"id\":\"7\",\"name\":\" \"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"swarm.create\",\"id\":\"7\",\"name\":\"n\",\"swarm\":\"default\"}", ErrorCodes.AlreadyExists, "7")]
    [InlineData("{\"type\":\"swarm.show\",\"id\":\"7\",\"swarm\":\"../../etc\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"agent.show\",\"id\":\"7\",\"agent\":\"nobody\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"agent.list\",\"id\":\"7\",\"swarm\":\"nowhere\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"agent.remove\",\"id\":\"7\",\"agent\":\"nobody\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"agent.drain\",\"id\":\"7\"}", ErrorCodes.NotAnAgent, "7")]
    [InlineData("{\"type\":\"agent.credit\",\"id\":\"7\",\"slots\":1}", ErrorCodes.NotAnAgent, "7")]
    [InlineData("{\"type\":\"lease.renew\",\"id\":\"7\",\"leases\":[]}", ErrorCodes.NotAnAgent, "7")]
    [InlineData("{\"type\":\"lease.renew\",\"id\":\"7\",\"leases\":[null]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.complete\",\"id\":\"7\",\"task\":\"t\",\"attempt\":1,\"token\":1}", ErrorCodes.NotAnAgent, "7")]
    [InlineData("{\"type\":\"task.create\",\"id\":\"7\",\"tasks\":[]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.create\",\"id\":\"7\",\"tasks\":[null]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"priority\":9}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"priority\":99999999999999999999}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"lease_ms\":1e400}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"lease_ms\":0}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"idempotency_key\":\"a/b\"}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"type\":\"a.b\"}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"requires\":{\"a.b\":1}}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"requires\":{\"a\":2}}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"swarm\":\"nowhere\"}]}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"depends_on\":[\"t9-9\"]}]}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"depends_on\":[null]}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"id\":\"7\"," + Spec + ",\"metadata\":{\"a\":null}}]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.show\",\"id\":\"7\",\"task\":\"a.b/c\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"task.list\",\"id\":\"7\",\"states\":[\"busy\"]}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.list\",\"id\":\"7\",\"limit\":0}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.list\",\"id\":\"7\",\"cursor\":\"xyz\"}", ErrorCodes.InvalidRequest, "7")]
    [InlineData("{\"type\":\"task.cancel\",\"id\":\"7\",\"task\":\"t9-9\"}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"task.set_priority\",\"id\":\"7\",\"task\":\"t9-9\",\"priority\":1}", ErrorCodes.NotFound, "7")]
    [InlineData("{\"type\":\"task.retry\",\"id\":\"7\",\"task\":\"t9-9\"}", ErrorCodes.NotFound, "7")]
    public async Task A_bad_message_is_answered_and_the_connection_lives(string frame, string code, string? id)
    {
        var hub = shared.Hub;
        var client = await hub.ClientAsync();
        await client.SendAsync(frame);
        var error = await client.NextAsync();
        Assert.Equal("error", error.Text("type"));
        Assert.Equal(code, error.Text("code"));
        Assert.Equal(id, error.TryGetProperty("id", out var named) ? named.GetString() : null);
        Assert.NotEmpty(error.Text("message")!);
        await client.EchoAsync();
        Assert.Equal(1000, (await client.CloseAsync()).Code);
    }
}
