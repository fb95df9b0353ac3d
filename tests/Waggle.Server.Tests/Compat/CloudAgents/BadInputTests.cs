using System.Net.WebSockets;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>Invalid input gets the dialect's own error, and the connection continues.</summary>
public sealed class BadInputTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string BadFormat = "Invalid message format";

    [Theory]
    [InlineData("", BadFormat)]
    [InlineData("hello", BadFormat)]
    [InlineData("null", BadFormat)]
    [InlineData("7", BadFormat)]
    [InlineData("\"ping\"", BadFormat)]
    [InlineData("[{\"type\":\"ping\"}]", BadFormat)]
    [InlineData("{\"type\":\"ping\"", BadFormat)]
    [InlineData("{\"type\":\"ping\"}}", BadFormat)]
    [InlineData("{\"type\":\"ping\"}{\"type\":\"ping\"}", BadFormat)]
    [InlineData("{}", BadFormat)]
    [InlineData("{\"type\":1}", BadFormat)]
    [InlineData("{\"type\":null}", BadFormat)]
    [InlineData("{\"type\":\"\\ud800\"}", "Unknown message type '\uFFFD'")]
    [InlineData("{\"Type\":\"ping\"}", BadFormat)]
    [InlineData("{\"type\":\"PING\"}", "Unknown message type 'PING'")]
    [InlineData("{\"type\":\"subscribe\",\"data\":{}}", "Unknown message type 'subscribe'")]
    [InlineData("{\"type\":\"agent_status\",\"data\":{\"agentName\":\"a\",\"state\":\"working\"}}", "Unknown message type 'agent_status'")]
    [InlineData("{\"type\":\"notification\",\"data\":{\"level\":\"error\",\"message\":\"x\"}}", "Unknown message type 'notification'")]
    [InlineData("{\"type\":\"user_presence\"}", "there was no data")]
    [InlineData("{\"type\":\"user_presence\",\"data\":\"bogus\"}", "'bogus'")]
    [InlineData("{\"type\":\"user_presence\",\"data\":\"Online\"}", "'Online'")]
    [InlineData("{\"type\":\"user_presence\",\"data\":\"\"}", "''")]
    [InlineData("{\"type\":\"user_presence\",\"data\":1}", "of type number")]
    [InlineData("{\"type\":\"user_presence\",\"data\":null}", "of type null")]
    [InlineData("{\"type\":\"user_presence\",\"data\":[\"online\"]}", "of type array")]
    [InlineData("{\"type\":\"user_presence\",\"data\":{\"status\":\"online\"}}", "of type object")]
    [InlineData("{\"type\":\"user_presence\",\"data\":\"\\ud800\"}", "it was '\uFFFD'")]
    public async Task A_frame_that_is_wrong(string frame, string problem)
    {
        using var client = await shared.Hub.Server.CloudAsync("ann");
        Assert.Contains(problem, await client.ProblemAsync(frame), StringComparison.Ordinal);
        await client.NothingMoreToSayAsync();
    }

    [Fact]
    public async Task A_megabyte_where_a_name_is_due_is_quoted_in_part()
    {
        using var client = await shared.Hub.Server.CloudAsync("ann");
        var error = await client.ProblemAsync($$"""{"type":"user_presence","data":"{{new string('x', 1_000_000)}}"}""");
        Assert.InRange(error.Length, 10, 200);
        error = await client.ProblemAsync($$"""{"type":"{{new string('y', 1_000_000)}}"}""");
        Assert.InRange(error.Length, 10, 200);
        await client.NothingMoreToSayAsync();
    }

    [Fact]
    public async Task What_is_too_deep_is_no_message()
    {
        using var client = await shared.Hub.Server.CloudAsync("ann");
        Assert.Equal(BadFormat, await client.ProblemAsync($$"""{"type":"ping","data":{{new string('[', 500)}}{{new string(']', 500)}}}"""));
        await client.NothingMoreToSayAsync();
    }

    [Fact]
    public async Task A_binary_frame_is_refused()
    {
        using var client = await shared.Hub.Server.CloudAsync("ann");
        await client.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary);
        Assert.Contains("binary", (await client.DataAsync("error")).Text("error"), StringComparison.Ordinal);
        await client.NothingMoreToSayAsync();
    }

    [Fact]
    public async Task More_than_a_message_may_have_ends_the_connection_with_a_word()
    {
        using var client = await shared.Hub.Server.CloudAsync("ann");
        await client.SendAsync(new byte[1024 * 1024 + 1], WebSocketMessageType.Text);
        Assert.Contains("1048576", (await client.DataAsync("error")).Text("error"), StringComparison.Ordinal);
        Assert.Equal(1009, (await client.Closed).Code);
    }

    [Fact]
    public async Task What_a_guide_of_the_original_calls_payload_is_taken_and_fields_that_mean_nothing_are_passed_over()
    {
        using var client = await shared.Hub.Server.HereAsync("guide");
        await client.SendAsync("""{"id":7,"type":"user_presence","payload":"busy","timestamp":"2025-12-26T13:00:00.000Z"}""");
        Assert.Equal("busy", (await client.DataAsync("user_presence")).Text("status"));
    }

    [Theory]
    [InlineData("%00%01%02%03%04", "user_\\u0000\\u0001\\u0002\\u0003\\u0004")]
    [InlineData("%F0%9F%90%9D%F0%9F%90%9D%F0%9F%90%9D%F0%9F%90%9D%F0%9F%90%9D", "user_🐝🐝🐝🐝")]
    [InlineData("1234567%F0%9F%90%9D", "user_1234567")]
    [InlineData("*.%23", "user_*.#")]
    public async Task A_token_of_any_characters_names_its_user_and_no_other(string token, string user)
    {
        var url = new UriBuilder(shared.Hub.Server.CloudUrl(null)) { Query = "token=" + token }.Uri;
        using var client = await RawClient.ConnectAsync(url);
        Assert.Contains($"\"{user}\"", (await client.NextAsync()).GetRawText(), StringComparison.Ordinal);
        await client.NextAsync();
        await client.SayAsync("away");
        while ((await client.DataAsync("user_presence")).Text("status") != "away")
        {
        }
    }
}

internal static class Saying
{
    /// <summary>The connection still works; what others do may come between.</summary>
    public static async Task NothingMoreToSayAsync(this RawClient client)
    {
        await client.SendAsync("""{"type":"ping"}""");
        await client.NextAsync("pong");
    }
}
