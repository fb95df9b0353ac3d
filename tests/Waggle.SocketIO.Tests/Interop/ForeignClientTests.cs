using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.Interop;

public sealed class ForeignClientTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("websocket", false)]
    [InlineData("websocket", true)]
    [InlineData("polling", false)]
    [InlineData("polling,websocket", false)]
    [InlineData("polling,websocket", true)]
    [InlineData("websocket,polling", false)]
    public async Task The_JavaScript_client_passes_all_checks(string transports, bool shortRoad)
    {
        var folder = await Clients.NpmAsync();
        await using var server = await InteropServer.StartAsync(shortRoad: shortRoad);
        await RunAsync("node", ["clients.mjs", server.Url.ToString().TrimEnd('/'), transports], folder);
        await Eventually.Async(() => server.Io.ClientsCount == 0, "nobody is left");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_JavaScript_client_of_Engine_IO_passes_all_checks(bool shortRoad)
    {
        var folder = await Clients.NpmAsync();
        await using var server = await InteropServer.StartAsync(shortRoad: shortRoad);
        await RunAsync("node", ["engine.mjs", server.Url.ToString().TrimEnd('/')], folder);
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("polling")]
    [InlineData("polling,websocket")]
    public async Task The_Python_client_passes_all_checks(string transports)
    {
        await Clients.PythonSocketIOAsync();
        await using var server = await InteropServer.StartAsync();
        await RunAsync("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Interop", "client.py"), server.Url.ToString(), transports], null);
    }

    private async Task RunAsync(string program, string[] arguments, string? folder)
    {
        var (code, said) = await Programs.RunAsync(program, arguments, folder);
        output.WriteLine(said);
        Assert.True(code == 0, said);
    }
}
