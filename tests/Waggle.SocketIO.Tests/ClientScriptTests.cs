using System.Net;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class ClientScriptTests
{
    [Theory]
    [InlineData("socket.io.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.esm.min.js", "application/javascript; charset=utf-8")]
    [InlineData("LICENSE", "text/plain; charset=utf-8")]
    public async Task The_script_is_served_under_the_path_of_the_endpoint(string file, string type)
    {
        Clients.ClientScript();
        await using var server = await SioServer.StartAsync();
        using var answer = await server.Http.GetAsync($"/socket.io/{file}");
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.Contains(file == "LICENSE" ? "MIT" : "Socket.IO", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/socket.io/{file}");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var known = await server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("version")]
    [InlineData("..%2fversion")]
    public async Task An_unknown_file_is_not_found(string file)
    {
        await using var server = await SioServer.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync($"/socket.io/{file}")).StatusCode);
    }

    [Fact]
    public async Task The_script_can_be_disabled()
    {
        await using var server = await SioServer.StartAsync(o => o.ServeClient = false);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/socket.io/socket.io.js")).StatusCode);
    }
}
