using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Waggle.Client;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle serve</c> as its operator meets it.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CliProcess.Terminate)]
    [InlineData(CliProcess.HangUp)]
    public async Task Standard_output_has_the_ready_line_and_nothing_else_and_SIGTERM_and_SIGHUP_drain(int signal)
    {
        await using var hub = Start("data");
        var url = (await hub.Output.WaitAsync("ready http://127.0.0.1:"))["ready ".Length..];
        var told = new TaskCompletionSource<Exception>();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url), OnDisconnected = e => told.TrySetResult(e) });
        hub.Signal(signal);
        var ended = await hub.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal($"ready {url}", ended.Output);
        Assert.Contains("Hive default is owned", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", ended.Error, StringComparison.Ordinal);
        Assert.Contains("4002", (await told.Task.WaitAsync(Eventually.Patience)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ready_line_comes_as_JSON_when_asked_and_a_second_hub_on_the_folder_is_refused()
    {
        await using var hub = Start("data", "--json", "--task-retention", "12h", "--log-retention", "1d", "--sync", "normal");
        var ready = JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement;
        Assert.Equal(hub.Id, ready.GetProperty("pid").GetInt32());
        Assert.True(Uri.TryCreate(ready.GetProperty("ready").GetString(), UriKind.Absolute, out _));
        await RefusedAsync("is in use by process", "data");
    }

    [Fact]
    public async Task A_taken_port_is_one_clear_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await RefusedAsync($"Port {port} on 127.0.0.1 is in use.", "data", "--port", port.ToString());
    }

    [Fact]
    public async Task A_port_for_foreign_clients_is_named_in_the_ready_line()
    {
        await using var hub = Start("data", "--json", "--compat-port", "orchestrator-hub=0");
        var compat = JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement.GetProperty("compat").GetProperty("orchestrator-hub").GetString();
        using var http = new HttpClient();
        Assert.Contains("healthy", await http.GetStringAsync(new Uri($"{compat}/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_somebody_else_has_is_one_clear_line_and_the_hub_runs()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var hub = Start("data", "--json", "--compat-port", $"orchestrator-hub={((IPEndPoint)other.LocalEndpoint).Port}");
        Assert.Empty(JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement.GetProperty("compat").EnumerateObject());
        await hub.Error.WaitAsync(l => l.Contains("for orchestrator-hub cannot be had", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3000, false, "", true)]
    [InlineData(0, false, "", false)]
    [InlineData(3000, true, "", false)]
    [InlineData(0, false, "orchestrator-hub=4001", true)]
    [InlineData(3000, true, "orchestrator-hub=4001", true)]
    public void The_ports_of_foreign_clients_are_open_unless_told_otherwise(int port, bool none, string named, bool open) =>
        Assert.Equal(open, Commands.CompatPorts.Of(port, none, named.Length == 0 ? [] : [named]).ContainsKey("orchestrator-hub"));

    [Theory]
    [InlineData("orchestrator-hub", false)]
    [InlineData("orchestrator-hub=x", false)]
    [InlineData("orchestrator-hub=65536", false)]
    [InlineData("klingon=3001", false)]
    [InlineData("orchestrator-hub=3001", true)]
    public void A_port_is_given_with_the_name_of_its_dialect(string text, bool isOne) => Assert.Equal(isOne, Commands.CompatPorts.IsOne(text));

    [Fact]
    public async Task Neither_a_settings_file_of_the_current_folder_nor_the_environment_of_ASP_NET_adds_an_endpoint()
    {
        int[] ports = [FreePort(), FreePort()];
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), "{\"Kestrel\":{\"Endpoints\":{\"A\":{\"Url\":\"http://127.0.0.1:PORT\"}}}}".Replace("PORT", $"{ports[0]}", StringComparison.Ordinal));
        var variables = new Dictionary<string, string> { ["Kestrel__Endpoints__B__Url"] = $"http://127.0.0.1:{ports[1]}", ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports[1]}" };
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data")], variables: variables, folder: Path.GetDirectoryName(_folder.File("x")));
        await hub.Output.WaitAsync("ready http://127.0.0.1:");

        foreach (var port in ports)
        {
            using var socket = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [Fact]
    public Task Another_address_than_loopback_is_refused() => RefusedAsync("loopback only", "data", "--host", "0.0.0.0");

    [Fact]
    public async Task A_folder_that_holds_something_else_is_one_clear_line()
    {
        Directory.CreateDirectory(_folder.File("bad"));
        await File.WriteAllTextAsync(_folder.File("bad/waggle.db"), new string('x', 10_000));
        await RefusedAsync("waggle: ", "bad");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_clear_line()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        await RefusedAsync("waggle: ", "file/data");
    }

    private CliProcess Start(string data, params string[] more) => CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File(data), .. more]);

    private async Task RefusedAsync(string why, string data, params string[] more)
    {
        await using var hub = CliProcess.Start(null, ["serve", "--data", _folder.File(data), .. more.Contains("--port") ? more : [.. more, "--port", "0"]]);
        var ended = await hub.EndAsync();
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        var said = ended.Error.Split('\n').Where(l => !l.StartsWith("info:", StringComparison.Ordinal)).ToArray();
        Assert.StartsWith("waggle: ", Assert.Single(said), StringComparison.Ordinal);
        Assert.Contains(why, said[0], StringComparison.Ordinal);
    }
}
