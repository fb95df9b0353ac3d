using System.Net;
using System.Net.Sockets;
using System.Text;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class BadRequestTests
{
    [Theory]
    [InlineData("POST", "/api/v1/tasks", "", 400, "MALFORMED_MESSAGE")]
    [InlineData("POST", "/api/v1/tasks", "{", 400, "MALFORMED_MESSAGE")]
    [InlineData("POST", "/api/v1/tasks", "null", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", "7", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", "[]", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", "[null]", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", """{"title":7}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", """{"titel":"a"}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", """{"title":"a","priority":9}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/tasks", """{"title":"a","title":"b"}""", 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?stat=failed", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?state=none", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?limit=0", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?limit=x", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?cursor=x", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks?sort=title", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/events?pattern=a..b", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/events?since=now", null, 400, "INVALID_REQUEST")]
    [InlineData("GET", "/api/v1/tasks/none", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/v1/swarms/none", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/v1/nothing/here", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/api/v1/tasks/none/cancel", "", 404, "NOT_FOUND")]
    [InlineData("PUT", "/api/v1/tasks/none/priority", """{"priority":1}""", 404, "NOT_FOUND")]
    [InlineData("DELETE", "/api/v1/tasks", null, 405, "METHOD_NOT_ALLOWED")]
    [InlineData("POST", "/api/v1/leases", """{"agent":"a","secret":"short","wait_ms":0}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/leases", """{"agent":"a","secret":"sixteen letters!","wait_ms":-1}""", 400, "INVALID_REQUEST")]
    [InlineData("POST", "/api/v1/leases/t/start", """{"agent":"a","secret":"sixteen letters!","attempt":1,"token":1}""", 403, "NOT_AN_AGENT")]
    public async Task What_is_wrong_is_said_as_a_problem_with_its_code(string method, string path, string? body, int status, string code)
    {
        var hub = await Shared.Value;
        (await hub.SendAsync(new HttpMethod(method), path, body)).IsProblem(status, code);
    }

    [Fact]
    public async Task A_wrong_method_is_told_which_are_right()
    {
        var hub = await Shared.Value;
        var answer = await hub.SendAsync(HttpMethod.Delete, "/api/v1/tasks/x/priority", null);
        Assert.Equal("PUT", answer.IsProblem(405, "METHOD_NOT_ALLOWED").Headers["Allow"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused_and_the_limit_named(bool chunked)
    {
        var hub = await Shared.Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = new ByteArrayContent(new byte[(1024 * 1024) + 1]) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await hub.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("1048576", text, StringComparison.Ordinal);
        Assert.Contains("TOO_LARGE", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_are_turned_away_at_the_door()
    {
        var hub = await Shared.Value;
        (await hub.GetAsync("/api/v1/tasks", ("Origin", "https://evil.example"))).IsProblem(403, "FORBIDDEN_ORIGIN");
        (await hub.GetAsync("/openapi/v1.json", ("Host", "evil.example"))).IsProblem(403, "FORBIDDEN_HOST");
    }

    [Fact]
    public async Task Headers_of_a_megabyte_are_refused()
    {
        var hub = await Shared.Value;
        using var socket = new TcpClient();
        await socket.ConnectAsync(hub.Server.Url.Host, hub.Server.Url.Port);
        var stream = socket.GetStream();
        var sending = stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 1024 * 1024)}\r\n\r\n")).AsTask();
        var answer = new byte[12];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Eventually.Patience);
        Assert.Equal("HTTP/1.1 431", Encoding.ASCII.GetString(answer));
        await sending.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    // The process's end is its end: nothing that these tests do changes anything.
    private static Lazy<Task<RestHub>> Shared { get; } = new(() => RestHub.StartAsync());
}
