using System.Text;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>The cases of the Autobahn suite against a running hub, by both roads in. It is no echo: each message that is none of its own is answered by one error.</summary>
public sealed class FramingCaseTests(SharedHub shared) : IClassFixture<SharedHub>
{
    public static TheoryData<string, Road> Cases
    {
        get
        {
            var cases = new TheoryData<string, Road>();
            foreach (var road in Enum.GetValues<Road>())
            {
                foreach (var one in FramingCases.All) cases.Add(one.Number, road);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_case_is_answered(string number, Road road)
    {
        var sent = FramingCases.Get(number);
        using var client = await FrameClient.OpenAsync(shared.Hub.Url, road);
        await AnsweredAsync(client, sent);
    }

    [Theory]
    [InlineData("1.1.8", Road.First)]
    [InlineData("2.11", Road.First)]
    [InlineData("2.11", Road.Second)]
    [InlineData("3.4", Road.First)]
    [InlineData("5.8", Road.First)]
    [InlineData("5.8", Road.Second)]
    [InlineData("5.20", Road.First)]
    [InlineData("6.2.3", Road.Second)]
    public async Task A_case_is_answered_in_chops(string number, Road road)
    {
        var sent = FramingCases.Get(number);
        using var client = await FrameClient.OpenAsync(shared.Hub.Url, road);
        try
        {
            foreach (var chop in sent.Bytes.Chunk(sent.Bytes.Length > 1000 ? 997 : 1)) await client.SendAsync(chop);
        }
        catch (IOException) when (sent.Told[^1].Kind == ToldKind.Violation)
        {
            // The hub may end the connection before it received the rest.
        }

        await CheckAsync(client, sent);
    }

    [Theory]
    [InlineData("6.4.1")]
    [InlineData("6.4.2")]
    [InlineData("6.4.3")]
    [InlineData("6.4.4")]
    public async Task Bad_UTF8_is_refused_while_the_rest_is_still_to_come(string number)
    {
        var sent = FramingCases.Get(number);
        foreach (var road in Enum.GetValues<Road>())
        {
            using var client = await FrameClient.OpenAsync(shared.Hub.Url, road);
            await client.SendAsync(sent.Bytes[..sent.KnownAfter!.Value]);
            Assert.Equal(1007, await client.ClosedAsync());
        }
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task A_message_that_is_too_large_is_refused_in_words_and_closed(Road road)
    {
        using var client = await FrameClient.OpenAsync(shared.Hub.Url, road);
        await client.SendAsync(ClientFrame.Head(ClientFrame.Text, Limits.MaxMessageBytes + 1));
        var (_, error) = await client.FrameAsync();
        Assert.Contains(ErrorCodes.TooLarge, Encoding.UTF8.GetString(error), StringComparison.Ordinal);
        Assert.Contains("bye", Encoding.UTF8.GetString((await client.FrameAsync()).Payload), StringComparison.Ordinal);
        Assert.Equal(1009, await client.ClosedAsync());
    }

    internal static async Task AnsweredAsync(FrameClient client, FramingCase sent)
    {
        await client.SendAsync(sent.Bytes);
        await CheckAsync(client, sent);
    }

    private static async Task CheckAsync(FrameClient client, FramingCase sent)
    {
        foreach (var told in sent.Told)
        {
            switch (told.Kind)
            {
                case ToldKind.Pong:
                    break;
                case ToldKind.Ping:
                    var (opcode, payload) = await client.FrameAsync();
                    Assert.Equal(ClientFrame.Pong, opcode);
                    Assert.Equal(told.Payload, payload);
                    break;
                case ToldKind.Text or ToldKind.Binary:
                    var answer = await client.FrameAsync();
                    Assert.Equal(ClientFrame.Text, answer.Opcode);
                    Assert.Contains("\"code\":\"MALFORMED_MESSAGE\"", Encoding.UTF8.GetString(answer.Payload), StringComparison.Ordinal);
                    break;
                case ToldKind.Violation:
                    Assert.Equal(told.Code, await client.ClosedAsync());
                    return;
                case ToldKind.Close:
                    Assert.Equal(told.Code == 1005 ? 1000 : told.Code, await client.ClosedAsync());
                    return;
            }
        }

        await client.SendAsync(ClientFrame.CloseWith(1000));
        Assert.Equal(1000, await client.ClosedAsync());
    }
}
